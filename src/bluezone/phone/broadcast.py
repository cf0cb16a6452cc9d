"""What this phone says, and when it is silent.

Decides the advertisement of a minute and the silent gap around each interval boundary, which everybody
has at the same time so that old and new identifiers cannot be paired. Source: docs/protocol.md, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from bluezone.phone.chance import RandomBytes, uniform
from bluezone.protocol.advertisement import build_payload, encode_advertisement
from bluezone.protocol.interval import interval_start
from bluezone.protocol.keys import FullIdentifier
from bluezone.protocol.tags import NO_PLACE

MAX_EARLY_STOP_S = 4.0
MIN_LATE_START_S = 0.5
MAX_LATE_START_S = 8.0


@dataclass(frozen=True, slots=True)
class Rotation:
    """One identifier's time on the air.

    Attributes:
        interval: whose identifier it is.
        speaks_from: seconds UTC, 0.5..8 s after the boundary.
        silent_from: seconds UTC, 0..4 s before the next boundary.
    """

    interval: int
    speaks_from: float
    silent_from: float


def plan_rotation(interval: int, random_bytes: RandomBytes) -> Rotation:
    """Draws the silent gap of an interval's identifier."""
    late = uniform(random_bytes, MIN_LATE_START_S, MAX_LATE_START_S)
    early = uniform(random_bytes, 0.0, MAX_EARLY_STOP_S)
    return Rotation(interval, interval_start(interval) + late, interval_start(interval + 1) - early)


def advertisement_for(
    identifier: FullIdentifier, minute: int, dbm_at_1m: int, service_uuid: int, commitment: bytes = NO_PLACE
) -> bytes:
    """The 31 bytes of one minute.

    Args:
        identifier: 32 bytes, of the interval that the minute lies in.
        minute: q.
        dbm_at_1m: this phone's level at one metre, a multiple of 4 in -100..24.
        service_uuid: the region's, 16 bit.
        commitment: place commitment, 4 bytes, or "none".
    """
    return encode_advertisement(build_payload(identifier, minute, dbm_at_1m, commitment), service_uuid)
