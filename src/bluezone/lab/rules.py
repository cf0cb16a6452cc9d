"""The rules that national apps used, as data, applied to the same cases.

A rule gives each scan a weight by its attenuation and adds up the minutes that scans stand for. As deployed
it warns after a number of weighted minutes; a ten-minute window keeps that pace if it holds a third of
them, because the apps were given windows of thirty minutes. What a scan stands for is not settled: the
system reports the time since the scan before in seconds that are whole minutes, and does not say how they
are rounded. So "as deployed" is computed in more than one way (`CONVENTIONS`). The score for AUC and for a
fitted threshold is the mean weight of the window's scans, which depends on none of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from math import ceil
from statistics import fmean

from bluezone.lab.cases import Case
from bluezone.lab.devices import Devices, attenuation_db
from bluezone.phone.proximity import WINDOW_S

Minutes = Callable[[Case], Sequence[float]]

# A window of ten minutes is a third of the apps' thirty.
SHARE_OF_APP_WINDOW = 1 / 3


def seconds_since(case: Case) -> Sequence[float]:
    """Minutes of each scan: the time since the one before as it was, at most five minutes."""
    return [look.gap_s / 60 for look in case.looks]


def minutes_up(case: Case) -> Sequence[float]:
    """The same in whole minutes, rounded up: so Apple's system rounds the duration of an exposure."""
    return [ceil(look.gap_s / 60) for look in case.looks]


def equal_shares(case: Case) -> Sequence[float]:
    """Minutes of each scan: its share of the window. No app could count so; it is the ends' effect undone."""
    return [WINDOW_S / 60 / len(case.looks)] * len(case.looks)


# Name to what a scan counts for; the first is the one that other figures speak of.
CONVENTIONS: dict[str, Minutes] = {
    "seconds": seconds_since,
    "minutes, rounded up": minutes_up,
    "equal shares": equal_shares,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One app's rule.

    Attributes:
        name, what: for people.
        below_db: ends of its attenuation ranges, rising; the last is open to no further range.
        weights: of each range.
        alert_minutes: weighted minutes that warn.
    """

    name: str
    what: str
    below_db: tuple[float, ...]
    weights: tuple[float, ...]
    alert_minutes: float

    def score(self, case: Case, devices: Devices) -> float:
        """Mean weight of the window's scans; a scan that did not hear the phone weighs 0."""
        return fmean(self._weights_of(case, devices))

    def warns(self, case: Case, devices: Devices, minutes: Minutes = seconds_since) -> bool:
        """Whether the window keeps the pace that warns.

        Args:
            case: the window.
            devices: what is known of the two models.
            minutes: that each scan stands for.
        """
        weights = self._weights_of(case, devices)
        weighted = sum(weight * time for weight, time in zip(weights, minutes(case), strict=True))
        return weighted >= self.alert_minutes * SHARE_OF_APP_WINDOW

    def _weights_of(self, case: Case, devices: Devices) -> list[float]:
        return [0.0 if one is None else self.weight(one) for one in _attenuations(case, devices)]

    def weight(self, attenuation: float) -> float:
        """Of one scan, by its attenuation in dB."""
        for end, weight in zip(self.below_db, self.weights, strict=True):
            if attenuation < end:
                return weight
        return 0.0


def rules_in_use() -> list[Rule]:
    """All of them, the German one first."""
    rows = json.loads(resources.files("bluezone.lab").joinpath("rules.json").read_text(encoding="utf-8"))
    return [
        Rule(**{**row, "below_db": tuple(row["below_db"]), "weights": tuple(row["weights"])}) for row in rows
    ]


def mean_rssi(case: Case) -> float:
    """The simplest score: mean of the uncorrected levels, dBm; a case that was not heard is below all."""
    heard = [look.rssi_dbm for look in case.looks if look.rssi_dbm is not None]
    return fmean(heard) if heard else -200.0


def mean_level(case: Case, devices: Devices) -> float:
    """Mean of the corrected levels, dB; a case that was not heard is below all."""
    heard = [-one for one in _attenuations(case, devices) if one is not None]
    return fmean(heard) if heard else -200.0


def lowest_attenuation(case: Case, devices: Devices) -> float:
    """Of the window's loudest scan, dB; a case that was not heard is above all."""
    return min((one for one in _attenuations(case, devices) if one is not None), default=200.0)


def _attenuations(case: Case, devices: Devices) -> list[float | None]:
    """Of each scan, dB; None where the phone was not heard."""
    models = case.receiver_model, case.sender_model
    return [
        None if look.rssi_dbm is None else attenuation_db(devices.level_db(look.rssi_dbm, *models))
        for look in case.looks
    ]
