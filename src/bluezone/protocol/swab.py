"""What a phone shows at a swab: its commitment as the text of a QR code.

Decides the text, and forgives what a scanner set to capitals makes of it. Leaves drawing the code to
the phone, keeping it with the sample to the authority. Source: docs/protocol.md, section 5.3.
"""

from __future__ import annotations

import re

from bluezone.protocol.errors import KeyMaterialError, SwabTextError

SWAB_PREFIX = "BZ1-C:"
COMMITMENT_LENGTH = 32
_MAX_SCANNED = 200
_TEXT = re.compile(r"BZ1-C:([0-9a-f]{64})", re.IGNORECASE | re.ASCII)


def format_swab(commitment: bytes) -> str:
    """The 70 characters of the QR code for a commitment C of 32 bytes.

    Raises:
        KeyMaterialError: another length.
    """
    if len(commitment) != COMMITMENT_LENGTH:
        raise KeyMaterialError(f"a commitment has {COMMITMENT_LENGTH} bytes, not {len(commitment)}")
    return SWAB_PREFIX + commitment.hex()


def parse_swab(scanned: str) -> bytes:
    """The commitment C, 32 bytes, of a scanned text; capitals and spaces around it are forgiven.

    Raises:
        SwabTextError: not `BZ1-C:` with 64 hex digits.
    """
    match = _TEXT.fullmatch(scanned.strip()) if len(scanned) <= _MAX_SCANNED else None
    if match is None:
        raise SwabTextError(f"a phone's swab code is {SWAB_PREFIX} followed by 64 hex digits; scan it again")
    return bytes.fromhex(match.group(1))
