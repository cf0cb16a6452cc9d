"""What the recordings themselves say, before anything is judged: rhythm, level at one metre, models, bodies.

Every table is a section of the evaluation's output, so that no figure of the documents lacks a command.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

import numpy as np

from bluezone.lab.devices import Devices, attenuation_db, measured, pair_levels
from bluezone.lab.recording import Recording
from bluezone.lab.scans import Scan

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Section:
    """One table.

    Attributes:
        title, header, rows: for people; numbers are rounded for them.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def rooms(
    scenes: Sequence[tuple[Recording, Mapping[str, Sequence[Scan]]]],
    listed: Devices,
) -> Section:
    """Phones, scans, gaps between scans and attenuation at one metre of each scene.

    Args:
        scenes: recordings with their scans, not thinned.
        listed: corrections of the models.
    """
    rows: list[tuple[Cell, ...]] = []
    for recording, scans in scenes:
        gaps = [later.at - earlier.at for own in scans.values() for earlier, later in pairwise(own)]
        low, middle, high = (round(float(one), 1) for one in np.quantile(gaps, (0.1, 0.5, 0.9)))
        at_1m = measured(pair_levels(recording), listed).other.dbm_at_1m - listed.other.dbm_at_1m
        count = sum(map(len, scans.values()))
        rows.append((recording.scene, len(scans), count, low, middle, high, round(attenuation_db(at_1m), 1)))
    gap_columns = ("gap s, 10 %", "median", "90 %")
    header = ("recorded in", "phones", "scans", *gap_columns, "attenuation at 1 m, dB")
    return Section("Scenes as recorded, models by Google's list", header, tuple(rows))


def models(experiments: Mapping[str, Devices], listed: Devices) -> Section:
    """How far each model departs from the list, and all of them together, dB.

    Args:
        experiments: name to the models as measured on it.
        listed: Google's list.
    """
    rows: list[tuple[Cell, ...]] = []
    together = {
        name: devices.other.dbm_at_1m - listed.other.dbm_at_1m for name, devices in experiments.items()
    }
    for model, start in sorted(listed.known.items()):
        own = [(devices.known[model], together[name]) for name, devices in experiments.items()]
        rows.append(
            (
                model,
                *(_signed(one.receiver_correction_db - start.receiver_correction_db) for one, _ in own),
                *(_signed(one.dbm_at_1m - start.dbm_at_1m - shift) for one, shift in own),
            )
        )
    rows.append(("all together", *("" for _ in experiments), *map(_signed, together.values())))
    header = (
        "model",
        *(f"{name}: reports less by, dB" for name in experiments),
        *(f"{name}: arrives louder by, dB" for name in experiments),
    )
    return Section("Phone models, against Google's list", header, tuple(rows))


def angles(heard: Sequence[Mapping[int, float]]) -> Section:
    """What turning costs: level at each angle against the mean over all angles of the same two phones.

    Args:
        heard: of each file that was heard at every angle: degrees to mean level, dBm.
    """
    found: dict[int, list[float]] = {}
    for levels in heard:
        middle = fmean(levels.values())
        for angle, level in levels.items():
            found.setdefault(angle, []).append(level - middle)
    rows = [(angle, _signed(fmean(found[angle])), len(found[angle])) for angle in sorted(found)]
    return Section("Level by angle, against the mean of all angles", ("degrees", "dB", "files"), tuple(rows))


def _signed(decibels: float) -> str:
    return f"{decibels:+.1f}"
