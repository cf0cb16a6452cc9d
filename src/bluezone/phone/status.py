"""How an agent is doing, for its owner: what works, what does not, since when.

Decides which problems are worth a sentence on the screen. The sentences themselves are in the
catalogues of web/, under `problem.<value>`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bluezone.phone.trusted_time import TimeStatus
from bluezone.protocol.manifest import Head

OLD_BATCH_S = 86_400


class Problem(Enum):
    """Something that keeps the phone from protecting its owner as it should."""

    CANNOT_SCAN = "cannot-scan"
    CANNOT_BROADCAST = "cannot-broadcast"
    NO_TIME = "no-time"
    CLOCK_WENT_BACK = "clock-went-back"
    OLD_BATCH = "old-batch"
    BATCH_REFUSED = "batch-refused"
    CONFIGURATION_REFUSED = "configuration-refused"
    IDENTIFIER_REPEATED = "identifier-repeated"
    IDENTIFIER_STOLEN = "identifier-stolen"
    SPLIT_VIEW = "split-view"
    SCAN_RHYTHM = "scan-rhythm"


@dataclass(frozen=True, slots=True)
class Status:
    """A snapshot of an agent.

    Attributes:
        time: whether there is a time to act on.
        now: trusted time, seconds UTC, or None.
        speaking: it is on the air.
        visible_prefix: first 4 hex digits of the identifier on the air, or "".
        head: the last batch that was accepted.
        met_count: different identifiers in memory in this interval; identifiers, not people.
        scan_count: scans that succeeded since the start.
        echo_count: receptions of this phone's own identifier: somebody repeats it.
        problems: with a sentence for those who look after the machine.
    """

    time: TimeStatus
    now: float | None
    speaking: bool
    visible_prefix: str
    head: Head | None
    met_count: int
    scan_count: int
    echo_count: int
    problems: tuple[tuple[Problem, str], ...]


def time_problem(status: TimeStatus) -> tuple[Problem, str] | None:
    """What is wrong with time, if anything."""
    if status is TimeStatus.CATCHING_UP:
        return Problem.CLOCK_WENT_BACK, "signed time moved back; silent until the old time is reached"
    if status is TimeStatus.NEVER_SYNCED:
        return Problem.NO_TIME, "the time service has not been reached yet; nothing is sent or recorded"
    if status is TimeStatus.STALE:
        return Problem.NO_TIME, "no signed time for too long; nothing is sent or recorded"
    return None


def batch_problem(head: Head | None, now: float, watching_since: float) -> tuple[Problem, str] | None:
    """Whether the newest batch is older than a day, counted from the start where there is none."""
    newest = head.time if head else watching_since
    if now - newest <= OLD_BATCH_S:
        return None
    return Problem.OLD_BATCH, f"the newest list of keys is {(now - newest) / 3600:.0f} hours old"
