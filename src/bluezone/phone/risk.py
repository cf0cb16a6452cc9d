"""When the owner is warned: fifteen minutes near, within any rolling 24 hours.

Decides alerts from exposure scans by a frozen set of rules. It speaks of days, never of persons:
the keys of one person cannot be linked, so time adds up over everything published.
Source: docs/protocol.md, section 8 (after R8); the 2 m are the founding letter's; why there are two
kinds of rule and which one is built in: docs/adr/0008-levels-decide-windows-can.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from bluezone.phone.exposure import ExposureScan, Surroundings, exposure_scans, with_probabilities
from bluezone.phone.matching import VerifiedMinute
from bluezone.phone.proximity import ProximityModel
from bluezone.protocol.interval import local_day_of

Kind = Literal["level", "window"]


@dataclass(frozen=True, slots=True)
class RiskRules:
    """The numbers of the risk rule.

    Attributes:
        near_level_db: with kind `level`, a scan at or above this level counts. 2 m is -4.3 dB on the
            calibrated path loss (14.4 dB per decade); -5 leaves room for rounding to whole dBm.
        alert_s: near time that raises an alert, seconds.
        span_s: within which it must fall, seconds.
        rhythm_s: mean time from scan to scan, seconds.
        longest_half_gap: a scan's reach to each side, as a share of the rhythm.
        kind: what makes a scan count: its own level, or its ten-minute window.
        near_probability: with kind `window`, a scan counts from this probability of its window on.
        intercept_db: of the deployment, added to every level, dB.
    """

    near_level_db: float = -5.0
    alert_s: float = 900.0
    span_s: float = 86_400.0
    rhythm_s: float = 60.0
    longest_half_gap: float = 2 / 3
    kind: Kind = "level"
    near_probability: float = 0.5
    intercept_db: float = 0.0

    def counts(self, scan: ExposureScan) -> bool:
        """Whether a verified scan is near time."""
        if self.kind == "level":
            return scan.level_db >= self.near_level_db
        return scan.near_probability is not None and scan.near_probability >= self.near_probability


@dataclass(frozen=True, slots=True)
class Alert:
    """A warning about one day, with its reason.

    Attributes:
        day: the region's local date, days since 1970-01-01.
        near_s: near time in the 24 hours that raised it, seconds.
        mean_level_db: over those scans, weighted by time; 0 at one metre.
        scan_count: verified near scans behind it.
        least_s, most_s: of all verified time in those hours, near or not, what was probably near: one
            standard deviation to both sides, if all windows err alike (one pocket, one pair), seconds;
            None where no window was judged.
    """

    day: int
    near_s: float
    mean_level_db: float
    scan_count: int
    least_s: float | None = None
    most_s: float | None = None


def judged_scans(
    passing: Sequence[VerifiedMinute],
    scans: Sequence[int],
    rules: RiskRules,
    model: ProximityModel,
    surroundings: Surroundings,
) -> list[ExposureScan]:
    """What the risk rule looks at: own scans with time, level and, if it asks, probability.

    Args:
        passing: minutes that passed R7.
        scans: starts of all own scans, ascending whole seconds UTC, empty scans included.
        rules: the rule in force.
        model: how probable nearness is.
        surroundings: what else the scans heard; only a rule of windows asks.
    """
    shift = rules.intercept_db
    found = exposure_scans(passing, scans, rules.rhythm_s, rules.longest_half_gap, shift)
    if rules.kind == "level":
        return found
    return with_probabilities(found, passing, scans, surroundings, model, shift)


def assess(scans: Iterable[ExposureScan], rules: RiskRules, utc_offset_minutes: int) -> list[Alert]:
    """The days on which some rolling span, ending that day, holds enough near time; worst span each.

    Args:
        scans: verified scans, any order.
        rules: the rule in force.
        utc_offset_minutes: of the region's civil date.
    """
    verified = sorted(scans, key=lambda one: one.at)
    near = [one for one in verified if rules.counts(one)]
    worst: dict[int, tuple[float, int, int]] = {}
    first, total = 0, 0.0
    for last, scan in enumerate(near):
        total += scan.duration_s
        while scan.at - near[first].at >= rules.span_s:
            total -= near[first].duration_s
            first += 1
        day = local_day_of(scan.at, utc_offset_minutes)
        if total >= rules.alert_s and (day not in worst or total > worst[day][0]):
            worst[day] = total, first, last
    return [
        _alert(day, total, near[first : last + 1], verified, rules.span_s)
        for day, (total, first, last) in sorted(worst.items())
    ]


def _alert(
    day: int, total: float, near: Sequence[ExposureScan], verified: Sequence[ExposureScan], span_s: float
) -> Alert:
    mean = sum(one.level_db * one.duration_s for one in near) / total
    # The near scans in the middle of the span: what was not near enough lies on both sides of them.
    begin = (near[0].at + near[-1].at - span_s) / 2
    judged = [
        (one.near_probability, one.duration_s)
        for one in verified
        if one.near_probability is not None and begin <= one.at < begin + span_s
    ]
    if not judged:
        return Alert(day, total, mean, len(near))
    least = sum(max(0.0, chance - _deviation(chance)) * seconds for chance, seconds in judged)
    most = sum(min(1.0, chance + _deviation(chance)) * seconds for chance, seconds in judged)
    return Alert(day, total, mean, len(near), least, most)


def _deviation(chance: float) -> float:
    """Of what is so with this chance or not."""
    return sqrt(chance * (1 - chance))
