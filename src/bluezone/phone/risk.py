"""When the owner is warned: fifteen minutes near, within any rolling 24 hours.

Decides alerts from exposure scans by a frozen set of rules. It speaks of days, never of persons:
the keys of one person cannot be linked, so time adds up over everything published.
Source: docs/protocol.md, section 8 (after R8); the 2 m are the founding letter's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bluezone.phone.exposure import ExposureScan
from bluezone.protocol.interval import local_day_of


@dataclass(frozen=True, slots=True)
class RiskRules:
    """The numbers of the risk rule.

    Attributes:
        near_level_db: a scan at or above this level counts. 2 m is -4.3 dB on the calibrated path
            loss (14.4 dB per decade); -5 leaves room for rounding to whole dBm.
        alert_s: near time that raises an alert, seconds.
        span_s: within which it must fall, seconds.
        rhythm_s: mean time from scan to scan, seconds.
        longest_half_gap: a scan's reach to each side, as a share of the rhythm.
    """

    near_level_db: float = -5.0
    alert_s: float = 900.0
    span_s: float = 86_400.0
    rhythm_s: float = 60.0
    longest_half_gap: float = 2 / 3


@dataclass(frozen=True, slots=True)
class Alert:
    """A warning about one day, with its reason.

    Attributes:
        day: the region's local date, days since 1970-01-01.
        near_s: near time in the 24 hours that raised it, seconds.
        mean_level_db: over those scans, weighted by time; 0 at one metre.
        scan_count: verified near scans behind it.
    """

    day: int
    near_s: float
    mean_level_db: float
    scan_count: int


def assess(scans: Iterable[ExposureScan], rules: RiskRules, utc_offset_minutes: int) -> list[Alert]:
    """The days on which some rolling span, ending that day, holds enough near time; worst span each.

    Args:
        scans: verified scans, any order.
        rules: the rule in force.
        utc_offset_minutes: of the region's civil date.
    """
    near = sorted((one for one in scans if one.level_db >= rules.near_level_db), key=lambda one: one.at)
    worst: dict[int, Alert] = {}
    first, total = 0, 0.0
    for last, scan in enumerate(near):
        total += scan.duration_s
        while scan.at - near[first].at >= rules.span_s:
            total -= near[first].duration_s
            first += 1
        day = local_day_of(scan.at, utc_offset_minutes)
        if total >= rules.alert_s and (day not in worst or total > worst[day].near_s):
            span = near[first : last + 1]
            mean = sum(one.level_db * one.duration_s for one in span) / total
            worst[day] = Alert(day, total, mean, len(span))
    return [worst[day] for day in sorted(worst)]
