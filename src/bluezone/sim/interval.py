"""How sure a share of pairs is: two pairs with a common person are not independent.

Decides the interval of a share. Who carries a weak phone, or sits with their back to everybody, spoils every
pair that they are in, whoever of the two is the case. So the variance lets any two pairs go together that
share a person; what it says is put, as a number of independent pairs, into Wilson's interval, which never
leaves 0..1. Where nothing or everything was alerted, two people count as one pair.
Sources: Aronow, Samii and Assenova 2015 (variance of pairs); Wilson 1927.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any

Pair = tuple[int, int]
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


class Among:
    """The ordered pairs (case, other) of which a share is alerted.

    Args:
        pairs: all of them, each once.
    """

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._directions = Counter(_unordered(pair) for pair in pairs)

    @cached_property
    def total(self) -> int:
        """How many ordered pairs there are."""
        return self._directions.total()

    def share(self, alerted: Collection[Pair]) -> Share:
        """The share of those that were alerted, each named once."""
        yes, total = len(alerted), self.total
        if yes in (0, total):
            people = len(self._directions)
            return Share(yes, total, *wilson(people if yes else 0, people))
        share = yes / total
        variance = self._variance(Counter(_unordered(pair) for pair in alerted), share)
        # No more than all ordered pairs, however lucky the sum was, and no less than one.
        independent = max(1.0, min(total, share * (1 - share) / variance if variance > 0 else total))
        return Share(yes, total, *wilson(share * independent, independent))

    def _variance(self, alerted: Counter[Pair], share: float) -> float:
        """Of the share: every two pairs that have a person in common may go together."""
        excess = {pair: alerted[pair] - share * count for pair, count in self._directions.items()}
        by_person: dict[int, float] = {}
        for (one, other), much in excess.items():
            by_person[one] = by_person.get(one, 0.0) + much
            by_person[other] = by_person.get(other, 0.0) + much
        # A pair stands in the sums of two people; once is right.
        both = sum(much * much for much in by_person.values()) - sum(much * much for much in excess.values())
        return both / self.total**2


def wilson(alerted: float, total: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of independent ones; everything when there is nothing."""
    if not total:
        return 0.0, 1.0
    share, square = alerted / total, _Z * _Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    reach = _Z / (1 + square / total) * sqrt(share * (1 - share) / total + square / (4 * total * total))
    # Exact at the ends, where the formula's rounding could leave a trace.
    return (middle - reach if alerted else 0.0), (middle + reach if alerted < total else 1.0)


def _unordered(pair: Pair) -> Pair:
    one, other = pair
    return (one, other) if one < other else (other, one)
