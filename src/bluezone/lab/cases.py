"""Cases: ten-minute windows of one receiver about one sender, with what is true of them.

Decides what a window shows and its label: near if at most 2 m apart in at least half of the seconds whose
distance is known, and those are at least 80 % of the window. A window in which the sender was not heard
is a case like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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
) -> list[Case]:
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
    """
    found: list[Case] = []
    for receiver in sorted(scans):
        own = _looks(scans[receiver])
        for at in range(*span, step_s):
            inside = [(gap, scan) for gap, scan in own if at <= scan.at < at + WINDOW_S]
            for sender in sorted(models):
                if sender == receiver:
                    continue
                near = label(distances.metres(receiver, sender, at, at + WINDOW_S))
                heard = unlabelled and any(sender in scan.rssi_dbm for _, scan in inside)
                if (near is None and not heard) or not inside:
                    dropped[
                        "windows whose distance is not known" if near is None else "windows without a scan"
                    ] += 1
                    continue
                looks = tuple(look(scan, sender, gap) for gap, scan in inside)
                found.append(
                    Case(scene, receiver, sender, models[receiver], models[sender], float(at), looks, near)
                )
    return found


def label(metres: NDArray[np.float64]) -> bool | None:
    """Near, far, or None where too little is known.

    Args:
        metres: one value a second; not a number where it is unknown.
    """
    known = metres[~np.isnan(metres)]
    if len(known) < KNOWN_SHARE * len(metres):
        return None
    return bool(np.mean(known <= NEAR_M) >= NEAR_SHARE)


def look(scan: Scan, sender: str, gap_s: float) -> Look:
    """What one scan says about one sender."""
    others = [rssi for phone, rssi in scan.rssi_dbm.items() if phone != sender]
    return Look(scan.rssi_dbm.get(sender), median(others) if others else None, gap_s)


def _looks(scans: Sequence[Scan]) -> list[tuple[float, Scan]]:
    """Each scan with the time since the one before; the first with the median of the others."""
    gaps = [later.at - earlier.at for earlier, later in pairwise(scans)]
    first = median(gaps) if gaps else LONGEST_GAP_S
    return [(min(gap, LONGEST_GAP_S), scan) for gap, scan in zip([first, *gaps], scans, strict=False)]


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
    """Mean time from scan to scan in these windows, seconds.

    Raises:
        ValueError: no case.
    """
    scans = sum(len(case.looks) for case in cases)
    if not scans:
        raise ValueError("no window, so no rhythm")
    return WINDOW_S * len(cases) / scans
