"""Which records of an interval are written, and which go when the store is full."""

from __future__ import annotations

from collections import Counter

import pytest

from bluezone.phone.encounter import (
    Candidate,
    EncounterRecord,
    Sample,
    select_records,
    shrink_plan,
    thin,
)
from tests.unit.phone.case import seeded


def candidate(number: int, *, lasting: bool = False, best: int = -60) -> Candidate:
    """A candidate with a number to know it by."""
    record = EncounterRecord(7, b"ab", number.to_bytes(10, "big"), (Sample(0, best, 0, bytes(3), bytes(3)),))
    return Candidate(record, lasting, best)


def numbers(records: list[EncounterRecord]) -> list[int]:
    """The numbers of records."""
    return [int.from_bytes(one.index_hash, "big") for one in records]


def test_below_the_limit_everything_is_written() -> None:
    assert numbers(select_records([candidate(n, best=-99) for n in range(5)], seeded(), 5)) == [0, 1, 2, 3, 4]


def test_lasting_first_then_near_then_the_rest() -> None:
    found = [candidate(n, best=-90) for n in range(4)]
    found += [candidate(n, best=-74) for n in range(10, 14)]
    found += [candidate(n, lasting=True, best=-99) for n in range(20, 24)]
    assert set(numbers(select_records(found, seeded(), 4))) == {20, 21, 22, 23}
    assert set(numbers(select_records(found, seeded(), 8))) == {20, 21, 22, 23, 10, 11, 12, 13}


def test_75_dbm_itself_is_not_near() -> None:
    for seed in range(20):
        found = select_records([candidate(0, best=-75), candidate(1, best=-74)], seeded(seed), 1)
        assert numbers(found) == [1]


def test_transmit_power_buys_no_place() -> None:
    found = [candidate(0, best=-1), *(candidate(n, best=-74) for n in range(1, 10))]
    kept: Counter[int] = Counter()
    for seed in range(1000):
        kept.update(numbers(select_records(found, seeded(seed), 1)))
    assert 60 < kept[0] < 145, "one in ten, as everybody"


@pytest.mark.parametrize(
    ("counts", "limit", "plan"),
    [
        ({}, 0, {}),
        ({1: 5, 2: 5}, 10, {}),
        ({1: 5, 2: 9}, 10, {2: 5}),
        ({1: 1, 2: 9}, 5, {2: 4}),
        ({1: 5, 2: 5}, 9, {1: 4, 2: 4}),
        ({1: 3, 2: 3, 3: 3}, 0, {1: 0, 2: 0, 3: 0}),
    ],
)
def test_the_fullest_intervals_shrink_first(counts: dict[int, int], limit: int, plan: dict[int, int]) -> None:
    assert shrink_plan(counts, limit) == plan


def test_a_flooded_hour_cannot_push_out_a_quiet_day() -> None:
    counts = dict.fromkeys(range(144), 20) | {200 + n: 2048 for n in range(6)}
    plan = shrink_plan(counts, 6000)
    assert set(plan) == {200, 201, 202, 203, 204, 205}
    assert sum((counts | plan).values()) <= 6000


def test_thinning_takes_random_ones_and_keeps_as_many_as_it_should() -> None:
    gone: Counter[int] = Counter()
    for seed in range(500):
        doomed = thin(range(10), 4, seeded(seed))
        assert len(set(doomed)) == 6
        gone.update(doomed)
    assert all(240 < gone[key] < 360 for key in range(10))
    assert thin([1, 2], 5, seeded()) == []
    assert sorted(thin([1, 2], 0, seeded())) == [1, 2]
