"""A recording of real phones: who received whom at which level, when each listened, how far apart they were.

Decides how receptions are cleaned and counted. How a file becomes receptions belongs to the loaders
(epfl.py, mitre.py, table.py); what a scan and a window are to scans.py and cases.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

# iOS delivers one advertisement twice within this time, seconds.
DUPLICATE_S = 0.003
# Radios' ways to say that there is no value, dBm: this one, and -127 and below.
NO_RSSI, NO_RSSI_FROM = 127, -127
# The loudest that a receiver can report, dBm; above it a row is damaged.
LOUDEST_DBM = 20.0


class Reception(NamedTuple):
    """One advertisement as one phone received it.

    Attributes:
        receiver, sender: phones of the recording.
        at: seconds UTC, or from the start of the recording.
        rssi_dbm: as reported, uncorrected.
    """

    receiver: str
    sender: str
    at: float
    rssi_dbm: float


class Distances(Protocol):
    """How far apart two phones were."""

    def knows(self, one: str, other: str) -> bool:
        """Whether the distance of the two is known at any time."""
        ...

    def metres(self, one: str, other: str, begin: int, end: int) -> NDArray[np.float64]:
        """One value for each second of [begin, end); not a number where nobody knows."""
        ...


@dataclass(frozen=True, slots=True)
class Recording:
    """One scene, cleaned.

    Attributes:
        scene: its name; scenes are never split between training and test.
        models: phone to its model's name.
        receptions: cleaned, in order of time.
        distances: the truth.
        empty_scans: receiver to starts of scans known to have heard nobody, seconds.
        dropped: reason to number of rows that were left out.
    """

    scene: str
    models: Mapping[str, str]
    receptions: Sequence[Reception]
    distances: Distances
    empty_scans: Mapping[str, Sequence[float]] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def span(self) -> tuple[int, int]:
        """First second of the recording, and the one after its last."""
        times = [one.at for one in self.receptions]
        times += [at for starts in self.empty_scans.values() for at in starts]
        return (floor(min(times)), floor(max(times)) + 1) if times else (0, 0)


def clean(receptions: Iterable[Reception], dropped: Counter[str]) -> list[Reception]:
    """Receptions in order of time without the rows that say nothing; counts what it leaves out.

    Args:
        receptions: as read, any order.
        dropped: reasons are added to it.
    """
    kept: list[Reception] = []
    last: dict[tuple[str, str], float] = {}
    for one in sorted(receptions, key=lambda reception: reception.at):
        reason = _useless(one)
        pair = (one.receiver, one.sender)
        if not reason and one.at - last.get(pair, -np.inf) < DUPLICATE_S:
            reason = "delivered twice (under 3 ms apart)"
        if reason:
            dropped[reason] += 1
            continue
        last[pair] = one.at
        kept.append(one)
    return kept


def _useless(one: Reception) -> str:
    if one.rssi_dbm == NO_RSSI:
        return "127, which means no value"
    if one.rssi_dbm <= NO_RSSI_FROM:
        return "-127 or less, which means no value"
    if one.rssi_dbm > LOUDEST_DBM:
        return "a level that no receiver reports"
    return "heard itself" if one.receiver == one.sender else ""
