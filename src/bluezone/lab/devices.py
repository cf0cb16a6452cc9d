"""Phone models: how loud each sends and how each receives, from a published list or measured.

The one place where two scales meet. Bluezone's `level_db = RSSI + receiver correction - dbm_at_1m` is 0
at one metre; Google's and Apple's `attenuation = sent - (RSSI + receiver correction)` is about 53 dB there,
so `level_db = 53 - attenuation`. The 53 dB is about what epfl-exp34 shows; `bluezone sensing evaluate`
prints it for each scene.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np

from bluezone.lab.recording import Recording
from bluezone.phone.calibration import PATH_LOSS_DB

ATTENUATION_AT_1M_DB = 53.0
# Nearer than this, bodies and hands decide; farther than that, only the loud receptions are left.
MEASURED_M = (0.5, 3.0)
# Usual departures, dB: of a pair; of a model from the list, or from the average where it is not listed; of
# a phone, as it is carried, from its model.
PAIR_SD_DB, LISTED_SD_DB, UNLISTED_SD_DB, CARRIAGE_SD_DB = 5.0, 2.0, 5.0, 5.0


@dataclass(frozen=True, slots=True)
class Device:
    """One model.

    Attributes:
        receiver_correction_db: added to what it reports, dB.
        dbm_at_1m: what an average phone receives of it at one metre, dBm.
    """

    receiver_correction_db: float
    dbm_at_1m: float


@dataclass(frozen=True, slots=True)
class Devices:
    """A table of models.

    Attributes:
        known: model to its numbers.
        other: the numbers of a model that is not known.
    """

    known: Mapping[str, Device]
    other: Device

    def level_db(self, rssi_dbm: float, receiver_model: str, sender_model: str) -> float:
        """A received level on Bluezone's scale, dB; 0 at one metre."""
        receiver = self.known.get(receiver_model, self.other)
        sender = self.known.get(sender_model, self.other)
        return rssi_dbm + receiver.receiver_correction_db - sender.dbm_at_1m


def from_google(receiver_correction_db: float, sent_dbm: float) -> Device:
    """A row of Google's calibration list."""
    return Device(receiver_correction_db, sent_dbm - ATTENUATION_AT_1M_DB)


def attenuation_db(level_db: float) -> float:
    """A level on the scale of Google's and Apple's system, dB."""
    return ATTENUATION_AT_1M_DB - level_db


def median_device(devices: Iterable[Device]) -> Device:
    """What to assume of a model that is not listed.

    Raises:
        statistics.StatisticsError: no device.
    """
    known = list(devices)
    return Device(median(one.receiver_correction_db for one in known), median(one.dbm_at_1m for one in known))


@dataclass(frozen=True, slots=True)
class PairLevel:
    """Mean level between two phones of one scene while they were at distances that can be measured on.

    Attributes:
        scene: phones of another scene are carried otherwise.
        receiver, sender: phones.
        receiver_model, sender_model: names of the models.
        log10_metres: mean of the logarithm of the distance.
        rssi_dbm: uncorrected mean, dBm.
    """

    scene: str
    receiver: str
    sender: str
    receiver_model: str
    sender_model: str
    log10_metres: float
    rssi_dbm: float


def pair_levels(recording: Recording) -> list[PairLevel]:
    """One level for each direction of each pair of a recording that was near enough for some minutes."""
    minutes: dict[tuple[str, str, int], list[float]] = {}
    for one in recording.receptions:
        minutes.setdefault((one.receiver, one.sender, int(one.at // 60)), []).append(one.rssi_dbm)
    pairs: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for (receiver, sender, minute), heard in minutes.items():
        metres = recording.distances.metres(receiver, sender, 60 * minute, 60 * minute + 60)
        if np.isnan(metres).all():
            continue
        mean = float(np.nanmean(metres))
        if MEASURED_M[0] <= mean <= MEASURED_M[1]:
            pairs.setdefault((receiver, sender), []).append((float(np.log10(mean)), fmean(heard)))
    models = recording.models
    return [
        PairLevel(
            recording.scene,
            receiver,
            sender,
            models[receiver],
            models[sender],
            fmean(log_metres for log_metres, _ in found),
            fmean(rssi for _, rssi in found),
        )
        for (receiver, sender), found in pairs.items()
    ]


def measured(levels: Sequence[PairLevel], listed: Devices) -> Devices:
    """The table that fits recorded pairs best, kept near the list where little was recorded.

    Least squares on `RSSI = dbm_at_1m(sender) - correction(receiver) - slope * log10(metres)`, with what a
    model departs from the list and what a phone in its scene departs from its model (pocket, hand, body)
    held back by what such departures usually are. A model that one person carried hardly moves.

    Args:
        levels: of recordings that are not tested on.
        listed: where a model starts from.
    """
    columns: dict[tuple[str, ...], int] = {}

    def column(*name: str) -> int:
        return columns.setdefault(name, 2 + len(columns))

    places = [
        (
            column("receiver", one.receiver_model),
            column("sender", one.sender_model),
            column("receiver", one.scene, one.receiver),
            column("sender", one.scene, one.sender),
        )
        for one in levels
    ]
    design = np.zeros((len(levels), 2 + len(columns)))
    for row, (one, marked) in enumerate(zip(levels, places, strict=True)):
        design[row, :2] = 1.0, one.log10_metres
        design[row, list(marked)] = 1.0
    expected = [listed.level_db(one.rssi_dbm, one.receiver_model, one.sender_model) for one in levels]
    spread = [_usual_departure(name, listed) for name in columns]
    # The normal equations of least squares with a penalty on each departure, but not on intercept and slope.
    penalty = np.append(np.zeros(2), (PAIR_SD_DB / np.array(spread)) ** 2)
    solution = np.linalg.solve(design.T @ design + np.diag(penalty), design.T @ np.array(expected))

    def departure(side: str, model: str) -> float:
        place = columns.get((side, model))
        return 0.0 if place is None else float(solution[place])

    at_1m = float(solution[0])
    known = {}
    for model in sorted({name[1] for name in columns if len(name) == 2} | set(listed.known)):
        start = listed.known.get(model, listed.other)
        known[model] = Device(
            start.receiver_correction_db - departure("receiver", model),
            start.dbm_at_1m + at_1m + departure("sender", model),
        )
    return Devices(known, Device(listed.other.receiver_correction_db, listed.other.dbm_at_1m + at_1m))


def average_phone(levels: Sequence[PairLevel]) -> Device:
    """What to assume of phones that no list knows: the median of what was received, brought to one metre.

    The median, as for models that are not listed: pockets and bodies make a long tail on one side.

    Args:
        levels: of recordings that are not tested on; at least one.
    """
    return Device(0.0, median(one.rssi_dbm + PATH_LOSS_DB * one.log10_metres for one in levels))


def _usual_departure(column: tuple[str, ...], listed: Devices) -> float:
    if len(column) > 2:
        return CARRIAGE_SD_DB
    return LISTED_SD_DB if column[1] in listed.known else UNLISTED_SD_DB
