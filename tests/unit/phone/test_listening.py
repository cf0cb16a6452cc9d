"""When a phone listens: gaps of 50 to 70 s, one whole scan in every minute, every second equally likely."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from bluezone.phone.encounter import SCAN_S
from bluezone.phone.listening import next_scan_at
from tests.unit.phone.case import MIDNIGHT, seeded


def starts(count: int, shortest: float = 50.0, longest: float = 70.0, seed: int = 1) -> list[float]:
    found, draw = [MIDNIGHT + 17.0], seeded(seed)
    while len(found) < count:
        found.append(next_scan_at(found[-1], shortest, longest, draw))
    return found


def test_gaps_stay_within_their_bounds() -> None:
    found = starts(5000)
    gaps = [later - earlier for earlier, later in pairwise(found)]
    assert min(gaps) >= 50.0
    assert max(gaps) <= 70.0
    assert max(gaps) - min(gaps) > 15.0, "they are random"


def test_every_minute_has_one_whole_scan() -> None:
    found = starts(5000)
    minutes = [int(at // 60) for at in found]
    assert minutes == list(range(minutes[0], minutes[0] + len(found)))
    assert all(int((at + SCAN_S) // 60) == minute for at, minute in zip(found, minutes, strict=True))


def test_no_part_of_the_minute_is_preferred() -> None:
    parts = Counter(int((at % 60 - 1) / 54 * 6) for seed in range(8) for at in starts(4000, seed=seed))
    assert set(parts) <= {0, 1, 2, 3, 4, 5}
    assert max(parts.values()) < 2 * min(parts.values())


@pytest.mark.parametrize("offset", [0.0, 0.5, 54.9, 57.0, 59.9])
def test_a_late_start_finds_back(offset: float) -> None:
    at = next_scan_at(MIDNIGHT + offset, 50.0, 70.0, seeded(3))
    assert 50.0 <= at - MIDNIGHT - offset <= 70.0
    assert 1.0 <= at % 60 <= 55.0


def test_a_slow_rhythm_is_left_alone() -> None:
    found = starts(500, 210.0, 300.0)
    gaps = [later - earlier for earlier, later in pairwise(found)]
    assert min(gaps) >= 210.0
    assert max(gaps) > 290.0
