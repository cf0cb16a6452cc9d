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


def test_rules_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        RULES.alert_s = 1.0  # type: ignore[misc]
