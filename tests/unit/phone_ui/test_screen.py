"""What a resident is shown: words for levels and times, how little of an identifier, when what is said."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from bluezone.phone.risk import Alert
from bluezone.phone.status import Problem, Status
from bluezone.phone.trusted_time import TimeStatus
from bluezone.phone.ui.screen import (
    PROBLEM_KEYS,
    AlertScreen,
    HeardLine,
    HistoryRow,
    KeyWindow,
    alert_screens,
    heard_nearness,
    history_screen,
    home_screen,
    nearness,
    rounded_minutes,
    windows_to_offer,
)
from bluezone.protocol.interval import interval_of
from bluezone.protocol.manifest import Head

UTC_PLUS_7 = 420
# 2026-10-15, 09:14:30 in Vietnam.
NOW = 1_792_030_470.0
GOOD = Status(TimeStatus.TRUSTED, NOW, True, "3fa2", None, 3, 120, 0, ())


@pytest.mark.parametrize(
    ("level_db", "key"),
    [
        (6.0, "near.one-metre"),
        (0.0, "near.one-metre"),
        (-0.1, "near.two-metres"),
        (-4.3, "near.two-metres"),
        (-4.4, "near.three-metres"),
        (-6.9, "near.three-metres"),
        (-7.0, "near.farther"),
    ],
)
def test_a_level_is_said_as_a_distance(level_db: float, key: str) -> None:
    assert nearness(level_db) == key


@pytest.mark.parametrize(
    ("level_db", "key"),
    [(3, "heard.very-near"), (0, "heard.very-near"), (-4, "heard.near"), (-5, "heard.farther")],
)
def test_history_says_no_metres_because_the_other_phone_is_unknown(level_db: float, key: str) -> None:
    assert heard_nearness(level_db) == key


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, 5), (900, 15), (1049, 15), (1050, 20), (1979, 35), (7200, 120)]
)
def test_times_are_rounded_to_five_minutes(seconds: float, minutes: int) -> None:
    assert rounded_minutes(seconds) == minutes


def test_an_alert_shows_a_day_and_nothing_of_an_identifier() -> None:
    assert {field.name for field in fields(AlertScreen)} == {"day", "minutes", "nearness", "least_minutes"}
    shown = alert_screens([Alert(20740, 1980.0, -2.0, 33), Alert(20741, 960.0, 1.5, 16)])
    assert shown == (AlertScreen(20741, 15, "near.one-metre"), AlertScreen(20740, 35, "near.two-metres"))


def test_history_shows_four_hex_digits_and_the_hour() -> None:
    assert {field.name for field in fields(HistoryRow)} == {"prefix", "minutes", "nearness"}
    lines = [HeardLine(interval_of(NOW), bytes.fromhex("3fa2c19b00"), 8, 1.0)]
    (hour,) = history_screen(lines, UTC_PLUS_7)
    assert (hour.day, hour.hour) == (20741, 9)
    assert hour.near == (HistoryRow("3fa2", 8, "heard.very-near"),)
    assert hour.farther == ()


def test_history_is_newest_hour_first_and_nearest_first_within_an_hour() -> None:
    now = interval_of(NOW)
    lines = [
        HeardLine(now - 6, b"\x01\x01", 10, -2.0),
        HeardLine(now, b"\x02\x02", 3, -30.0),
        HeardLine(now, b"\x03\x03", 4, -1.0),
        HeardLine(now, b"\x04\x04", 9, -1.0),
        HeardLine(now - 1, b"\x05\x05", 2, 2.0),
    ]
    newest, older = history_screen(lines, UTC_PLUS_7)
    assert [row.prefix for row in newest.near] == ["0505", "0404", "0303"]
    assert [row.prefix for row in newest.farther] == ["0202"]
    assert (older.hour, [row.prefix for row in older.near]) == (8, ["0101"])


def test_midnight_belongs_to_the_local_day() -> None:
    midnight = interval_of(1_792_083_600)
    lines = [HeardLine(midnight, b"\x0a\x0a", 1, 0), HeardLine(midnight - 1, b"\x0b\x0b", 1, 0)]
    before, after = history_screen(lines, UTC_PLUS_7)
    assert (before.day, before.hour) == (20742, 0)
    assert (after.day, after.hour) == (20741, 23)


def test_a_working_phone_says_so() -> None:
    shown = home_screen(GOOD, {}, UTC_PLUS_7)
    assert shown.is_working
    assert shown.headline == "home.headline.working"
    assert (shown.speaking, shown.listening) == ("home.speaking.yes", "home.listening.yes")
    assert shown.changes_at == 1_792_030_800
    assert shown.list_seq is None


def test_a_phone_that_has_not_scanned_yet_is_starting() -> None:
    shown = home_screen(replace(GOOD, scan_count=0), {}, UTC_PLUS_7)
    assert shown.headline == "home.headline.starting"
    assert shown.listening == "home.listening.no"


def test_the_newest_list_is_shown_with_its_time() -> None:
    head = Head(12, 1_792_030_000, bytes(32))
    shown = home_screen(replace(GOOD, head=head), {}, UTC_PLUS_7)
    assert (shown.list_seq, shown.list_at) == (12, 1_792_030_000)


def test_met_identifiers_are_those_of_the_local_day() -> None:
    today, yesterday = interval_of(NOW), interval_of(NOW - 10 * 3600)
    shown = home_screen(GOOD, {today: 7, today - 1: 5, yesterday: 90}, UTC_PLUS_7)
    assert shown.met_count == 7 + 5 + 3


def test_only_four_digits_of_the_own_identifier_are_shown() -> None:
    assert home_screen(replace(GOOD, visible_prefix="3fa2c19b"), {}, UTC_PLUS_7).prefix == "3fa2"


@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_has_a_sentence_and_is_never_hidden(problem: Problem) -> None:
    shown = home_screen(replace(GOOD, problems=((problem, "for staff"),)), {}, UTC_PLUS_7)
    assert shown.problems == (PROBLEM_KEYS[problem],)
    assert shown.headline != "home.headline.working"


@pytest.mark.parametrize(
    "problem", [Problem.CANNOT_SCAN, Problem.CANNOT_BROADCAST, Problem.NO_TIME, Problem.CLOCK_WENT_BACK]
)
def test_a_phone_that_cannot_protect_does_not_say_that_it_works(problem: Problem) -> None:
    shown = home_screen(replace(GOOD, problems=((problem, ""),)), {}, UTC_PLUS_7)
    assert not shown.is_working
    assert shown.headline == "home.headline.not-working"


def test_without_the_time_nothing_is_invented() -> None:
    status = Status(TimeStatus.NEVER_SYNCED, None, False, "", None, 0, 0, 0, ((Problem.NO_TIME, ""),))
    shown = home_screen(status, {interval_of(NOW): 5}, UTC_PLUS_7)
    assert (shown.now, shown.changes_at, shown.prefix, shown.met_count) == (None, None, "", 0)
    assert shown.speaking == "home.speaking.no"


def test_only_hours_that_have_begun_can_be_kept_back() -> None:
    past, running, later = (KeyWindow(n, int(NOW) + n, int(NOW) + n + 9) for n in (-20, 0, 20))
    assert windows_to_offer([past, running, later], NOW) == (running, past)
    assert windows_to_offer([past], None) == ()


@pytest.mark.parametrize(
    ("least_s", "most_s", "least", "most"),
    [
        (720.0, 1680.0, 10, 30),
        (1100.0, 1800.0, 20, 30),
        (0.0, 700.0, 5, 10),
        (940.0, 960.0, None, 15),
        (3600.0, 7200.0, 60, 120),
    ],
)
def test_time_that_was_judged_by_probability_is_a_range(
    least_s: float, most_s: float, least: int | None, most: int
) -> None:
    (shown,) = alert_screens([Alert(20740, 900.0, -2.0, 33, least_s, most_s)])
    assert (shown.least_minutes, shown.minutes) == (least, most)
