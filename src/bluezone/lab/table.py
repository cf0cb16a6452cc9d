"""Loads a recording from one CSV file, so that any recording can be scored without code.

Decides the format (docs/sensing.md, "Score your own recording") and refuses what does not follow it with
the number of the line. One row is one advertisement that one phone received, one scan that heard nobody
(no sender, no level), or one known distance (no level).
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median_low

import numpy as np
from numpy.typing import NDArray

from bluezone.lab.csv_rows import Row, rows_of
from bluezone.lab.devices import Device, Devices, from_google
from bluezone.lab.errors import RecordingMalformed
from bluezone.lab.recording import Reception, Recording, clean

REQUIRED = ("scene", "receiver", "sender", "time_s", "rssi_dbm")
OPTIONAL = ("receiver_correction_db", "dbm_at_1m", "sent_dbm", "distance_m", "near")
# A distance holds until the next one of the pair, at most so long, seconds.
HOLD_S = 60
# A recording of one scene is no longer than this; a row farther from its middle has a wrong clock, seconds.
LONGEST_SCENE_S = 14 * 86_400.0
ASSUMED_DBM_AT_1M = -60.0
# So many wrong clocks are named, further ones are counted.
MAX_CLOCK_NOTES = 10
_LIMITS = {
    "time_s": (-1e11, 1e11),
    "rssi_dbm": (-1000.0, 1000.0),
    "receiver_correction_db": (-60.0, 60.0),
    "dbm_at_1m": (-120.0, 40.0),
    "sent_dbm": (-120.0, 40.0),
    "distance_m": (0.0, 100_000.0),
}


@dataclass(frozen=True, slots=True)
class TableRecording:
    """What a file held.

    Attributes:
        recordings: one a scene. A phone's model is named by the phone.
        devices: corrections by phone.
        notes: what was assumed or left out, for people; sentence to number of rows or phones.
    """

    recordings: tuple[Recording, ...]
    devices: Devices
    notes: Counter[str]


@dataclass(slots=True)
class _Scene:
    """What the rows of one scene said; `times` and `lines` are of every row."""

    times: array[float] = field(default_factory=lambda: array("d"))
    lines: array[int] = field(default_factory=lambda: array("q"))
    receptions: list[Reception] = field(default_factory=list)
    empty: dict[str, list[float]] = field(default_factory=dict)
    distances: dict[tuple[str, str], dict[int, float]] = field(default_factory=dict)
    phones: set[str] = field(default_factory=set)
    first_line: dict[tuple[str, str], int] = field(default_factory=dict)

    def drop_outside(self, low: float, high: float) -> list[int]:
        """Leaves out what was at another time; returns the lines of the rows that went."""
        rows = list(zip(self.times, self.lines, strict=True))
        wrong = [line for at, line in rows if not low <= at <= high]
        if wrong:
            self.times = array("d", [at for at, _ in rows if low <= at <= high])
            self.lines = array("q", [line for at, line in rows if low <= at <= high])
            self.receptions = [one for one in self.receptions if low <= one.at <= high]
            empty = {
                phone: [at for at in starts if low <= at <= high] for phone, starts in self.empty.items()
            }
            self.empty = {phone: starts for phone, starts in empty.items() if starts}
            marks = {
                pair: {at: metres for at, metres in found.items() if low <= at <= high}
                for pair, found in self.distances.items()
            }
            self.distances = {pair: found for pair, found in marks.items() if found}
        return wrong


@dataclass(frozen=True, slots=True)
class HeldDistances:
    """Distances as they were written down, each held until the next, at most a minute.

    Attributes:
        known: two phones in order to (second, metres) in order of time.
    """

    known: Mapping[tuple[str, str], Sequence[tuple[int, float]]]

    def knows(self, one: str, other: str) -> bool:
        """Whether a distance of the two was ever written down."""
        return _ordered(one, other) in self.known

    def metres(self, one: str, other: str, begin: int, end: int) -> NDArray[np.float64]:
        """One value for each second of [begin, end)."""
        found = np.full(end - begin, np.nan)
        marks = self.known.get(_ordered(one, other), ())
        first = bisect_left(marks, begin - HOLD_S, key=lambda mark: mark[0])
        last = bisect_left(marks, end, key=lambda mark: mark[0])
        for at, metres in marks[first:last]:  # A later mark writes over what an earlier one still holds.
            found[max(at, begin) - begin : max(at + HOLD_S - begin, 0)] = metres
        return found


def load_table(path: Path) -> TableRecording:
    """Everything in a file, cleaned.

    Raises:
        RecordingsMissing: no such file.
        RecordingMalformed: a row that cannot be meant; names its line.
    """
    scenes: dict[str, _Scene] = {}
    phones: dict[str, dict[str, float]] = {}
    notes: Counter[str] = Counter()
    for row in rows_of(path, REQUIRED, OPTIONAL):
        _take(row, scenes, phones)
    _drop_wrong_clocks(scenes.values(), notes)
    recordings = tuple(_recording(name, scene, notes) for name, scene in scenes.items())
    _note_clocks(scenes, recordings, notes)
    return TableRecording(recordings, _devices(phones, recordings, notes), notes)


def _take(row: Row, scenes: dict[str, _Scene], phones: dict[str, dict[str, float]]) -> None:
    """Puts one row where it belongs."""
    name, receiver, at = row.name("scene"), row.name("receiver"), row.number("time_s", *_LIMITS["time_s"])
    if at is None:
        raise row.refuse("time_s is empty")
    rssi, metres = row.number("rssi_dbm", *_LIMITS["rssi_dbm"]), _distance(row)
    scene = scenes.setdefault(name, _Scene())
    scene.times.append(at)
    scene.lines.append(row.line)
    scene.phones.add(receiver)
    if not row.cells["sender"] and (rssi is not None or metres is not None):
        raise row.refuse("a level or a distance, but no sender")
    _note_corrections(row, phones)
    if not row.cells["sender"]:
        scene.empty.setdefault(receiver, []).append(at)
        return
    sender = row.name("sender")
    scene.phones.add(sender)
    if rssi is None and metres is None:
        raise row.refuse("a sender, but neither a level nor a distance")
    if rssi is not None:
        scene.receptions.append(Reception(receiver, sender, at, rssi))
        scene.first_line.setdefault((receiver, sender), row.line)
    if metres is not None:
        scene.distances.setdefault(_ordered(receiver, sender), {})[math.floor(at)] = metres


def _distance(row: Row) -> float | None:
    """Metres; a label counts as a distance on its side of the two metres."""
    metres, near = row.number("distance_m", *_LIMITS["distance_m"]), row.near()
    if near is None:
        return metres
    if metres is not None:
        raise row.refuse("give distance_m or near, not both")
    return 0.0 if near else math.inf


def _note_corrections(row: Row, phones: dict[str, dict[str, float]]) -> None:
    """A phone's corrections may be repeated in each row, but not change."""
    sent = row.number("sent_dbm", *_LIMITS["sent_dbm"])
    at_1m = row.number("dbm_at_1m", *_LIMITS["dbm_at_1m"])
    if sent is not None and at_1m is not None:
        raise row.refuse("give dbm_at_1m or sent_dbm, not both")
    given = {
        ("receiver", "receiver_correction_db"): row.number(
            "receiver_correction_db", *_LIMITS["receiver_correction_db"]
        ),
        ("sender", "dbm_at_1m"): at_1m if sent is None else from_google(0.0, sent).dbm_at_1m,
    }
    for (role, name), value in given.items():
        if value is None:
            continue
        if not row.cells[role]:
            raise row.refuse(f"{name} of a sender, but no sender")
        known = phones.setdefault(row.cells[role], {}).setdefault(name, value)
        if known != value:
            raise row.refuse(f"{row.cells[role]!r} had another {name} before ({known:g})")


def _drop_wrong_clocks(scenes: Iterable[_Scene], notes: Counter[str]) -> None:
    """Leaves out the rows whose time cannot be meant, and says how many and where the first is."""
    wrong: list[int] = []
    for scene in scenes:
        middle = median_low(scene.times)
        wrong += scene.drop_outside(middle - LONGEST_SCENE_S, middle + LONGEST_SCENE_S)
    if wrong:
        days = round(LONGEST_SCENE_S / 86_400)
        where = f"more than {days} days from the middle of their scene, the first in line {min(wrong)}"
        notes[f"rows dropped: a clock that is wrong ({where})"] += len(wrong)


def _recording(name: str, scene: _Scene, notes: Counter[str]) -> Recording:
    dropped: Counter[str] = Counter()
    receptions = clean(scene.receptions, dropped)
    notes.update({f"rows dropped: {reason}": count for reason, count in dropped.items()})
    silent = scene.phones - {one.receiver for one in receptions} - scene.empty.keys()
    if silent:
        notes["phones that only sent (one-sided data)"] += len(silent)
    models = {phone: phone for phone in scene.phones}
    distances = HeldDistances({pair: sorted(marks.items()) for pair, marks in scene.distances.items()})
    recording = Recording(name, models, receptions, distances, scene.empty, dropped)
    begin, end = recording.span
    if end - begin > LONGEST_SCENE_S:
        first, last = (scene.lines[scene.times.index(at)] for at in (min(scene.times), max(scene.times)))
        raise RecordingMalformed(
            f"Line {first} and line {last} are {(end - begin) / 86_400:.0f} days apart, and both of scene"
            f" {name!r}: a clock is wrong, or several recordings share one name."
        )
    return recording


def _note_clocks(scenes: Mapping[str, _Scene], recordings: Sequence[Recording], notes: Counter[str]) -> None:
    """Says which phones heard each other only before or only after their distances were written down."""
    found: list[tuple[int, str, int]] = []
    for recording in recordings:
        scene = scenes[recording.scene]
        times: dict[tuple[str, str], list[float]] = {}
        for one in recording.receptions:
            times.setdefault((one.receiver, one.sender), []).append(one.at)
        for (receiver, sender), heard in times.items():
            marks = scene.distances.get(_ordered(receiver, sender))
            if marks and (heard[-1] < min(marks) or heard[0] >= max(marks) + HOLD_S):
                what = f"scene {recording.scene!r}, what {receiver!r} heard of {sender!r}"
                found.append((scene.first_line[receiver, sender], what, len(heard)))
    found.sort()
    for line, what, count in found[:MAX_CLOCK_NOTES]:
        notes[f"{what} (from line {line}) is at no time of their distances, is a clock wrong? Rows"] += count
    if further := found[MAX_CLOCK_NOTES:]:
        notes["further pairs who heard each other at no time of their distances"] += len(further)


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _devices(
    phones: Mapping[str, Mapping[str, float]], recordings: tuple[Recording, ...], notes: Counter[str]
) -> Devices:
    senders = {one.sender for recording in recordings for one in recording.receptions}
    unknown = [phone for phone in senders if "dbm_at_1m" not in phones.get(phone, {})]
    if unknown:
        notes[f"senders without dbm_at_1m, taken as {ASSUMED_DBM_AT_1M:g} dBm"] += len(unknown)
    known = {
        phone: Device(row.get("receiver_correction_db", 0.0), row.get("dbm_at_1m", ASSUMED_DBM_AT_1M))
        for phone, row in phones.items()
    }
    return Devices(known, Device(0.0, ASSUMED_DBM_AT_1M))
