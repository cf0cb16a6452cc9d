"""Scores one file with the shipped model: an estimate for each window, and figures where truth is known.

Takes packets (table.py) or ready windows: rows with `scan_count`, and levels in `levels_db`.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bluezone.lab import metrics
from bluezone.lab.cases import KNOWN_SHARE, NO_SCAN, PART, UNKNOWN_DISTANCE, Case, cases_of, window_of
from bluezone.lab.csv_rows import Row, header_of, rows_of
from bluezone.lab.devices import Devices
from bluezone.lab.effort import check_effort
from bluezone.lab.errors import TooFewCases
from bluezone.lab.metrics import Measure
from bluezone.lab.rules import Rule, rules_in_use
from bluezone.lab.scans import Scan, scans_of
from bluezone.lab.table import load_table
from bluezone.phone.proximity import (
    WINDOW_S,
    HeardScan,
    ProximityModel,
    ProximityWindow,
    probability_near,
    rhythm_fits,
)

REQUIRED = ("scene", "receiver", "sender", "time_s", "scan_count", "levels_db")
OPTIONAL = ("relative_db", "near")
MAX_SCANS = 6000
# Of a window the receiver must have listened through as much as of its distance must be known.
LEAST_LISTENED = KNOWN_SHARE
GIVEN_TWICE = "windows given twice (scene, receiver, sender and time; the first counts)"
# Said near at or above; the model takes near and far to be equally likely before anything is heard.
EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the model says about one window.

    Attributes:
        scene, receiver, sender, began_at: which window.
        scan_count, heard_count: own scans, and those that heard the sender.
        probability: of near.
        near: the truth; None if unknown.
        cwa_warns: what the German rule says; None where the file has windows and not packets.
    """

    scene: str
    receiver: str
    sender: str
    began_at: float
    scan_count: int
    heard_count: int
    probability: float
    near: bool | None
    cwa_warns: bool | None


@dataclass(frozen=True, slots=True)
class Scored:
    """A file's estimates.

    Attributes:
        estimates: in order of scene, receiver, time and sender.
        notes: what was assumed or left out; sentence to count.
        rhythm_s: usual time from scan to scan, seconds; of ready windows the mean time.
        fits: whether that is a rhythm that the model is meant for.
        figures: name to figure, over the windows whose truth is known; empty without near and far ones.
    """

    estimates: tuple[Estimate, ...]
    notes: Counter[str]
    rhythm_s: float
    fits: bool
    figures: dict[str, Measure]


def score_file(
    path: Path, model: ProximityModel, seed: int, progress: Callable[[float], None] = lambda _share: None
) -> Scored:
    """Reads and scores a file.

    Args:
        path: CSV.
        model: usually the shipped one.
        seed: of the intervals.
        progress: is told the share (0..1) that is done.

    Raises:
        RecordingsMissing, RecordingMalformed: the file; names the line.
        TooFewCases: no window in it.
    """
    notes: Counter[str] = Counter()
    if "levels_db" in header_of(path):
        found = _from_windows(path, model, notes)
        scan_count = sum(one.scan_count for one in found)
        rhythm_s = WINDOW_S * len(found) / scan_count if found else 0.0
    else:
        found, rhythm_s = _from_packets(path, model, notes, progress)
    progress(1.0)
    if not found:
        reasons = [
            f"{reason}: {notes[reason]}" for reason in (PART, UNKNOWN_DISTANCE, NO_SCAN) if notes[reason]
        ]
        raise TooFewCases(
            f"{path.name} holds no window of ten minutes in which somebody was heard and that its phone"
            f" listened through{''.join(f'; {one}' for one in reasons)}."
        )
    figures = _figures([one for one in found if one.near is not None], seed)
    return Scored(tuple(found), notes, rhythm_s, rhythm_fits(rhythm_s, model), figures)


def _from_packets(
    path: Path, model: ProximityModel, notes: Counter[str], progress: Callable[[float], None]
) -> tuple[list[Estimate], float]:
    """Estimates, and the rhythm."""
    table = load_table(path)
    notes.update(table.notes)
    ready = [(one, scans_of(one)) for one in table.recordings]
    check_effort(ready)
    german = rules_in_use()[0]
    found: list[Estimate] = []
    for number, (one, scans) in enumerate(ready):
        dropped: Counter[str] = Counter()
        cases = cases_of(
            one.scene,
            scans,
            one.models,
            one.distances,
            dropped,
            one.span,
            unlabelled=True,
            least_listened=LEAST_LISTENED,
        )
        found += [_estimate(case, model, table.devices, german) for case in cases]
        notes.update(dropped)
        progress((number + 1) / len(ready))
    return found, _rhythm([scans for _, scans in ready])


def _rhythm(scenes: Sequence[Mapping[str, Sequence[Scan]]]) -> float:
    """The middle gap between a phone's scans; 0 where no phone scanned twice."""
    receivers = [own for scans in scenes for own in scans.values()]
    gaps = [later.at - earlier.at for own in receivers for earlier, later in pairwise(own)]
    return median(gaps) if gaps else 0.0


def _estimate(case: Case, model: ProximityModel, devices: Devices, german: Rule) -> Estimate:
    window = window_of(case, devices)
    names = case.scene, case.receiver, case.sender, case.began_at
    probability = probability_near(window, model)
    counts = window.scan_count, len(window.heard)
    return Estimate(*names, *counts, probability, case.near, german.warns(case, devices))


def _from_windows(path: Path, model: ProximityModel, notes: Counter[str]) -> list[Estimate]:
    found: dict[tuple[str, str, str, float], Estimate] = {}
    for row in rows_of(path, REQUIRED, OPTIONAL):
        at, window = row.number("time_s", -1e11, 1e11), _window(row)
        if at is None:
            raise row.refuse("time_s is empty")
        names = row.name("scene"), row.name("receiver"), row.name("sender"), at
        counts, near = (window.scan_count, len(window.heard)), row.near()
        if names in found:
            notes[GIVEN_TWICE] += 1
            continue
        found[names] = Estimate(*names, *counts, probability_near(window, model), near, None)
    return list(found.values())


def _window(row: Row) -> ProximityWindow:
    count = row.number("scan_count", 1, MAX_SCANS)
    if count is None or count != int(count):
        raise row.refuse("scan_count is not a whole number")
    levels = [row.parsed("levels_db", text, -200, 200) for text in row.cells["levels_db"].split()]
    relative: Sequence[float | None] = [
        row.parsed("relative_db", text, -200, 200) for text in row.cells.get("relative_db", "").split()
    ]
    if len(levels) > count or (relative and len(relative) != len(levels)):
        raise row.refuse("more levels than scans, or not as many relative levels as levels")
    relative = relative or [None] * len(levels)
    return ProximityWindow(int(count), tuple(map(HeardScan, levels, relative)))


def _figures(known: Sequence[Estimate], seed: int) -> dict[str, Measure]:
    near = np.array([bool(one.near) for one in known])
    if not near.any() or near.all():
        return {}
    said = np.array([one.probability for one in known])
    pairs = [tuple(sorted((one.receiver, one.sender))) for one in known]

    def measure(statistic: metrics.Statistic) -> Measure:
        return metrics.measured(statistic, pairs, seed)

    figures = {
        "AUC": measure(lambda weight: metrics.auc(near, said, weight)),
        "near windows found at 10 % false": measure(
            lambda weight: metrics.hits_at(near, said, weight=weight)
        ),
        "nDCF at probability 0.5": measure(lambda weight: metrics.ndcf(near, said >= EVEN, weight)),
        "F1 at probability 0.5": measure(lambda weight: metrics.f1(near, said >= EVEN, weight)),
        "calibration error": measure(lambda weight: metrics.calibration_error(near, said, weight)),
    }
    if all(one.cwa_warns is not None for one in known):
        warned = np.array([bool(one.cwa_warns) for one in known])
        figures["nDCF of CWA 55/63, as deployed"] = measure(lambda weight: metrics.ndcf(near, warned, weight))
    return figures


def as_json(scored: Scored) -> dict[str, Any]:
    """Everything, for a file."""
    return {
        "rhythm_s": scored.rhythm_s,
        "rhythm_fits": scored.fits,
        "notes": dict(scored.notes),
        "figures": {name: dataclasses.asdict(one) for name, one in scored.figures.items()},
        "windows": [dataclasses.asdict(one) for one in scored.estimates],
    }
