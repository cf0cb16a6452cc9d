"""How likely another phone was within two metres during ten minutes, judged from this phone's scans.

Decides the probability and whether the scans came in the rhythm that the model knows. The model's
coefficients are data (`proximity.json`, with where they come from); `bluezone sensing train` writes
them. Leaves which scans belong to one other phone to matching.py, and what is dangerous to risk.py.

The probability never falls when a level rises, never rises when one more scan heard nothing, does not
depend on the order of scans, and is never 0 or 1: not hearing is evidence, not proof.
Source: docs/sensing.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, isfinite
from typing import Annotated

import msgspec

from bluezone.phone.errors import ProximityModelError

WINDOW_S = 600
# A rhythm twice as fast or as slow as the model's: other sampling, so other probabilities.
RHYTHM_FACTOR = 2.0

_Weight = Annotated[float, msgspec.Meta(ge=0, le=100)]
_Number = Annotated[float, msgspec.Meta(ge=-1000, le=1000)]


@dataclass(frozen=True, slots=True)
class HeardScan:
    """One own scan in which the other phone was heard.

    Attributes:
        level_db: RSSI + receiver correction - dbm_at_1m, mean over the scan; 0 at one metre, falling
            with distance.
        relative_db: its RSSI less the median RSSI of the other phones in the same scan; None if no other
            was heard. It says how near this phone is among others, whatever the receiver's pocket does.
    """

    level_db: float
    relative_db: float | None = None


@dataclass(frozen=True, slots=True)
class ProximityWindow:
    """What one ten-minute window shows about one other phone.

    Attributes:
        scan_count: own scans in the window, those that heard nothing included.
        heard: the scans that heard the other phone, in any order; at most `scan_count`.
    """

    scan_count: int
    heard: tuple[HeardScan, ...]

    def __post_init__(self) -> None:
        """Refuses a window that no phone can have seen.

        Raises:
            ValueError: no scan, more heard than scanned, or a level that is not finite.
        """
        if self.scan_count < 1 or len(self.heard) > self.scan_count:
            raise ValueError(f"{len(self.heard)} of {self.scan_count} scans heard the other phone")
        numbers = [scan.level_db for scan in self.heard]
        numbers += [scan.relative_db for scan in self.heard if scan.relative_db is not None]
        if not all(map(isfinite, numbers)):
            raise ValueError("a window holds finite levels")


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one scan counts: between 0 (far, or not heard) and 1 (near), a half at the middle.

    Attributes:
        level_middle_db: level at which a scan counts half.
        relative_middle_db: relative level at which it does.
        spread_db: a scan this far above its middle counts 0.73, this far below 0.27.
    """

    level_middle_db: _Number
    relative_middle_db: _Number
    spread_db: Annotated[float, msgspec.Meta(ge=0.5, le=100)]


class Coefficients(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One logistic form; no weight is negative, so a nearer phone never seems farther.

    Attributes:
        intercept: logit where no scan heard the phone.
        nearness: what it rises by if all scans count fully by their level.
        prominence: what it rises by if all scans count fully by their relative level.
    """

    intercept: _Number
    nearness: _Weight
    prominence: _Weight = 0.0


class ProximityModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The coefficients in force, the limits of their inputs, and where they come from.

    Attributes:
        alone: used where the other phone was heard, but never together with a third one.
        among_others: used otherwise.
        shape: how a scan counts.
        rhythm_s: from scan to scan, that the coefficients are meant for, seconds.
        provenance: data set, scenes, app, date, licence and label, for people.
    """

    alone: Coefficients
    among_others: Coefficients
    shape: Shape
    rhythm_s: Annotated[float, msgspec.Meta(gt=0, le=3600)]
    provenance: dict[str, str]


def parse_model(data: bytes) -> ProximityModel:
    """A model from its JSON file.

    Raises:
        ProximityModelError: not such a file, or a number that no model has, such as a weight below 0.
    """
    try:
        return msgspec.json.decode(data, type=ProximityModel)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProximityModelError(f"The proximity model cannot be read: {error}") from error


def probability_near(window: ProximityWindow, model: ProximityModel) -> float:
    """How likely the other phone was within 2 m for at least half of the window, above 0 and below 1.

    Near and far are taken to be equally likely before anything was heard.
    """
    prominent = prominence(window, model.shape)
    form = model.alone if prominent is None else model.among_others
    logit = form.intercept + form.nearness * nearness(window, model.shape)
    return _logistic(logit + form.prominence * (prominent or 0.0))


def rhythm_fits(rhythm_s: float, model: ProximityModel) -> bool:
    """Whether scans so far apart on average are what the model is meant for, within a factor of two.

    Args:
        rhythm_s: mean time from scan to scan that was observed, seconds.
    """
    return model.rhythm_s / RHYTHM_FACTOR <= rhythm_s <= model.rhythm_s * RHYTHM_FACTOR


def nearness(window: ProximityWindow, shape: Shape) -> float:
    """How far the window's scans count as near by their levels, mean over all of them, 0 to 1."""
    return _mean([_count(scan.level_db, shape.level_middle_db, shape) for scan in window.heard], window)


def prominence(window: ProximityWindow, shape: Shape) -> float | None:
    """The same by the relative levels; None if the phone was heard, but never beside a third one.

    A heard scan that allows no comparison is left out.
    """
    known = [scan.relative_db for scan in window.heard if scan.relative_db is not None]
    if window.heard and not known:
        return None
    return _mean([_count(one, shape.relative_middle_db, shape) for one in known], window)


def _mean(counted: Sequence[float], window: ProximityWindow) -> float:
    """Empty scans count 0."""
    # fsum rounds once, so the order of the scans cannot show.
    return fsum(counted) / (len(counted) + window.scan_count - len(window.heard))


def _count(decibels: float, middle: float, shape: Shape) -> float:
    return _logistic((decibels - middle) / shape.spread_db)


def _logistic(logit: float) -> float:
    # Beyond +-30 a float could say 0 or 1.
    return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))
