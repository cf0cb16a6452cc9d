"""The rules that national apps used, as data, applied to the same cases.

A rule gives each scan a weight by its attenuation and adds up the minutes that scans stand for. As deployed
it warns after a number of weighted minutes; a ten-minute window keeps that pace if it holds a third of
them, because the apps were given windows of thirty minutes. The score for AUC and for a fitted threshold
is the mean weight of the window's scans, which does not depend on how the ends of a window are counted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from statistics import fmean

from bluezone.lab.cases import Case
from bluezone.lab.devices import Devices, attenuation_db

# A window of ten minutes is a third of the apps' thirty.
SHARE_OF_APP_WINDOW = 1 / 3


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

    def warns(self, case: Case, devices: Devices) -> bool:
        """Whether the window keeps the pace that warns, with minutes as the apps' system counts them."""
        weighted = sum(
            weight * look.gap_s / 60
            for weight, look in zip(self._weights_of(case, devices), case.looks, strict=True)
        )
        return weighted >= self.alert_minutes * SHARE_OF_APP_WINDOW

    def _weights_of(self, case: Case, devices: Devices) -> list[float]:
        return [
            0.0
            if look.rssi_dbm is None
            else self.weight(
                attenuation_db(devices.level_db(look.rssi_dbm, case.receiver_model, case.sender_model))
            )
            for look in case.looks
        ]

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
