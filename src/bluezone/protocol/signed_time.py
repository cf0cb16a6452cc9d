"""The 96 bytes with which the authority says what time it is.

Decides the bytes and the signature. Leaves what a phone makes of them to phone/trusted_time.
Source: docs/protocol.md, section 7.
"""

from __future__ import annotations

import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bluezone.protocol.errors import SignedTimeError

TIME_ADDRESS = "/v1/time"
NONCE_LENGTH = 16
TIME_ANSWER_LENGTH = 96
_MAGIC = b"BZ1-TIME"
_FORM = struct.Struct("<8s16sQ")
_MAX_TIME = 0xFFFFFFFF * 600


def sign_time(nonce: bytes, now: int, key: Ed25519PrivateKey) -> bytes:
    """The answer, 96 bytes, to a nonce of 16 bytes, for `now` in seconds UTC.

    Raises:
        SignedTimeError: the nonce does not have 16 bytes.
    """
    if len(nonce) != NONCE_LENGTH:
        raise SignedTimeError(f"a nonce has {NONCE_LENGTH} bytes, not {len(nonce)}")
    content = _FORM.pack(_MAGIC, nonce, now)
    return content + key.sign(content)


def verify_time(data: bytes, nonce: bytes, key: Ed25519PublicKey) -> int:
    """The time (seconds UTC) inside an answer.

    Raises:
        SignedTimeError: wrong form, another nonce, or not signed by this region's time key.
    """
    if len(data) != TIME_ANSWER_LENGTH or data[:8] != _MAGIC:
        raise SignedTimeError(f"a time answer has {TIME_ANSWER_LENGTH} bytes and begins with {_MAGIC!r}")
    content = data[: _FORM.size]
    try:
        key.verify(data[_FORM.size :], content)
    except InvalidSignature:
        raise SignedTimeError("this region's time key did not sign this answer") from None
    _, answered, time = _FORM.unpack(content)
    if answered != nonce:
        raise SignedTimeError("the answer belongs to another question")
    if time > _MAX_TIME:
        raise SignedTimeError(f"time {time} lies beyond the last interval")
    return int(time)
