"""Keys and the identifiers derived from them. Source: docs/protocol.md, section 2.

Decides how a temporary exposure key becomes a full identifier, what part of it others may see,
and how a receiver indexes what it saw. Leaves drawing, keeping and erasing keys to the phone.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from typing import ClassVar, final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bluezone.protocol.errors import KeyMaterialError
from bluezone.protocol.interval import MAX_U32

TEK_LENGTH = 16
VISIBLE_LENGTH = 12
LABEL_LENGTH = 2
INDEX_HASH_LENGTH = 10
_SUFFIX = b"BZ1-FULL-ID"
_FIRST_BLOCK = b"\x00" + _SUFFIX
_SECOND_BLOCK = b"\x01" + _SUFFIX


class Secret:
    """Bytes that must not reach a log: checks its length, compares in constant time, hides in repr."""

    __slots__ = ("_value",)
    LENGTH: ClassVar[int]

    def __init__(self, value: bytes) -> None:
        if len(value) != self.LENGTH:
            raise KeyMaterialError(f"a {type(self).__name__} has {self.LENGTH} bytes, not {len(value)}")
        self._value = bytes(value)

    def reveal(self) -> bytes:
        """The secret bytes themselves; every call is a place to look at in a review."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and hmac.compare_digest(self._value, other._value)

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._value))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(<hidden>)"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError(f"a {type(self).__name__} is not to be pickled")


@final
class TemporaryExposureKey(Secret):
    """16 random bytes, valid for some intervals; independent of every other key."""

    __slots__ = ()
    LENGTH = TEK_LENGTH


@final
class TagKey(Secret):
    """K, the 16 bytes of a full identifier that key the time and place tags."""

    __slots__ = ()
    LENGTH = 16


@final
class FullIdentifier(Secret):
    """The 32 bytes derived from a key for one interval. Never on the air, never on a disk."""

    __slots__ = ()
    LENGTH = 32

    @property
    def visible(self) -> bytes:
        """V, 12 bytes: all that other people ever receive."""
        return self._value[:VISIBLE_LENGTH]

    @property
    def metadata_mask(self) -> int:
        """X, one byte: hides the transmit level from those who do not hold the key."""
        return self._value[12]

    @property
    def tag_key(self) -> TagKey:
        """K, 16 bytes."""
        return TagKey(self._value[16:32])


def _encrypt_blocks(tek: bytes, blocks: bytes) -> bytes:
    # ECB is right here: each block is a distinct counter, and the output is a PRF value, not a message.
    encryptor = Cipher(algorithms.AES(tek), modes.ECB()).encryptor()  # noqa: S305
    return encryptor.update(blocks)


def full_identifier(tek: TemporaryExposureKey, interval: int) -> FullIdentifier:
    """The full identifier of one key in one interval.

    Args:
        tek: 16 bytes.
        interval: u32.

    Raises:
        KeyMaterialError: the interval is not a u32.
    """
    if not 0 <= interval <= MAX_U32:
        raise KeyMaterialError(f"interval {interval} does not fit 32 bits")
    counter = struct.pack("<I", interval)
    return FullIdentifier(_encrypt_blocks(tek.reveal(), counter + _FIRST_BLOCK + counter + _SECOND_BLOCK))


def expand(tek: bytes, rolling_start: int, rolling_period: int) -> list[bytes]:
    """The visible identifiers of a published key, in interval order.

    One AES call over `rolling_period` blocks and no hash: this is what a phone pays for each key
    of a batch (T-37).

    Args:
        tek: 16 bytes, public by now.
        rolling_start: first interval, u32.
        rolling_period: 1..144 intervals.

    Returns:
        `rolling_period` visible identifiers of 12 bytes.
    """
    counters = range(rolling_start, rolling_start + rolling_period)
    blocks = b"".join(struct.pack("<I", interval) + _FIRST_BLOCK for interval in counters)
    stream = _encrypt_blocks(tek, blocks)
    return [stream[offset : offset + VISIBLE_LENGTH] for offset in range(0, 16 * rolling_period, 16)]


def label_of(visible: bytes) -> bytes:
    """The 2-byte label under which a receiver files an identifier of 12 bytes."""
    return visible[:LABEL_LENGTH]


def index_hash(visible: bytes) -> bytes:
    """h, 10 bytes: what a receiver keeps instead of the 12-byte identifier itself (section 4)."""
    return hashlib.sha256(b"BZ1-IDX" + visible).digest()[:INDEX_HASH_LENGTH]
