"""The code that a health worker reads out and a person types: 8 random bytes as 14 digits.

Decides the digits, and forgives what people mix up (lower case, spaces, hyphens, O for 0, I and L
for 1). Leaves who gets a code, for how long, to authority/domain. Source: docs/protocol.md, section 5.2.
"""

from __future__ import annotations

import hashlib

from bluezone.protocol.errors import CodeError

CODE_LENGTH = 8
DIGIT_COUNT = 14
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MAX_TYPED = 64
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "\u00a0": None, "\t": None})


def _check_digit(code: bytes) -> str:
    return ALPHABET[hashlib.sha256(b"BZ1-CODE" + code).digest()[0] >> 3]


def format_code(code: bytes) -> str:
    """The 14 digits of a code of 8 bytes."""
    if len(code) != CODE_LENGTH:
        raise CodeError(f"a code has {CODE_LENGTH} bytes, not {len(code)}")
    number = int.from_bytes(code, "big")
    digits = [ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(DIGIT_COUNT - 1))]
    return "".join(digits) + _check_digit(code)


def parse_code(typed: str) -> bytes:
    """The 8 bytes of a code as a person typed it.

    Raises:
        CodeError: not 14 digits of the alphabet, or the last digit does not fit the others.
    """
    digits = typed[:_MAX_TYPED].strip().upper().translate(_FORGIVEN)
    if len(typed) > _MAX_TYPED or len(digits) != DIGIT_COUNT:
        raise CodeError(f"the code has {DIGIT_COUNT} digits, not {len(digits)}")
    number = 0
    for digit in digits[:-1]:
        value = ALPHABET.find(digit)
        if value < 0:
            raise CodeError(f"{digit!r} is not a digit of a code")
        number = number << 5 | value
    if number >> (8 * CODE_LENGTH):
        raise CodeError("the code is mistyped: its first digit is too large")
    code = number.to_bytes(CODE_LENGTH, "big")
    if _check_digit(code) != digits[-1]:
        raise CodeError("the code is mistyped: its last digit does not fit the others")
    return code
