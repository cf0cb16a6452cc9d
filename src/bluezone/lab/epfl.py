"""Loads the EPFL recordings (DP-3T bt-measurements): packets in SQLite, positions from video in JSON.

Knows their traps: models are taken from the persons, because `transmitter_model` repeats the receiver's;
the video's clock is two hours ahead of UTC; a person without a position is somewhere, not far away.
The application of exp05 asked for 6 dB less power than that of exp34, but was received about as loud at equal
distances (`bluezone sensing evaluate` prints it), so nothing is added.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from bluezone.lab.devices import Device, Devices, from_google, median_device
from bluezone.lab.errors import RecordingMalformed, RecordingsMissing
from bluezone.lab.recording import Reception, Recording, clean

VIDEO_CLOCK = timezone(timedelta(hours=2))
# Recorded in 2020; a clock that says something else is wrong.
PLAUSIBLE_S = (1_577_836_800.0, 1_609_459_200.0)
MAX_POSITIONS_BYTES = 64_000_000
_DAMAGED = (
    OSError,
    EOFError,
    zlib.error,
    msgspec.DecodeError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)
_QUERY = "SELECT receiver_id, transmitter_id, timestamp, rssi FROM results"


@cache
def _facts() -> dict[str, Any]:
    text = resources.files("bluezone.lab").joinpath("epfl.json").read_text(encoding="utf-8")
    facts: dict[str, Any] = json.loads(text)
    return facts


def model_of_person() -> dict[str, str]:
    """Person's number to the model of the phone that this person carried."""
    return {str(person): model for model, people in _facts()["models"].items() for person in people}


def google_list() -> Devices:
    """The models as Google's list has them."""
    known: dict[str, Device] = {model: from_google(**row) for model, row in _facts()["google"].items()}
    return Devices(known, median_device(known.values()))


def scenes_of(experiment: str) -> list[str]:
    """Names of the scenes of `epfl-exp05` or `epfl-exp34`."""
    return list(_facts()["experiments"][experiment]["scenes"])


def load_scene(folder: Path, experiment: str, scene: str) -> Recording:
    """One scene, cleaned.

    Args:
        folder: that holds the experiments' folders.
        experiment: `epfl-exp05` or `epfl-exp34`.
        scene: one of `scenes_of(experiment)`.

    Raises:
        RecordingsMissing: a file is not there.
        RecordingMalformed: a file is not what it should be.
    """
    facts = _facts()["experiments"][experiment]
    files = facts["scenes"][scene]
    positions = sorted((folder / experiment).glob(files["positions"]))
    if not positions:
        raise RecordingsMissing(f"There is no {experiment}/{files['positions']} in {folder}.")
    dropped: Counter[str] = Counter()
    people = model_of_person()
    rows = list(read_packets(folder / experiment / files["packets"], facts["timestamps_per_s"]))
    receptions = clean(_known(rows, people, dropped), dropped)
    in_log = {one.receiver for one in receptions} | {one.sender for one in receptions}
    models = {person: people[person] for person in in_log}
    return Recording(f"{experiment}/{scene}", models, receptions, VideoPositions.read(positions), {}, dropped)


def read_packets(path: Path, timestamps_per_s: int) -> Iterator[Reception]:
    """The rows of a packet file, uncleaned.

    Args:
        path: the SQLite file; opened for reading only.
        timestamps_per_s: 1000 where times are milliseconds.

    Raises:
        RecordingsMissing: no such file.
        RecordingMalformed: not such a file, or a row without numbers; names the row.
    """
    if not path.is_file():
        raise RecordingsMissing(f"There is no file {path.name} in {path.parent}.")
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            for number, (receiver, sender, at, rssi) in enumerate(connection.execute(_QUERY), 1):
                try:
                    yield Reception(str(receiver), str(sender), float(at) / timestamps_per_s, float(rssi))
                except (TypeError, ValueError) as error:
                    raise RecordingMalformed(f"{path.name}, row {number}: {error}.") from error
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise RecordingMalformed(f"{path.name} is not a packet file: {error}.") from error


def _known(
    rows: Sequence[Reception], people: Mapping[str, str], dropped: Counter[str]
) -> Iterator[Reception]:
    for one in rows:
        if one.receiver not in people or one.sender not in people:
            dropped["phones without a known model"] += 1
        elif not PLAUSIBLE_S[0] <= one.at <= PLAUSIBLE_S[1]:
            dropped["clocks that are wrong"] += 1
        else:
            yield one


@dataclass(frozen=True, slots=True)
class VideoPositions:
    """Where everybody stood, second by second.

    Attributes:
        begin: second of the first column.
        metres_xyz: person to one position a second, not a number where the video does not show the person.
    """

    begin: int
    metres_xyz: Mapping[str, NDArray[np.float64]]

    @classmethod
    def read(cls, paths: Sequence[Path]) -> VideoPositions:
        """Positions from all parts of a scene's video, frames averaged to seconds.

        Raises:
            RecordingMalformed: a file is not what it should be.
        """
        parts = [_read_part(path) for path in paths]
        begin = min(int(seconds[0]) for seconds, _ in parts)
        length = max(int(seconds[-1]) for seconds, _ in parts) + 1 - begin
        sums: dict[str, NDArray[np.float64]] = {}
        counts: dict[str, NDArray[np.float64]] = {}
        for seconds, people in parts:
            for person, frames in people.items():
                seen = ~np.isnan(frames[:, 0])
                np.add.at(sums.setdefault(person, np.zeros((length, 3))), seconds[seen] - begin, frames[seen])
                np.add.at(counts.setdefault(person, np.zeros(length)), seconds[seen] - begin, 1.0)
        with np.errstate(invalid="ignore"):
            return cls(begin, {person: sums[person] / counts[person][:, None] for person in sums})

    def knows(self, one: str, other: str) -> bool:
        """Whether the video shows both."""
        return one in self.metres_xyz and other in self.metres_xyz

    def metres(self, one: str, other: str, begin: int, end: int) -> NDArray[np.float64]:
        """One distance for each second of [begin, end)."""
        found = np.full(end - begin, np.nan)
        if not self.knows(one, other):
            return found
        here, there = self.metres_xyz[one], self.metres_xyz[other]
        low, high = max(begin, self.begin), min(end, self.begin + len(here))
        if low < high:
            span = slice(low - self.begin, high - self.begin)
            found[low - begin : high - begin] = np.linalg.norm(here[span] - there[span], axis=1)
        return found


def _read_part(path: Path) -> tuple[NDArray[np.int64], dict[str, NDArray[np.float64]]]:
    """Second of each frame, and person to one position a frame."""
    try:
        with gzip.open(path) as file:
            raw = file.read(MAX_POSITIONS_BYTES + 1)
        if len(raw) > MAX_POSITIONS_BYTES:
            raise RecordingMalformed(f"{path.name} is larger than {MAX_POSITIONS_BYTES} bytes.")
        content = msgspec.json.decode(raw)
        stamps = [
            datetime.fromisoformat(text).replace(tzinfo=VIDEO_CLOCK) for text in content.pop("datetime")
        ]
        seconds = np.array([int(stamp.timestamp()) for stamp in stamps], dtype=np.int64)
        people = {str(person): _frames(frames, len(seconds)) for person, frames in content.items()}
    except (
        OSError,
        EOFError,
        zlib.error,
        msgspec.DecodeError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:
        raise RecordingMalformed(f"{path.name} holds no positions: {error}.") from error
    if not len(seconds):
        raise RecordingMalformed(f"{path.name} holds no frame.")
    return seconds, people


def _frames(frames: Sequence[Sequence[float] | None], count: int) -> NDArray[np.float64]:
    if len(frames) != count:
        raise ValueError(f"{len(frames)} positions for {count} frames")
    unseen = [np.nan] * 3
    found = np.array([unseen if frame is None else frame for frame in frames], dtype=np.float64)
    if found.shape != (count, 3):
        raise ValueError("a position is not three numbers")
    return found
