"""What time it is, when the phone's own clock may be wrong or pushed.

Decides which time counts: a signed answer plus a clock that only runs forward; the system clock only
where it agrees. Leaves fetching and saving to the runner. Source: docs/protocol.md, section 7.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from bluezone.protocol.interval import DAY_S

MAX_ROUND_TRIP_S = 10.0
SYSTEM_TOLERANCE_S = 20.0
STALE_AFTER_S = 7 * DAY_S
REBOOT_GRACE_S = DAY_S


@dataclass(frozen=True, slots=True)
class Reading:
    """Both clocks of the machine at one instant.

    Attributes:
        system: what the machine believes, seconds UTC.
        monotonic: seconds that only grow, sleep included.
    """

    system: float
    monotonic: float


class TimeStatus(Enum):
    """Whether there is a time to act on."""

    TRUSTED = "trusted"
    PROVISIONAL = "provisional"  # After a reboot: the system clock, bounded by the saved time; never saved.
    NEVER_SYNCED = "never-synced"
    STALE = "stale"
    CATCHING_UP = "catching-up"


@dataclass(frozen=True, slots=True)
class TrustedTime:
    """What is known about time.

    Attributes:
        saved: trusted time as it was saved before this start, seconds UTC; None on a new phone.
        anchor_time: signed time, seconds UTC; None before the first sync.
        anchor_monotonic: the monotonic instant that the anchor belongs to.
        reached: the latest time that was ever acted on, seconds UTC.
    """

    saved: float | None = None
    anchor_time: float | None = None
    anchor_monotonic: float = 0.0
    reached: float = 0.0


@dataclass(frozen=True, slots=True)
class TimeReading:
    """The time to act on, or why there is none."""

    status: TimeStatus
    now: float | None


def accept_sync(state: TrustedTime, signed: int, asked_at: float, answered_at: float) -> TrustedTime | None:
    """Takes a signed time over; None if the round trip took too long to mean anything.

    Args:
        state: before.
        signed: verified time of the authority, seconds UTC.
        asked_at, answered_at: monotonic seconds.
    """
    if not 0.0 <= answered_at - asked_at <= MAX_ROUND_TRIP_S:
        return None
    return replace(state, anchor_time=float(signed), anchor_monotonic=(asked_at + answered_at) / 2)


def read_time(state: TrustedTime, clock: Reading) -> TimeReading:
    """What time it is now."""
    if state.anchor_time is None:
        return _after_reboot(state, clock)
    elapsed = clock.monotonic - state.anchor_monotonic
    if not 0.0 <= elapsed <= STALE_AFTER_S:
        return TimeReading(TimeStatus.STALE, None)
    counted = state.anchor_time + elapsed
    # The system clock is finer when it agrees, and worthless when it does not.
    now = clock.system if abs(clock.system - counted) <= SYSTEM_TOLERANCE_S else counted
    # What was reached before this start counts as well: a restart must not undo the guard.
    if now < max(state.reached, state.saved or 0.0):
        return TimeReading(TimeStatus.CATCHING_UP, None)
    return TimeReading(TimeStatus.TRUSTED, now)


def _after_reboot(state: TrustedTime, clock: Reading) -> TimeReading:
    if state.saved is None:
        return TimeReading(TimeStatus.NEVER_SYNCED, None)
    if not state.saved <= clock.system <= state.saved + REBOOT_GRACE_S:
        return TimeReading(TimeStatus.STALE, None)
    if clock.system < state.reached:
        return TimeReading(TimeStatus.CATCHING_UP, None)
    return TimeReading(TimeStatus.PROVISIONAL, clock.system)
