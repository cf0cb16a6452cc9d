"""Metrics against slow, obvious twins; and intervals that are drawn by pair."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluezone.lab import metrics

# Few different values, so that ties are common.
labelled = st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 3)), min_size=1, max_size=30)


def arrays(rows: list[tuple[bool, int, int]]) -> tuple[metrics.Bools, metrics.Floats, metrics.Floats]:
    near, score, weight = zip(*rows, strict=True)
    return np.array(near), np.array(score, float), np.array(weight, float)


def repeated(rows: list[tuple[bool, int, int]]) -> list[tuple[bool, int]]:
    """Weights as what they mean: so many copies."""
    return [(near, score) for near, score, weight in rows for _ in range(weight)]


def both_kinds(rows: list[tuple[bool, int]]) -> bool:
    return len({near for near, _ in rows}) == 2


@given(labelled)
def test_auc_is_how_often_near_beats_far(rows: list[tuple[bool, int, int]]) -> None:
    copies = repeated(rows)
    found = metrics.auc(*arrays(rows))
    if not both_kinds(copies):
        assert math.isnan(found)
        return
    contests = [(a > b) + (a == b) / 2 for near, a in copies if near for far, b in copies if not far]
    assert found == pytest.approx(sum(contests) / len(contests))


@given(labelled, st.integers(-1, 7))
def test_ndcf_and_f1_count_misses_and_false_alarms(rows: list[tuple[bool, int, int]], threshold: int) -> None:
    copies = repeated(rows)
    near, score, weight = arrays(rows)
    said = score >= threshold
    hits = sum(n and s >= threshold for n, s in copies)
    alarms = sum(not n and s >= threshold for n, s in copies)
    positives = sum(n for n, _ in copies)
    if both_kinds(copies):
        cost = (positives - hits) / positives + alarms / (len(copies) - positives)
        assert metrics.ndcf(near, said, weight) == pytest.approx(cost)
    expected = 2 * hits / (2 * hits + alarms + positives - hits) if hits + alarms + positives else 0
    assert metrics.f1(near, said, weight) == pytest.approx(expected)


@given(labelled)
def test_the_best_threshold_is_as_good_as_any(rows: list[tuple[bool, int, int]]) -> None:
    near, score, weight = arrays(rows)
    if not both_kinds(repeated(rows)):
        return
    best = metrics.best_threshold(near, score, weight)
    costs = [metrics.ndcf(near, score >= one, weight) for one in (*np.arange(-0.5, 8), np.inf)]
    assert metrics.ndcf(near, score >= best, weight) == pytest.approx(min(costs))


def test_where_nothing_helps_the_answer_is_far_whatever_the_last_bits() -> None:
    """A threshold at the lowest training score would call near what training saw and far what it did not."""
    near = np.arange(1000) % 2 == 0
    for seed in range(20):
        weight = np.random.default_rng(seed).uniform(size=1000)
        assert metrics.best_threshold(near, np.ones(1000), weight) == np.inf
        assert metrics.best_threshold(near, np.where(near, 0.0, 1.0), weight) == np.inf
    assert metrics.best_threshold(np.array([False, False]), np.array([1.0, 2.0])) == np.inf


@given(labelled, st.floats(0, 1))
def test_hits_at_lies_on_the_line_between_two_thresholds(
    rows: list[tuple[bool, int, int]], allowed: float
) -> None:
    copies = repeated(rows)
    if not both_kinds(copies):
        return
    positives = sum(near for near, _ in copies)
    points = [
        (
            sum(not n and s >= t for n, s in copies) / (len(copies) - positives),
            sum(n and s >= t for n, s in copies) / positives,
        )
        for t in range(8, -1, -1)
    ]
    found = metrics.hits_at(*arrays(rows)[:2], allowed, arrays(rows)[2])
    below = max(hit for alarm, hit in points if alarm <= allowed)
    above = min((hit for alarm, hit in points if alarm >= allowed), default=1.0)
    assert min(below, above) - 1e-9 <= found <= max(below, above) + 1e-9


def test_calibration_error_by_hand() -> None:
    near = np.array([True, False, False, True])
    said = np.array([0.95, 0.15, 0.15, 0.15])
    # The tenth from 0.1: said 0.45 of three, true 1; the last tenth: said 0.95 of one, true 1.
    assert metrics.calibration_error(near, said) == pytest.approx((0.55 + 0.05) / 4)
    assert metrics.calibration_bins(near, said) == [
        (pytest.approx(0.15), pytest.approx(1 / 3), 3),
        (0.95, 1.0, 1),
    ]
    assert metrics.calibration_error(near, said, np.array([1.0, 0, 0, 0])) == pytest.approx(0.05)


def test_whole_pairs_are_drawn() -> None:
    """One pair with all the errors: an interval by pair is wide, one by case would not be."""
    near = np.array([True] * 50 + [False] * 50)
    wrong = near.copy()
    wrong[:25] = False
    pairs = [0] * 25 + [1] * 25 + [2 + number // 25 for number in range(50)]

    def cost(weight: metrics.Floats) -> float:
        return metrics.ndcf(near, wrong, weight)

    by_pair = metrics.measured(cost, pairs, seed=1)
    by_case = metrics.measured(cost, list(range(100)), seed=1)
    assert by_pair.value == by_case.value == 0.5
    assert by_pair.low == 0 and by_pair.high == 1
    assert by_case.low > 0.3 and by_case.high < 0.7


def test_an_interval_is_reproducible_and_honest_about_nothing() -> None:
    def share(weight: metrics.Floats) -> float:
        return float(weight[:13].sum() / weight.sum())

    many = list(range(101))
    first = metrics.measured(share, many, seed=7)
    assert first == metrics.measured(share, many, seed=7)
    assert first != metrics.measured(share, many, seed=8)
    nothing = metrics.measured(lambda _weight: float("nan"), list("abc"), seed=7)
    assert math.isnan(nothing.low) and math.isnan(nothing.high)
