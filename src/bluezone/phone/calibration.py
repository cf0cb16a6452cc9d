"""The level that a deployment's phones share: two of them, two known distances, ten minutes.

Decides what a recording must hold to be believed and what intercept follows from it. Pure; recording is
cli/phone_calibrate, signing the result the authority's. A recording is a CSV that says of every scan what
was heard of the other phone; a scan in which it was not heard has no identifier and no RSSI.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, log10
from statistics import fmean, median

from bluezone.phone.device_model import DeviceTable, device_model
from bluezone.phone.errors import RecordingRefused

COLUMNS = ("time", "receiver", "sender", "distance_m", "identifier", "rssi")
MAX_ROWS = 20_000
MIN_SCANS = 20
MIN_HEARD = 0.5
# Two other phones nearby for a moment do no harm; more would be measured instead of the one that is meant.
MAX_CROWDED = 0.1
# A wall, a table or a body between the two shows as a difference that no distance explains.
MAX_DISAGREEMENT_DB = 6.0
PATH_LOSS_DB = 14.4
NEAREST_METRES, FARTHEST_METRES = 0.5, 5.0


@dataclass(frozen=True, slots=True)
class CalibrationScan:
    """What one scan of a recording heard.

    Attributes:
        at: seconds UTC.
        rssi_dbm: by identifier; empty when nothing was heard.
    """

    at: float
    rssi_dbm: dict[str, int]


@dataclass(frozen=True, slots=True)
class Recording:
    """One phone listening to another at one distance.

    Attributes:
        receiver, sender: names of their models.
        metres: between them.
        scans: in order of time.
    """

    receiver: str
    sender: str
    metres: float
    scans: tuple[CalibrationScan, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What recordings say about a deployment.

    Attributes:
        intercept_db: to be added to every level, dB, one decimal.
        apart_db: largest less smallest intercept of one distance, dB.
        by_recording: intercept of each recording, in their order, dB.
    """

    intercept_db: float
    apart_db: float
    by_recording: tuple[float, ...]


def parse_recording(lines: Iterable[str], source: str) -> Recording:
    """Reads one recording.

    Args:
        lines: of the CSV.
        source: the file's name, for messages.

    Raises:
        RecordingRefused: naming the line.
    """
    reader = csv.reader(lines, strict=True)
    try:
        head = next(reader, None)
        if head != list(COLUMNS):
            raise RecordingRefused(f"{source}, line 1: the columns must be {','.join(COLUMNS)}")
        return _recording([_row(row, source, reader.line_num) for row in _bounded(reader, source)], source)
    except (csv.Error, UnicodeDecodeError) as error:
        raise RecordingRefused(f"{source}, line {reader.line_num}: {error}") from None


def calibrate(recordings: Sequence[Recording], table: DeviceTable) -> Calibration:
    """The intercept that brings the measured levels to what the distances say.

    Args:
        recordings: at two different distances at least.
        table: of device models.

    Raises:
        RecordingRefused: too little was heard, other phones were near, or the distances contradict each
            other.
    """
    if len({one.metres for one in recordings}) < 2:
        raise RecordingRefused("a calibration needs recordings at two different distances")
    found = tuple(_intercept(one, table) for one in recordings)
    apart = max(found) - min(found)
    if apart > MAX_DISAGREEMENT_DB:
        told = ", ".join(
            f"{value:+.1f} dB at {one.metres:g} m" for one, value in zip(recordings, found, strict=True)
        )
        raise RecordingRefused(
            f"the recordings contradict each other ({told}); measure again in the open, away from walls and"
            " metal, both phones upright and with nobody between them"
        )
    return Calibration(round(fmean(found), 1), round(apart, 1), found)


def _intercept(recording: Recording, table: DeviceTable) -> float:
    heard = [one.rssi_dbm for one in recording.scans if one.rssi_dbm]
    name = f"the recording at {recording.metres:g} m"
    if len(recording.scans) < MIN_SCANS:
        raise RecordingRefused(f"{name} has {len(recording.scans)} scans; at least {MIN_SCANS} are needed")
    if len(heard) < MIN_HEARD * len(recording.scans):
        raise RecordingRefused(
            f"{name} heard the other phone in {len(heard)} of {len(recording.scans)} scans"
        )
    if sum(len(one) > 1 for one in heard) > MAX_CROWDED * len(heard):
        raise RecordingRefused(
            f"{name} heard more than one phone; go where no other phone of Bluezone is near"
        )
    sender, receiver = device_model(table, recording.sender), device_model(table, recording.receiver)
    # The median: a person who walks through changes some scans, not the result.
    measured = median(max(one.values()) for one in heard) + receiver.receive_db - sender.dbm_at_1m
    return -PATH_LOSS_DB * log10(recording.metres) - measured


def _bounded(rows: Iterable[list[str]], source: str) -> Iterable[list[str]]:
    for number, row in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise RecordingRefused(f"{source}: a recording has at most {MAX_ROWS} rows")
        yield row


_Row = tuple[float, str, str, float, str, int | None]


def _row(row: list[str], source: str, line: int) -> _Row:
    if len(row) != len(COLUMNS):
        raise RecordingRefused(f"{source}, line {line}: {len(row)} columns instead of {len(COLUMNS)}")
    at, receiver, sender, metres, identifier, rssi = row
    try:
        found = float(at), receiver, sender, float(metres), identifier, int(rssi) if rssi else None
    except ValueError:
        raise RecordingRefused(
            f"{source}, line {line}: a number is expected in time, distance_m, rssi"
        ) from None
    if not isfinite(found[0]) or not NEAREST_METRES <= found[3] <= FARTHEST_METRES:
        raise RecordingRefused(
            f"{source}, line {line}: a distance is {NEAREST_METRES} to {FARTHEST_METRES} m, a time is finite"
        )
    if bool(identifier) != (found[5] is not None) or not -127 <= (found[5] or 0) <= 20:
        raise RecordingRefused(
            f"{source}, line {line}: an identifier has an RSSI of -127 to 20 dBm, an empty scan has neither"
        )
    return found


def _recording(rows: Sequence[_Row], source: str) -> Recording:
    if not rows:
        raise RecordingRefused(f"{source}: there is no scan in it")
    if len({row[1:4] for row in rows}) > 1:
        raise RecordingRefused(f"{source}: one recording is of two phones at one distance")
    scans: dict[float, dict[str, int]] = {}
    for at, _, _, _, identifier, rssi in rows:
        heard = scans.setdefault(at, {})
        if rssi is not None:
            heard[identifier] = max(rssi, heard.get(identifier, rssi))
    _, receiver, sender, metres, _, _ = rows[0]
    return Recording(receiver, sender, metres, tuple(CalibrationScan(at, scans[at]) for at in sorted(scans)))
