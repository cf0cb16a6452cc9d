"""Cases: ten-minute windows of one receiver about one sender, with what is true of them.

Decides what a window shows and its label: near if at most 2 m apart in at least half of the seconds whose
distance is known, and those are at least 80 % of the window. A window in which the sender was not heard
is a case like any other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from bluezone.lab.devices import Devices
from bluezone.lab.recording import Distances
from bluezone.lab.scans import Scan
from bluezone.phone.proximity import WINDOW_S, HeardScan, ProximityWindow

NEAR_M = 2.0
KNOWN_SHARE = 0.8
NEAR_SHARE = 0.5
# The longest time that a scan stands for, as Google's and Apple's system counts it, seconds.
LONGEST_GAP_S = 300.0
UNKNOWN_DISTANCE = "windows whose distance is not known"
NO_SCAN = "windows without a scan"
PART = "windows that the phone listened through for less than 80 %"


@dataclass(frozen=True, slots=True)
class Look:
    """One own scan in a window.

    Attributes:
        rssi_dbm: mean level of the other phone; None if it was not heard.
        others_dbm: median of the further phones' levels; None if there were none.
        gap_s: since the scan before, at most 300 s, seconds.
    """

    rssi_dbm: float | None
    others_dbm: float | None
    gap_s: float


@dataclass(frozen=True, slots=True)
class Case:
    """One window.

    Attributes:
        scene, receiver, sender: where it comes from.
        receiver_model, sender_model: names of the models.
        began_at: seconds.
        looks: own scans, at least one.
        near: the label; None if the truth is not known.
    """

    scene: str
    receiver: str
    sender: str
    receiver_model: str
    sender_model: str
    began_at: float
    looks: tuple[Look, ...]
    near: bool | None

    @property
    def pair(self) -> tuple[str, str]:
        """The two phones in an order that does not depend on who received."""
        return (self.receiver, self.sender) if self.receiver < self.sender else (self.sender, self.receiver)


def cases_of(
    scene: str,
    scans: Mapping[str, Sequence[Scan]],
    models: Mapping[str, str],
    distances: Distances,
    dropped: Counter[str],
    span: tuple[int, int],
    step_s: int = WINDOW_S,
    unlabelled: bool = False,
    least_listened: float = 0.0,
) -> Iterator[Case]:
    """All labelled windows of a scene; counts those that cannot be judged.

    Args:
        scene: its name.
        scans: receiver to scans in order of time.
        models: phone to model's name; its phones are the possible senders.
        distances: the truth.
        dropped: reasons are added to it.
        span: first and last second of the recording; windows follow one another from its start.
        step_s: from window to window, seconds; shorter than a window for training only.
        unlabelled: whether windows of unknown truth count too, where the sender was heard.
        least_listened: share of a window that the receiver's scans must stand for, 0 to 1.
    """
    starts = range(*span, step_s)
    for receiver in sorted(scans):
        own = _Own.of(scans[receiver])
        others = models.keys() - {receiver}
        # Of most pairs of a large scene nothing is known at all.
        senders = sorted(one for one in others if one in own.ever_heard or distances.knows(receiver, one))
        if len(senders) < len(others):
            dropped[UNKNOWN_DISTANCE] += (len(others) - len(senders)) * len(starts)
        for at in starts:
            inside = own.inside(at)
            heard = {sender for one in inside for sender in one.scan.rssi_dbm} if unlabelled else ()
            whole = own.listened(at) >= least_listened
            for sender in senders:
                near = label(distances.metres(receiver, sender, at, at + WINDOW_S))
                if near is None and sender not in heard:
                    dropped[UNKNOWN_DISTANCE] += 1
                elif not inside:
                    dropped[NO_SCAN] += 1
                elif not whole:
                    dropped[PART] += 1
                else:
                    looks = tuple(one.look(sender) for one in inside)
                    names = scene, receiver, sender, models[receiver], models[sender]
                    yield Case(*names, float(at), looks, near)


def label(metres: NDArray[np.float64]) -> bool | None:
    """Near, far, or None where too little is known.

    Args:
        metres: one value a second; not a number where it is unknown.
    """
    known = metres[~np.isnan(metres)]
    if len(known) < KNOWN_SHARE * len(metres):
        return None
    return bool(np.mean(known <= NEAR_M) >= NEAR_SHARE)


@dataclass(frozen=True, slots=True)
class _Heard:
    """One own scan, ready to be looked at for each sender.

    Attributes:
        scan: it.
        gap_s: since the one before, at most 300 s, seconds.
        ranked: all its levels, rising, dBm.
    """

    scan: Scan
    gap_s: float
    ranked: Sequence[float]

    def look(self, sender: str) -> Look:
        """What it says about one sender."""
        own = self.scan.rssi_dbm.get(sender)
        return Look(own, _median_without(self.ranked, own), self.gap_s)


@dataclass(frozen=True, slots=True)
class _Own:
    """All scans of one receiver.

    Attributes:
        times: when, in order, seconds.
        heard: each scan.
        usual_s: the middle gap, at most 300 s, seconds.
        ever_heard: senders.
    """

    times: Sequence[float]
    heard: Sequence[_Heard]
    usual_s: float
    ever_heard: frozenset[str]

    @classmethod
    def of(cls, scans: Sequence[Scan]) -> _Own:
        """Scans in order of time; the first stands for the middle gap of the others."""
        gaps = [min(later.at - earlier.at, LONGEST_GAP_S) for earlier, later in pairwise(scans)]
        usual = median(gaps) if gaps else LONGEST_GAP_S
        heard = [
            _Heard(scan, gap, sorted(scan.rssi_dbm.values()))
            for gap, scan in zip([usual, *gaps], scans, strict=False)
        ]
        senders = frozenset(sender for scan in scans for sender in scan.rssi_dbm)
        return cls([scan.at for scan in scans], heard, usual, senders)

    def inside(self, begin: float) -> Sequence[_Heard]:
        """The scans of the window that begins then."""
        return self.heard[bisect_left(self.times, begin) : bisect_left(self.times, begin + WINDOW_S)]

    def listened(self, begin: float) -> float:
        """Share of a window that scans stand for: each for half of the gaps to its neighbours."""
        end = begin + WINDOW_S
        first = max(bisect_left(self.times, begin) - 1, 0)
        last = min(bisect_left(self.times, end) + 1, len(self.times))
        covered = 0.0
        for place in range(first, last):
            after = self.heard[place + 1].gap_s if place + 1 < len(self.heard) else self.usual_s
            low = max(self.times[place] - self.heard[place].gap_s / 2, begin)
            covered += max(min(self.times[place] + after / 2, end) - low, 0.0)
        return covered / WINDOW_S


def _median_without(ranked: Sequence[float], one: float | None) -> float | None:
    """Median of rising values, less one that is among them; without sorting anew for each."""
    count = len(ranked) - (one is not None)
    if not count:
        return None
    gone = len(ranked) if one is None else bisect_left(ranked, one)
    low, high = ((count - 1) // 2, count // 2)
    return (ranked[low + (low >= gone)] + ranked[high + (high >= gone)]) / 2


def window_of(case: Case, devices: Devices) -> ProximityWindow:
    """A case as the phone sees it.

    Args:
        case: with uncorrected levels.
        devices: what is known of the two models.
    """
    heard = tuple(
        HeardScan(
            devices.level_db(look.rssi_dbm, case.receiver_model, case.sender_model),
            None if look.others_dbm is None else look.rssi_dbm - look.others_dbm,
        )
        for look in case.looks
        if look.rssi_dbm is not None
    )
    return ProximityWindow(len(case.looks), heard)


def by_scene(cases: Sequence[Case]) -> dict[str, list[Case]]:
    """Scene to its cases."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(case.scene, []).append(case)
    return found


def rhythm_of(cases: Sequence[Case]) -> float:
    """The usual time from scan to scan in these windows, at most 300 s, seconds.

    The middle gap: a window that is only in part of the recording changes nothing.

    Raises:
        statistics.StatisticsError: no case.
    """
    return median(look.gap_s for case in cases for look in case.looks)
