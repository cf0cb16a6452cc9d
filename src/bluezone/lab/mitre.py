"""Loads MITRE's range-angle recordings: pairs of phones at known distances, eight angles each.

A case is one file: up to eight ten-second sessions at one distance, of which the first four seconds each
are one look. Files of one set share people, phones and carriage: sets are the recordings that are never
split. Receivers are iPhones, whose numbers nobody publishes: what an average pair of these phones receives
at one metre is measured on the training recordings, too.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log10
from pathlib import Path
from statistics import fmean

from bluezone.lab.cases import NEAR_M, Case, Look
from bluezone.lab.devices import MEASURED_M, Device, Devices, PairLevel, average_phone, measured
from bluezone.lab.errors import RecordingMalformed, RecordingsMissing
from bluezone.lab.recording import Reception, clean

LOOK_S = 4.0
METRES_PER_FOOT = 0.3048
# From look to look, if the eight of a file filled ten minutes, seconds.
GAP_S = 75.0
ANGLES = 8
# A list that knows nothing: where measuring starts from does not matter, because the level at one metre
# that all phones share is not held back.
UNLISTED = Devices({}, Device(0.0, 0.0))


@dataclass(frozen=True, slots=True)
class MitreData:
    """Everything that was recorded.

    Attributes:
        cases: one a file; the scene is the set.
        levels: one a file whose distance can be measured on.
        in_hand: sets in which both phones were held in the hand; in the others one was in a pocket or purse.
        turned: of each file that was heard at every angle: degrees to mean level, dBm.
    """

    cases: list[Case]
    levels: list[PairLevel]
    in_hand: frozenset[str]
    turned: list[dict[int, float]]

    def models(self, cases: Sequence[Case]) -> Devices:
        """The models as measured on the recordings of these cases."""
        return measured(self._of(cases), UNLISTED)

    def average_phone(self, cases: Sequence[Case]) -> Devices:
        """Only the average phone of the recordings of these cases: no model is known."""
        return Devices({}, average_phone(self._of(cases)))

    def _of(self, cases: Sequence[Case]) -> list[PairLevel]:
        scenes = {case.scene for case in cases}
        return [one for one in self.levels if one.scene in scenes]


@dataclass(frozen=True, slots=True)
class _Session:
    number: str
    file: str
    metres: float
    began_at: float
    receiver_model: str
    sender_model: str
    in_hand: bool
    angle: int


def load(folder: Path, dropped: Counter[str]) -> MitreData:
    """All files as cases.

    Args:
        folder: with `sessions.csv` and `rssi.csv.gz`.
        dropped: reasons are added to it.

    Raises:
        RecordingsMissing: a file is not there.
        RecordingMalformed: a file is not what it should be; names the line.
    """
    heard: dict[str, float] = {}
    for number, receptions in _receptions(folder / "rssi.csv.gz"):
        if kept := clean(receptions, dropped):
            heard[number] = fmean(one.rssi_dbm for one in kept)
    files: dict[str, list[_Session]] = {}
    for session in _sessions(folder / "sessions.csv"):
        files.setdefault(session.file, []).append(session)
    levels = [_level(sessions, heard) for sessions in files.values()]
    firsts = [sessions[0] for sessions in files.values()]
    pocket = {_set_of(one) for one in firsts if not one.in_hand}
    return MitreData(
        [_case(sessions, heard) for sessions in files.values()],
        [one for one in levels if one is not None],
        frozenset(_set_of(one) for one in firsts) - pocket,
        [found for sessions in files.values() if len(found := _turned(sessions, heard)) == ANGLES],
    )


def _turned(sessions: list[_Session], heard: dict[str, float]) -> dict[int, float]:
    return {one.angle: heard[one.number] for one in sessions if one.number in heard}


def _level(sessions: list[_Session], heard: dict[str, float]) -> PairLevel | None:
    first, found = sessions[0], [heard[one.number] for one in sessions if one.number in heard]
    if not found or not MEASURED_M[0] <= first.metres <= MEASURED_M[1]:
        return None
    models = first.receiver_model, first.sender_model
    return PairLevel(_set_of(first), "receiver", "sender", *models, log10(first.metres), fmean(found))


def _case(sessions: list[_Session], heard: dict[str, float]) -> Case:
    first, name = sessions[0], _set_of(sessions[0])
    looks = tuple(Look(heard.get(session.number), None, GAP_S) for session in sessions)
    models = first.receiver_model, first.sender_model
    near = first.metres <= NEAR_M
    return Case(name, f"{name} receiver", f"{name} sender", *models, first.began_at, looks, near)


def _set_of(session: _Session) -> str:
    return session.file.split("/", maxsplit=1)[0]


def _sessions(path: Path) -> Iterator[_Session]:
    _require(path)
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), 2):
            try:
                metres = float(row["range_ft"]) * METRES_PER_FOOT
                names = row["rx_dev"], row["tx_dev"]
                in_hand = row["rx_carry"] == row["tx_carry"] == "in hand"
                angle = int(float(row["angle"]))
                yield _Session(row["session"], row["file"], metres, float(row["t0"]), *names, in_hand, angle)
            except (KeyError, TypeError, ValueError) as error:
                raise RecordingMalformed(f"{path.name}, line {line}: {error}.") from error


def _receptions(path: Path) -> Iterator[tuple[str, list[Reception]]]:
    """Session's number to what was received in its first four seconds."""
    _require(path)
    line = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            next(file)
            for session, rows in groupby((text.split(",") for text in file), key=lambda cells: cells[0]):
                found = []
                for _, at, rssi in rows:
                    line += 1
                    if float(at) < LOOK_S:
                        found.append(Reception("receiver", "sender", float(at), float(rssi)))
                yield session, found
    except (OSError, EOFError, zlib.error, ValueError, StopIteration) as error:
        raise RecordingMalformed(f"{path.name}, after line {line + 1}: {error}.") from error


def _require(path: Path) -> None:
    if not path.is_file():
        raise RecordingsMissing(f"There is no file {path.name} in {path.parent}.")
