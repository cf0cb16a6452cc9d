"""Intervals of shares: over cases, never outside 0..1, Wilson's at the ends."""

from __future__ import annotations

import pytest

from bluezone.sim.interval import share_of, wilson


def test_wilson_as_published() -> None:
    # Agresti and Coull's example of 0 of 20, and a middle one computed by hand.
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(20, 20) == pytest.approx((0.8389, 1.0), abs=1e-4)
    assert wilson(10, 20) == pytest.approx((0.2993, 0.7007), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_nothing_and_everything_still_have_an_interval() -> None:
    nobody, everybody = share_of([(0, 5)] * 40), share_of([(5, 5)] * 40)
    assert (nobody.value, nobody.low) == (0.0, 0.0)
    assert 0 < nobody.high < 0.03
    assert (everybody.value, everybody.high) == (1.0, 1.0)
    assert 0.97 < everybody.low < 1
    assert share_of([]).value == 0.0


def test_pairs_of_one_case_are_not_independent() -> None:
    """Ten cases that are all right or all wrong say less than a hundred that are so by halves."""
    lumped = share_of([(10, 10)] * 5 + [(0, 10)] * 5)
    mixed = share_of([(5, 10)] * 10)
    assert lumped.value == mixed.value == 0.5
    assert (mixed.low, mixed.high) == (0.5, 0.5)
    assert lumped.low < 0.3
    assert lumped.high > 0.7


def test_cases_without_such_a_pair_do_not_count_and_the_same_counts_have_the_same_interval() -> None:
    counts = [(1, 3), (2, 2), (0, 4), (3, 3)]
    assert share_of(counts) == share_of([*counts, (0, 0), (0, 0)]) == share_of(counts)
    found = share_of(counts)
    assert found.alerted == 6
    assert found.total == 12
    assert found.low <= found.value <= found.high
    assert found.as_json()["share"] == 0.5
