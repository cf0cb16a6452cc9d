"""Cover traffic: now and then a phone that publishes nothing behaves as if it did.

Decides when, and the bytes; both requests have the sizes, the order and the delay of real ones. Leaves
sending to the runner. Source: docs/protocol.md, section 5.7.
"""

from __future__ import annotations

import math

from bluezone.phone.chance import RandomBytes, fraction
from bluezone.protocol.certificate import COMMITMENT_HASH_LENGTH
from bluezone.protocol.interval import DAY_S
from bluezone.protocol.upload import UPLOAD_LENGTH, Redemption, RedemptionMode, encode_cover_upload
from bluezone.protocol.verification_code import CODE_LENGTH

RATE_A_DAY = 0.2
_MAGIC_LENGTH = 7


def wait_for_cover(random_bytes: RandomBytes) -> float:
    """Seconds until the next cover: exponential, so that no moment is likelier than another."""
    return -math.log(1.0 - fraction(random_bytes)) * DAY_S / RATE_A_DAY


def cover_redemption(random_bytes: RandomBytes) -> bytes:
    """48 bytes: a redemption of mode cover with a random code and commitment."""
    code, commitment = random_bytes(CODE_LENGTH), random_bytes(COMMITMENT_HASH_LENGTH)
    return Redemption(RedemptionMode.COVER, code, commitment).encode()


def cover_upload(random_bytes: RandomBytes) -> bytes:
    """4096 bytes that the authority answers and throws away."""
    return encode_cover_upload(random_bytes(UPLOAD_LENGTH - _MAGIC_LENGTH))
