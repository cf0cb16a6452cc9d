"""Diagnosis keys: what a confirmed owner publishes, what commits to it, and when it may be used.

Decides which (key, start, period) triples are well formed, the leaf and the commitment C, and the
ages at which a key may be published and matched. Source: docs/protocol.md, sections 2, 5 and 8 (R2).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from bluezone.protocol.errors import KeyMaterialError
from bluezone.protocol.interval import DAY_S, INTERVAL_S, INTERVALS_PER_DAY, MAX_U32
from bluezone.protocol.keys import TemporaryExposureKey

LEAF_LENGTH = 32
LEAF_COUNT = 120
SALT_LENGTH = 16
# A key is published, and used, only once nobody can still broadcast it: clocks may differ by two minutes.
SETTLE_S = 120
MAX_AGE_S = 21 * DAY_S


@dataclass(frozen=True, slots=True)
class DiagnosisKey:
    """A temporary exposure key with the intervals it is valid for.

    Attributes:
        tek: 16 bytes.
        rolling_start: first interval, u32.
        rolling_period: 1..144 intervals; start and period stay within one UTC day.
    """

    tek: TemporaryExposureKey
    rolling_start: int
    rolling_period: int

    def __post_init__(self) -> None:
        check_period(self.rolling_start, self.rolling_period)

    def leaf(self, committed_period: int | None = None) -> bytes:
        """The 32 bytes that stand for this key inside a commitment.

        Args:
            committed_period: the period at the time of the commitment, when it was longer.
        """
        return leaf_of(self.tek.reveal(), self.rolling_start, committed_period or self.rolling_period)


def check_period(rolling_start: int, rolling_period: int) -> None:
    """Refuses a start and period that section 2 does not allow.

    Raises:
        KeyMaterialError: not a u32 start, a period outside 1..144, or across UTC midnight.
    """
    if not 0 <= rolling_start <= MAX_U32 - INTERVALS_PER_DAY:
        raise KeyMaterialError(f"rolling_start {rolling_start} is out of range")
    if not 1 <= rolling_period <= INTERVALS_PER_DAY:
        raise KeyMaterialError(f"rolling_period {rolling_period} is not in 1..{INTERVALS_PER_DAY}")
    if rolling_start % INTERVALS_PER_DAY + rolling_period > INTERVALS_PER_DAY:
        raise KeyMaterialError(f"key {rolling_start}+{rolling_period} crosses UTC midnight")


def over_at(rolling_start: int, rolling_period: int) -> int:
    """The second (UTC) from which a key is over for everybody and may be handed out."""
    return (rolling_start + rolling_period) * INTERVAL_S + SETTLE_S


def usable_at(rolling_start: int, rolling_period: int, time: int) -> bool:
    """Rule R2: whether a key is over, and not older than 21 days, at `time` (seconds UTC)."""
    return over_at(rolling_start, rolling_period) <= time <= rolling_start * INTERVAL_S + MAX_AGE_S


def leaf_of(tek: bytes, rolling_start: int, rolling_period: int) -> bytes:
    """SHA-256 leaf, 32 bytes, of a key (16 bytes) with its start and committed period."""
    return hashlib.sha256(b"BZ1-LEAF" + struct.pack("<IB", rolling_start, rolling_period) + tek).digest()


def commitment_of(salt: bytes, leaves: Sequence[bytes]) -> bytes:
    """C, 32 bytes: binds a certificate to one set of keys before anything about them is known.

    Args:
        salt: r, 16 random bytes.
        leaves: exactly 120 leaves of 32 bytes.

    Raises:
        KeyMaterialError: wrong lengths.
    """
    if (
        len(salt) != SALT_LENGTH
        or len(leaves) != LEAF_COUNT
        or any(len(leaf) != LEAF_LENGTH for leaf in leaves)
    ):
        raise KeyMaterialError(
            f"a commitment takes {SALT_LENGTH} bytes and {LEAF_COUNT} leaves of {LEAF_LENGTH}"
        )
    return hashlib.sha256(b"BZ1-COMMIT" + salt + b"".join(leaves)).digest()
