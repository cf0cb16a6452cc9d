"""How long and how near: verified minutes laid over this phone's own scans.

Decides what time a verified scan stands for. Scans in which nothing was heard bound that time, so
not hearing is evidence. Leaves what is dangerous to risk.py. Source: docs/protocol.md, section 8 (R8).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bluezone.phone.encounter import SCAN_S
from bluezone.phone.matching import VerifiedMinute


@dataclass(frozen=True, slots=True)
class ExposureScan:
    """One own scan in which a diagnosis key was verified.

    Attributes:
        at: start of the scan, whole seconds UTC.
        duration_s: the time that this scan stands for.
        level_db: the nearest verified level in it; 0 at one metre.
    """

    at: int
    duration_s: float
    level_db: int


def exposure_scans(
    minutes: Iterable[VerifiedMinute], scans: Sequence[int], rhythm_s: float, longest_half_gap: float
) -> list[ExposureScan]:
    """Attributes verified minutes to own scans, each scan once.

    A scan lasts half the gap to the previous and to the next own scan; each half is at most
    `longest_half_gap` times the rhythm, so that a phone that slept does not stretch a meeting.

    Args:
        minutes: those that passed R7.
        scans: starts of all own scans around them, ascending whole seconds UTC, empty scans included.
        rhythm_s: mean time from scan to scan, seconds.
        longest_half_gap: as a share of the rhythm.
    """
    levels: dict[int, int] = {}
    for minute in minutes:
        position = bisect_right(scans, minute.received_at) - 1
        # A scan takes a few seconds; a sample outside every known scan has no length to stand for.
        if position < 0 or minute.received_at - scans[position] > SCAN_S + 1:
            continue
        levels[position] = max(levels.get(position, minute.level_db), minute.level_db)
    longest = rhythm_s * longest_half_gap
    return [
        ExposureScan(scans[position], _duration(scans, position, longest), levels[position])
        for position in sorted(levels)
    ]


def _duration(scans: Sequence[int], position: int, longest: float) -> float:
    before = (scans[position] - scans[position - 1]) / 2 if position else longest
    after = (scans[position + 1] - scans[position]) / 2 if position + 1 < len(scans) else longest
    return min(before, longest) + min(after, longest)
