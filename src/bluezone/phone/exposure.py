"""How long and how near: verified minutes laid over this phone's own scans.

Decides what time a verified scan stands for, and how likely the ten minutes around it were spent near.
Scans in which nothing was heard bound that time and lower that probability, so not hearing is evidence.
Leaves what is dangerous to risk.py. Source: docs/protocol.md, section 8 (R8).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean, median

from bluezone.phone.encounter import SCAN_S
from bluezone.phone.matching import VerifiedMinute
from bluezone.phone.proximity import (
    WINDOW_S,
    HeardScan,
    ProximityModel,
    ProximityWindow,
    probability_near,
)
from bluezone.protocol.interval import DAY_S

# Fewer scans say little about a rhythm.
RHYTHM_SCANS = 30

Surroundings = Mapping[int, Sequence[int]]
"""Start of an own scan to the RSSI of every phone that it heard, dBm."""


@dataclass(frozen=True, slots=True)
class ExposureScan:
    """One own scan in which a diagnosis key was verified.

    Attributes:
        at: start of the scan, whole seconds UTC.
        duration_s: the time that this scan stands for.
        level_db: the nearest verified level in it; 0 at one metre.
        near_probability: that its ten minutes were spent within 2 m; None where nobody asked.
    """

    at: int
    duration_s: float
    level_db: float
    near_probability: float | None = None


def exposure_scans(
    minutes: Iterable[VerifiedMinute],
    scans: Sequence[int],
    rhythm_s: float,
    longest_half_gap: float,
    intercept_db: float = 0.0,
) -> list[ExposureScan]:
    """Attributes verified minutes to own scans, each scan once.

    A scan lasts half the gap to the previous and to the next own scan; each half is at most
    `longest_half_gap` times the rhythm, so that a phone that slept does not stretch a meeting.

    Args:
        minutes: those that passed R7.
        scans: starts of all own scans around them, ascending whole seconds UTC, empty scans included.
        rhythm_s: mean time from scan to scan, seconds.
        longest_half_gap: as a share of the rhythm.
        intercept_db: of the deployment, added to every level.
    """
    levels: dict[int, int] = {}
    for minute in minutes:
        position = _scan_of(minute.received_at, scans)
        if position is not None:
            levels[position] = max(levels.get(position, minute.level_db), minute.level_db)
    longest = rhythm_s * longest_half_gap
    return [
        ExposureScan(scans[position], _duration(scans, position, longest), levels[position] + intercept_db)
        for position in sorted(levels)
    ]


def observed_rhythm(scans: Sequence[int], now: float) -> float | None:
    """The usual time from scan to scan over the last day, seconds; None while there are few.

    The middle gap: a night that the phone was off is one long gap and changes nothing.

    Args:
        scans: starts of all own scans, ascending whole seconds UTC.
        now: seconds UTC.
    """
    recent = scans[bisect_left(scans, now - DAY_S) :]
    if len(recent) <= RHYTHM_SCANS:
        return None
    return float(median(after - before for before, after in pairwise(recent)))


def surroundings_of(receptions: Iterable[tuple[int, int]], scans: Sequence[int]) -> dict[int, list[int]]:
    """What each own scan heard, whoever it was.

    Args:
        receptions: (seconds UTC, RSSI in dBm).
        scans: starts of all own scans, ascending whole seconds UTC.
    """
    found: dict[int, list[int]] = {}
    for at, rssi_dbm in receptions:
        position = _scan_of(at, scans)
        if position is not None:
            found.setdefault(scans[position], []).append(rssi_dbm)
    return found


def with_probabilities(
    exposed: Sequence[ExposureScan],
    minutes: Iterable[VerifiedMinute],
    scans: Sequence[int],
    surroundings: Surroundings,
    model: ProximityModel,
    intercept_db: float = 0.0,
) -> list[ExposureScan]:
    """The same scans, each with the probability of its ten-minute window.

    Windows are those of the clock, as intervals are, so one window never mixes two identifiers of one
    person. Where several diagnosis keys were heard in it, the most probable one counts.

    Args:
        exposed: from `exposure_scans`.
        minutes: those they were made of.
        scans: starts of all own scans, ascending whole seconds UTC, empty scans included.
        surroundings: what else each of these scans heard.
        model: how probable what is.
        intercept_db: of the deployment, added to every level.
    """
    heard: dict[tuple[int, bytes], dict[int, list[VerifiedMinute]]] = {}
    for minute in minutes:
        position = _scan_of(minute.received_at, scans)
        if position is not None:
            # The window of the scan, not of the sample: a scan belongs to one window only.
            of_key = heard.setdefault((scans[position] // WINDOW_S, minute.key_id), {})
            of_key.setdefault(scans[position], []).append(minute)
    probability: dict[int, float] = {}
    for (number, _), by_scan in heard.items():
        found = probability_near(_window(number, by_scan, scans, surroundings, intercept_db), model)
        probability[number] = max(found, probability.get(number, 0.0))
    return [replace(one, near_probability=probability.get(one.at // WINDOW_S)) for one in exposed]


def _window(
    number: int,
    by_scan: Mapping[int, Sequence[VerifiedMinute]],
    scans: Sequence[int],
    surroundings: Surroundings,
    intercept_db: float,
) -> ProximityWindow:
    own = scans[bisect_left(scans, number * WINDOW_S) : bisect_left(scans, (number + 1) * WINDOW_S)]
    heard = tuple(
        HeardScan(
            fmean(minute.level_db for minute in minutes) + intercept_db,
            _relative([minute.rssi_dbm for minute in minutes], surroundings.get(at, ())),
        )
        for at, minutes in by_scan.items()
    )
    return ProximityWindow(len(own), heard)


def _relative(own: Sequence[int | None], heard: Sequence[int]) -> float | None:
    """How much stronger than the middle one of the others, dB; None without others.

    Args:
        own: RSSI of the phone itself: two, where the scan went on into its next minute.
        heard: of everybody in the scan, this phone included.
    """
    others = list(heard)
    for rssi_dbm in own:
        if rssi_dbm is None or rssi_dbm not in others:
            return None
        others.remove(rssi_dbm)  # Among equals it does not matter which.
    known = [rssi_dbm for rssi_dbm in own if rssi_dbm is not None]
    return fmean(known) - median(others) if others else None


def _scan_of(received_at: int, scans: Sequence[int]) -> int | None:
    """The position of the own scan that a sample was heard in."""
    position = bisect_right(scans, received_at) - 1
    # A scan takes a few seconds; a sample outside every known scan has no length to stand for.
    if position < 0 or received_at - scans[position] > SCAN_S + 1:
        return None
    return position


def _duration(scans: Sequence[int], position: int, longest: float) -> float:
    before = (scans[position] - scans[position - 1]) / 2 if position else longest
    after = (scans[position + 1] - scans[position]) / 2 if position + 1 < len(scans) else longest
    return min(before, longest) + min(after, longest)
