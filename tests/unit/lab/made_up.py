"""Small recordings made up for tests, with a distance that somebody wrote down."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bluezone.lab.cases import Case, Look
from bluezone.lab.recording import Reception, Recording


class Standing:
    """Everybody stands still: pair to metres; a pair that is not in it is nowhere."""

    def __init__(self, metres: Mapping[str, float]) -> None:
        self._metres = metres

    def knows(self, one: str, other: str) -> bool:
        """Whether the pair is anywhere."""
        return "".join(sorted((one, other))) in self._metres

    def metres(self, one: str, other: str, begin: int, end: int) -> NDArray[np.float64]:
        """One value for each second."""
        return np.full(end - begin, self._metres.get("".join(sorted((one, other))), np.nan))


def recording(receptions: list[Reception], metres: Mapping[str, float], **empty: list[float]) -> Recording:
    """A scene of phones with one-letter names; a phone's model is its upper case."""
    phones = {one.receiver for one in receptions} | {one.sender for one in receptions} | empty.keys()
    return Recording("scene", {phone: phone.upper() for phone in phones}, receptions, Standing(metres), empty)


def case(scene: str, near: bool | None, *levels: float | None, others: float | None = None) -> Case:
    """A window of looks at these levels, dBm."""
    looks = tuple(Look(level, others, 60.0) for level in levels)
    return Case(scene, "a", "b", "A", "B", 0.0, looks, near)
