"""Draws from random bytes that somebody else provides: numbers below a limit, and spans of time.

Keeps decisions pure: a test or a simulator passes a seeded source, a phone the operating system's.
"""

from __future__ import annotations

from collections.abc import Callable

RandomBytes = Callable[[int], bytes]
_SCALE = float(1 << 53)


def fraction(random_bytes: RandomBytes) -> float:
    """A number in [0, 1), from 7 random bytes."""
    return (int.from_bytes(random_bytes(7), "big") >> 3) / _SCALE


def uniform(random_bytes: RandomBytes, low: float, high: float) -> float:
    """A number in [low, high)."""
    return low + (high - low) * fraction(random_bytes)


def below(random_bytes: RandomBytes, limit: int) -> int:
    """An index in 0..limit-1; the bias over 64 bits is below 2**-40 for every limit used here."""
    return int.from_bytes(random_bytes(8), "big") % limit
