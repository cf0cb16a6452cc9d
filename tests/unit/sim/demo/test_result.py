"""The verdict on each person: by the map against by the phone."""

from __future__ import annotations

import pytest

from bluezone.sim.demo.result import Verdict, near_seconds, result_of
from bluezone.sim.scenario import commune_day


@pytest.mark.parametrize(
    ("near_s", "felt", "late", "verdict"),
    [
        (1800, 1700.0, False, Verdict.RIGHT),
        (0, None, False, Verdict.RIGHT),
        (1800, None, False, Verdict.WAITING),
        (1800, None, True, Verdict.MISSED),
        (0, 960.0, False, Verdict.FALSE),
        (500, 960.0, True, Verdict.FALSE),
        (900, None, True, Verdict.RIGHT),
        (901, None, True, Verdict.BORDERLINE),
        (850, 910.0, True, Verdict.BORDERLINE),
    ],
)
def test_verdicts(near_s: int, felt: float | None, late: bool, verdict: Verdict) -> None:
    result = result_of({1: near_s}, [None, felt], {0}, late)
    shown = {row.station: row.verdict for row in result.rows}
    assert shown.get(1, Verdict.RIGHT) is verdict


def test_sums_count_people_who_are_not_cases() -> None:
    near = {0: 5000, 1: 1800, 2: 1200, 3: 30, 4: 0}
    result = result_of(near, [9.9, 1700.0, None, None, None, 1000.0, None], {0}, late=True)
    assert (result.must_count, result.warned_count, result.missed_count, result.false_count) == (2, 2, 1, 1)
    assert [row.station for row in result.rows] == [1, 2, 3, 5]
    assert result.far_count == 2
    assert result.is_complete


def test_the_scenarios_case_has_the_scenarios_contacts() -> None:
    scenario = commune_day(1)
    near = near_seconds(scenario.world, scenario.start_at, {scenario.case: float(scenario.confirmed_at)})
    assert {one for one, seconds in near.items() if seconds > 900} == scenario.must_be_alerted


def test_time_near_two_cases_at_once_counts_once() -> None:
    scenario = commune_day(1)
    at = scenario.start_at + 1800.0
    family = [p.station for p in scenario.people if p.household == scenario.people[scenario.case].household]
    first, second, third = family
    one = near_seconds(scenario.world, scenario.start_at, {first: at})
    both = near_seconds(scenario.world, scenario.start_at, {first: at, second: at})
    assert both[third] == one[third]
    assert second not in both
    assert near_seconds(scenario.world, scenario.start_at, {}) == {}
