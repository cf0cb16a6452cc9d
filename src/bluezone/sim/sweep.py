"""One number varied at a time: how often phones scan, how many people have one.

Decides what a point of a sweep is. Another rhythm needs another life, because other frames are heard;
other uptake needs none: whoever has no phone neither warns nor is warned, and nobody else hears otherwise.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from bluezone.phone.risk import RiskRules
from bluezone.sim.interval import Share
from bluezone.sim.judge import Exposed, Judge
from bluezone.sim.truth import Band

DRAWS = 200
_OUTSIDE = 0.05


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """What one value gives.

    Attributes:
        value: of the number that is varied.
        clear_positive, clear_negative: share alerted, 0..1.
        low, high: of the clear positives: the 95 % interval where a number of the phones is varied, the
            middle 95 % of the draws where it is drawn who has a phone.
        never_met: ordered pairs alerted that never met.
    """

    value: float
    clear_positive: float
    clear_negative: float
    low: float
    high: float
    never_met: float

    def as_json(self) -> dict[str, Any]:
        """For a file."""
        return {
            "value": self.value,
            "clear_positive": self.clear_positive,
            "clear_positive_low": self.low,
            "clear_positive_high": self.high,
            "clear_negative": self.clear_negative,
            "never_met_alerted": self.never_met,
        }


def rhythm_point(judge: Judge, exposed: Exposed, rules: RiskRules) -> SweepPoint:
    """One rhythm, lived through; the rule knows it.

    Args:
        judge: of the trace.
        exposed: of phones that scanned in this rhythm.
        rules: with this rhythm.
    """
    found = judge.judge(exposed, rules)
    positive, negative = found.share(Band.CLEAR_POSITIVE), found.share(Band.CLEAR_NEGATIVE)
    never_met = found.alerted(Band.NEVER_MET)
    return SweepPoint(rules.rhythm_s, positive.value, negative.value, positive.low, positive.high, never_met)


def uptake_points(
    judge: Judge, exposed: Exposed, rules: RiskRules, people_count: int, shares: Sequence[float], seed: int
) -> list[SweepPoint]:
    """What part of all contacts is warned when only a share of the people has a phone.

    The shares are of all pairs, also of those without phones: what a region gets, not what a user gets.

    Args:
        judge: of the trace.
        exposed: of everybody.
        rules: in force.
        people_count: people of the trace.
        shares: of people with a phone, 0..1.
        seed: who has one.
    """
    draw = random.Random(seed)  # noqa: S311
    return [_uptake_point(judge, exposed, rules, people_count, share, draw) for share in shares]


def _uptake_point(
    judge: Judge, exposed: Exposed, rules: RiskRules, people_count: int, share: float, draw: random.Random
) -> SweepPoint:
    positives: list[Share] = []
    negatives: list[Share] = []
    never_met: list[int] = []
    for _ in range(DRAWS if share < 1 else 1):
        users = set(draw.sample(range(people_count), round(share * people_count)))
        among = {pair: scans for pair, scans in exposed.items() if users.issuperset(pair)}
        found = judge.judge(among, rules)
        positives.append(found.share(Band.CLEAR_POSITIVE))
        negatives.append(found.share(Band.CLEAR_NEGATIVE))
        never_met.append(found.alerted(Band.NEVER_MET))
    values = sorted(one.value for one in positives)
    cut = int(len(values) * _OUTSIDE / 2)
    low, high = values[cut], values[-1 - cut]
    return SweepPoint(
        share, fmean(values), fmean(one.value for one in negatives), low, high, fmean(never_met)
    )
