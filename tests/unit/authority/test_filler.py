"""T-23: whoever looks at batches tells filler from real keys no better than chance."""

from __future__ import annotations

import pytest

from tests.unit.authority.distinguisher import (
    Area,
    Planner,
    Population,
    Scorer,
    Seen,
    boosted,
    judge,
    logistic,
    observe,
    old_plan,
    our_plan,
)

SEED = 20


def areas(batches: int, planner: Planner, population: Population) -> list[Area]:
    """What both learners reach on batches that they have not learned from."""
    seen = observe(batches, planner, population, SEED)
    train = [one for one in seen if one.batch % 2]
    test = [one for one in seen if not one.batch % 2]
    return [judge(test, scorer, SEED) for scorer in (logistic(train, SEED, 10_000), boosted(train, 8))]


def test_a_classifier_is_at_chance() -> None:
    for area in areas(8, our_plan(100), Population()):
        assert area.low <= 0.5 <= area.high, area
        assert area.high - area.low < 0.15, area


def test_the_same_classifiers_see_through_the_old_rule() -> None:
    for area in areas(12, old_plan, Population()):
        assert area.low > 0.55, area


def test_a_classifier_is_judged_rightly() -> None:
    seen = [
        Seen((float(real), 0.0), (real,), bool(real), batch) for batch in range(6) for real in (0, 1) * 20
    ]
    perfect: Scorer = lambda one: one.features[0]  # noqa: E731
    assert judge(seen, perfect, SEED) == Area(1.0, 1.0, 1.0)
    assert judge(seen, lambda one: 0.0, SEED) == Area(0.5, 0.5, 0.5)
    assert judge(seen, lambda one: -one.features[0], SEED).value == 0.0
    assert judge(seen, boosted(seen, 2), SEED).value == 1.0
    assert judge(seen, logistic(seen, SEED, 500), SEED).value == 1.0


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("cases", "width"), [(0.5, 0.2), (3.0, 0.14)])
def test_a_classifier_is_at_chance_over_many_batches(cases: float, width: float) -> None:
    for area in areas(80, our_plan(100), Population(cases=cases)):
        assert area.low <= 0.5 <= area.high, area
        assert area.high - area.low < width, area


@pytest.mark.slow
def test_where_results_come_sooner_than_assumed_the_age_of_a_key_tells_a_little() -> None:
    """The residual leak that docs/security.md names: filler follows an assumed delay."""
    area = areas(60, our_plan(100), Population(delay=(2.5, 0.5)))[1]
    assert 0.55 < area.value < 0.75, area
