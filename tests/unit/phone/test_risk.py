"""When the owner is warned: near time within any rolling 24 hours, and the day it is said of."""

from __future__ import annotations

import dataclasses

import pytest

from bluezone.phone.exposure import ExposureScan
from bluezone.phone.risk import Alert, RiskRules, assess

RULES = RiskRules()
DAY = 86_400


def meeting(begin: int, minutes: int, level_db: int = -3, length: float = 60.0) -> list[ExposureScan]:
    """One scan a minute."""
    return [ExposureScan(begin + 60 * number, length, level_db) for number in range(minutes)]


def days(scans: list[ExposureScan], offset: int = 0) -> list[int]:
    """The days that are alerted."""
    return [one.day for one in assess(scans, RULES, offset)]


def test_fifteen_minutes_alert_and_a_second_less_does_not() -> None:
    assert assess(meeting(0, 15), RULES, 0) == [Alert(0, 900.0, -3.0, 15)]
    assert assess([*meeting(0, 14), ExposureScan(840, 59.5, -3)], RULES, 0) == []
    assert assess([], RULES, 0) == []


@pytest.mark.parametrize(("level", "alerted"), [(-4, True), (-5, True), (-6, False), (-40, False)])
def test_only_near_scans_count(level: int, alerted: bool) -> None:
    assert bool(days(meeting(0, 20, level))) is alerted


def test_short_meetings_of_one_rolling_day_add_up() -> None:
    assert days(meeting(0, 5) + meeting(30_000, 5) + meeting(80_000, 5)) == [0]
    assert days(meeting(50_000, 8) + meeting(100_000, 7)) == [1], "it is said of the day it was complete"


def test_the_span_is_rolling_and_open_at_its_end() -> None:
    assert days(meeting(0, 1) + meeting(DAY - 14 * 60, 14)) == [0]
    assert days(meeting(0, 1) + meeting(DAY - 13 * 60, 14)) == []


def test_the_day_is_the_regions() -> None:
    late_evening = 16 * 3600  # 23:00 at UTC+7
    assert days(meeting(late_evening, 30), 420) == [0]
    assert days(meeting(late_evening + 3600, 30), 420) == [1]


def test_each_day_shows_its_worst_span() -> None:
    found = assess(meeting(0, 15) + meeting(DAY // 2, 20, -1) + meeting(3 * DAY, 16), RULES, 0)
    assert [(one.day, one.near_s, one.scan_count) for one in found] == [(0, 2100.0, 35), (3, 960.0, 16)]
    assert found[0].mean_level_db == pytest.approx((-3 * 900 - 1 * 1200) / 2100)


WINDOW = RiskRules(kind="window", near_probability=0.4)


def judged(begin: int, minutes: int, probability: float | None, level_db: int = -3) -> list[ExposureScan]:
    """One scan a minute, whose window is near with this probability."""
    return [
        dataclasses.replace(one, near_probability=probability) for one in meeting(begin, minutes, level_db)
    ]


@pytest.mark.parametrize(
    ("probability", "alerted"), [(0.39, False), (0.4, True), (0.99, True), (None, False)]
)
def test_a_rule_of_windows_counts_probable_windows_at_any_level(
    probability: float | None, alerted: bool
) -> None:
    assert bool(assess(judged(0, 20, probability, level_db=-30), WINDOW, 0)) is alerted


def test_levels_alone_decide_where_the_rule_says_so() -> None:
    assert len(assess(judged(0, 20, 0.01), RULES, 0)) == 1
    assert assess(judged(0, 20, 0.99, level_db=-6), RULES, 0) == []


def test_least_and_most_of_windows_that_err_alike() -> None:
    (found,) = assess(judged(0, 10, 0.5) + judged(600, 10, 0.9) + judged(1200, 10, 0.1), WINDOW, 0)
    assert found.near_s == 1200.0, "the third window is not near"
    assert found.least_s == pytest.approx(600 * (0.5 - 0.5) + 600 * (0.9 - 0.3) + 0)
    assert found.most_s == pytest.approx(600 * (0.5 + 0.5) + 600 * 1 + 600 * (0.1 + 0.3))
    (by_level,) = assess(meeting(0, 20), RULES, 0)
    assert (by_level.least_s, by_level.most_s) == (None, None)


def test_the_range_speaks_of_all_verified_time_not_only_of_what_passed() -> None:
    """An hour at the threshold: every second scan passes, but nearly all of it was probably near."""
    scans = [ExposureScan(60 * n, 60.0, -4.0 if n % 2 else -7.0, near_probability=0.8) for n in range(60)]
    (found,) = assess(scans, RULES, 0)
    assert found.near_s == 1800.0
    assert found.least_s == pytest.approx(3600 * 0.4)
    assert found.most_s == pytest.approx(3600)
    earlier = [dataclasses.replace(one, at=one.at - 2 * 86_400) for one in scans]
    assert assess(earlier + scans, RULES, 0)[-1] == found, "another day's time does not count"


def test_rules_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        RULES.alert_s = 1.0  # type: ignore[misc]
