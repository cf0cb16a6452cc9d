"""How sure a share is: pairs of one case are not independent, so cases are drawn, not pairs.

Decides the interval of a share: a bootstrap over cases, and Wilson's where nothing or everything was
alerted, because drawing again from a row of noughts finds only noughts.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

DRAWS = 400
LEVEL = 0.95
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """A share and its 95 % interval.

    Attributes:
        alerted, total: what was counted.
        low, high: of the share, 0..1.
    """

    alerted: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share; 0 of nothing is 0."""
        return self.alerted / self.total if self.total else 0.0

    def as_json(self) -> dict[str, Any]:
        """For a file."""
        return {
            "alerted": self.alerted,
            "total": self.total,
            "share": self.value,
            "low": self.low,
            "high": self.high,
        }


def share_of(by_case: Sequence[tuple[int, int]]) -> Share:
    """The share over all cases.

    Args:
        by_case: (alerted, total) of each case.
    """
    counted = [one for one in by_case if one[1]]
    alerted, total = sum(one[0] for one in counted), sum(one[1] for one in counted)
    if alerted in (0, total):
        return Share(alerted, total, *wilson(alerted, total))
    return Share(alerted, total, *_bootstrap(counted))


def wilson(alerted: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of independent ones; everything when there is nothing."""
    if not total:
        return 0.0, 1.0
    share, square = alerted / total, _Z * _Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    reach = _Z / (1 + square / total) * sqrt(share * (1 - share) / total + square / (4 * total * total))
    # Exact at the ends, where the formula's rounding could leave a trace.
    return (middle - reach if alerted else 0.0), (middle + reach if alerted < total else 1.0)


def _bootstrap(counted: Sequence[tuple[int, int]]) -> tuple[float, float]:
    draw = random.Random(0)  # noqa: S311 - the same counts have the same interval.
    shares = []
    for _ in range(DRAWS):
        drawn = draw.choices(counted, k=len(counted))
        shares.append(sum(one[0] for one in drawn) / sum(one[1] for one in drawn))
    shares.sort()
    outside = int(DRAWS * (1 - LEVEL) / 2)
    return shares[outside], shares[-1 - outside]
