"""Chance that can be repeated: numbers that look random and are functions of a seed and some ids.

Decides how ids become a 64-bit number and how that becomes a uniform or a normal deviate. There is no
state: the same ids give the same number in whatever order, process or simulation depth they are asked
for. Not for keys or anything secret. Source: the finaliser of the SplitMix64 generator.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from statistics import NormalDist
from typing import Final, TypeVar

_MASK: Final = 0xFFFF_FFFF_FFFF_FFFF
_STEP: Final = 0x9E37_79B9_7F4A_7C15
_TABLE_BITS: Final = 12
TABLE_SHIFT: Final = 64 - _TABLE_BITS

T = TypeVar("T")


def mix(seed: int, value: int) -> int:
    """One 64-bit number from two; changing any bit of either changes about half of its bits."""
    z = ((seed ^ value) * _STEP + _STEP) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
    return z ^ (z >> 31)


def mix_all(seed: int, *values: int) -> int:
    """One 64-bit number from a seed and ids; their order counts."""
    for value in values:
        seed = mix(seed, value)
    return seed


def uniform(bits: int) -> float:
    """A number in [0, 1) from a 64-bit one."""
    return (bits >> 11) * 2.0**-53


@cache
def normal_table() -> tuple[float, ...]:
    """4,096 equally likely standard normal deviates, -3.67..3.67; index it with the top 12 of 64 bits."""
    size = 1 << _TABLE_BITS
    inverse = NormalDist().inv_cdf
    return tuple(inverse((index + 0.5) / size) for index in range(size))


def normal(bits: int) -> float:
    """A standard normal deviate from a 64-bit number."""
    return normal_table()[bits >> TABLE_SHIFT]


class Dice:
    """A row of throws for building scenarios: the same seed throws the same row.

    Args:
        seed: any whole number.
    """

    __slots__ = ("_seed", "_throw")

    def __init__(self, seed: int) -> None:
        self._seed = mix(seed & _MASK, 0)
        self._throw = 0

    def between(self, low: int, high: int) -> int:
        """A whole number, low and high included."""
        self._throw += 1
        return low + int(uniform(mix(self._seed, self._throw)) * (high - low + 1))

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """The values in a new order."""
        order = list(values)
        for last in range(len(order) - 1, 0, -1):
            chosen = self.between(0, last)
            order[last], order[chosen] = order[chosen], order[last]
        return order
