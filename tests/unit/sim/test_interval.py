"""Intervals of shares of pairs: people in common are seen, and the truth is inside as often as promised."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import permutations

import pytest

from bluezone.sim.interval import Among, Pair, wilson


def test_wilson_as_published() -> None:
    # Agresti and Coull's example of 0 of 20, and a middle one computed by hand.
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(20, 20) == pytest.approx((0.8389, 1.0), abs=1e-4)
    assert wilson(10, 20) == pytest.approx((0.2993, 0.7007), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_nothing_and_everything_still_have_an_interval_and_two_people_count_once() -> None:
    pairs = list(permutations(range(10), 2))
    nobody, everybody = Among(pairs).share([]), Among(pairs).share(pairs)
    assert (nobody.low, nobody.high) == wilson(0, 45)
    assert (everybody.low, everybody.high) == wilson(45, 45)
    assert (everybody.alerted, everybody.total) == (90, 90)
    assert Among([]).share([]).value == 0.0


def test_both_directions_of_two_people_say_less_than_two_pairs() -> None:
    """Pairs without a common person, half of them alerted: once the same in both directions, once in one."""
    pairs = [(2 * n, 2 * n + 1) for n in range(100)] + [(2 * n + 1, 2 * n) for n in range(100)]
    both = Among(pairs).share([pair for pair in pairs if min(pair) % 4 == 0])
    single = Among(pairs).share([pair for pair in pairs if pair[0] < pair[1]])
    assert both.value == single.value == 0.5
    assert (both.low, both.high) == pytest.approx(wilson(50, 100))
    assert (single.low, single.high) == pytest.approx(wilson(100, 200))


def test_pairs_of_one_person_are_not_independent() -> None:
    """One person whose alerts are all wrong says less than as many wrong alerts of many."""
    pairs = list(permutations(range(30), 2))
    of_one = Among(pairs).share([pair for pair in pairs if 0 in pair])
    of_many = Among(pairs).share(random.Random(3).sample(pairs, 58))
    assert of_one.value == of_many.value
    assert of_one.high - of_one.low > 2 * (of_many.high - of_many.low)


def test_the_fast_sum_is_the_slow_one_over_all_pairs_of_pairs() -> None:
    draw = random.Random(1)
    pairs = [pair for pair in permutations(range(9), 2) if draw.random() < 0.7]
    alerted = [pair for pair in pairs if draw.random() < (0.7 if 0 in pair else 0.2)]
    share = len(alerted) / len(pairs)
    excess = {pair: (pair in alerted) - share for pair in pairs}
    slow = (
        sum(excess[one] * excess[other] for one in pairs for other in pairs if set(one) & set(other))
        / len(pairs) ** 2
    )
    independent = share * (1 - share) / slow
    found = Among(pairs).share(alerted)
    assert 1 < independent < len(pairs)
    assert (found.low, found.high) == pytest.approx(wilson(share * independent, independent))


def test_the_truth_is_inside_as_often_as_promised() -> None:
    """Worlds in which people differ, and both directions of two people mostly agree."""
    worlds = list(_worlds(400, random.Random(7)))
    truth = sum(len(alerted) for alerted in worlds) / (400 * 40 * 39)
    among = Among(permutations(range(40), 2))
    shares = [among.share(alerted) for alerted in worlds]
    inside = sum(share.low <= truth <= share.high for share in shares) / len(shares)
    assert 0.91 <= inside <= 0.99


def _worlds(count: int, draw: random.Random) -> Iterator[Sequence[Pair]]:
    for _ in range(count):
        weak = [draw.gauss(0, 0.6) for _ in range(40)]
        alerted = []
        for one, other in permutations(range(40), 2):
            if one < other:
                of_both = weak[one] + weak[other] + draw.gauss(0, 1)
                alerted += [
                    pair for pair in ((one, other), (other, one)) if of_both + draw.gauss(0, 0.3) > 1.6
                ]
        yield alerted
