"""A town of a few phones at fixed distances, for the route tests: real parts, a world of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, log10

MORNING = 1_792_022_400.0  # 2026-10-15 00:00 UTC, 07:00 in Vietnam: a key window begins.


class Distances:
    """A medium from distances in metres between stations; pairs that are missing do not hear each other."""

    lossless = True

    def __init__(self, metres: Mapping[tuple[int, int], float]) -> None:
        self._metres = {**metres, **{(b, a): far for (a, b), far in metres.items()}}

    def senders_near(self, receiver: int, at: float) -> Mapping[int, int]:
        return {
            sender: floor(-60 - 14.4 * log10(max(far, 0.5)) + 0.5)
            for (sender, listener), far in sorted(self._metres.items())
            if listener == receiver
        }

    def is_lost(self, sender: int, receiver: int, event: int, at: float) -> bool:
        return False

    def dbm_at_1m(self, station: int) -> int:
        return -60
