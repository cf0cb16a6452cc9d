"""What a resident is shown: a phone's state as plain values for a page, levels and seconds as words.

Decides which sentence fits, how times and distances are rounded, and how little of an identifier is
shown. Leaves the sentences to the catalogues and the layout to the templates. What a screen may show is
normative: an alert has a day and no identifier; history has four hex digits and the hour.
Source: docs/protocol.md, section 9.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bluezone.phone.risk import Alert
from bluezone.phone.status import Problem, Status
from bluezone.protocol.interval import INTERVAL_S, interval_of, interval_start, local_day_of

HOUR_S = 3600
# Levels of the calibrated path loss: 0 dB at 1 m, -4.3 dB at 2 m, -6.9 dB at 3 m (14.4 dB per decade).
ONE_METRE_DB, TWO_METRES_DB, THREE_METRES_DB = 0.0, -4.3, -6.9
# A measured time is good to some minutes; a rounder number does not pretend otherwise.
ROUNDING_MINUTES = 5

VERY_NEAR, NEAR, FARTHER = "heard.very-near", "heard.near", "heard.farther"

PROBLEM_KEYS: Mapping[Problem, str] = {
    Problem.CANNOT_SCAN: "problem.cannot-scan",
    Problem.CANNOT_BROADCAST: "problem.cannot-broadcast",
    Problem.NO_TIME: "problem.no-time",
    Problem.CLOCK_WENT_BACK: "problem.clock-went-back",
    Problem.OLD_BATCH: "problem.old-batch",
    Problem.BATCH_REFUSED: "problem.batch-refused",
    Problem.CONFIGURATION_REFUSED: "problem.configuration-refused",
    Problem.IDENTIFIER_REPEATED: "problem.identifier-repeated",
    Problem.IDENTIFIER_STOLEN: "problem.identifier-stolen",
    Problem.SPLIT_VIEW: "problem.split-view",
    Problem.SCAN_RHYTHM: "problem.scan-rhythm",
}
# With one of these the phone neither speaks nor listens as it should; the others are warnings.
_DISABLING = {Problem.CANNOT_SCAN, Problem.CANNOT_BROADCAST, Problem.NO_TIME, Problem.CLOCK_WENT_BACK}


@dataclass(frozen=True, slots=True)
class HeardLine:
    """One line of "who and when" as it comes out of the store.

    Attributes:
        interval: in which it was heard.
        label: first 2 bytes of the identifier.
        minute_count: in how many different minutes.
        level_db: of the strongest sample if the other phone were an average one; 0 at one metre.
    """

    interval: int
    label: bytes
    minute_count: int
    level_db: float


@dataclass(frozen=True, slots=True)
class KeyWindow:
    """A stretch of time served by one own key, seconds UTC; `rolling_start` names the key."""

    rolling_start: int
    start_at: int
    end_at: int


@dataclass(frozen=True, slots=True)
class HomeScreen:
    """Is it working?

    Attributes:
        headline: message key.
        is_working: it speaks, listens and has the time.
        problems: message keys.
        speaking, listening: message keys.
        now: trusted time, seconds UTC, or None.
        prefix: first 4 hex digits of the own identifier, or "".
        changes_at: when the identifier changes next, seconds UTC; None without time.
        list_seq, list_at: number and time (seconds UTC) of the newest list of keys; None before the first.
        met_count: identifiers met today; identifiers, never people.
    """

    headline: str
    is_working: bool
    problems: tuple[str, ...]
    speaking: str
    listening: str
    now: float | None
    prefix: str
    changes_at: int | None
    list_seq: int | None
    list_at: int | None
    met_count: int


@dataclass(frozen=True, slots=True)
class AlertScreen:
    """One warning: a day, how long, how near. No identifier and no line of the history belong here.

    Attributes:
        day: the region's local date, days since 1970-01-01.
        minutes: near time, rounded.
        nearness: message key.
        least_minutes: where the time is only known as a range, its lower end, rounded; `minutes` is then
            its upper end. None otherwise.
    """

    day: int
    minutes: int
    nearness: str
    least_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An identifier that was met: its first 4 hex digits, minutes, nearness as a message key."""

    prefix: str
    minutes: int
    nearness: str


@dataclass(frozen=True, slots=True)
class HistoryHour:
    """What was met within one hour of a day.

    Attributes:
        day: local date, days since 1970-01-01.
        hour: 0..23, local.
        near: nearest first, then longest.
        farther: the rest, in the same order.
    """

    day: int
    hour: int
    near: tuple[HistoryRow, ...]
    farther: tuple[HistoryRow, ...]


def home_screen(status: Status, met_counts: Mapping[int, int], utc_offset_minutes: int) -> HomeScreen:
    """The first screen.

    Args:
        status: of the agent.
        met_counts: stored identifiers per interval.
        utc_offset_minutes: of the region's civil date.
    """
    found = {problem for problem, _ in status.problems}
    broken = bool(found & _DISABLING)
    is_listening = status.scan_count > 0 and not broken
    is_working = not broken and status.now is not None
    return HomeScreen(
        headline=_headline(is_working, bool(found), status.scan_count),
        is_working=is_working,
        problems=tuple(PROBLEM_KEYS[problem] for problem in Problem if problem in found),
        speaking="home.speaking.yes" if status.speaking else "home.speaking.no",
        listening="home.listening.yes" if is_listening else "home.listening.no",
        now=status.now,
        prefix=status.visible_prefix[:4],
        changes_at=None if status.now is None else interval_start(interval_of(status.now) + 1),
        list_seq=status.head.seq if status.head else None,
        list_at=status.head.time if status.head else None,
        met_count=_met_today(status, met_counts, utc_offset_minutes),
    )


def alert_screens(alerts: Iterable[Alert]) -> tuple[AlertScreen, ...]:
    """Warnings to show, newest day first."""
    newest_first = sorted(alerts, key=lambda one: one.day, reverse=True)
    return tuple(_alert_screen(one) for one in newest_first)


def _alert_screen(alert: Alert) -> AlertScreen:
    minutes = rounded_minutes(alert.near_s if alert.most_s is None else alert.most_s)
    least = None if alert.least_s is None else rounded_minutes(alert.least_s)
    ranges = least is not None and least < minutes
    return AlertScreen(alert.day, minutes, nearness(alert.mean_level_db), least if ranges else None)


def history_screen(lines: Sequence[HeardLine], utc_offset_minutes: int) -> tuple[HistoryHour, ...]:
    """ "Who and when", newest hour first; within an hour no order of time is shown."""
    hours: dict[tuple[int, int], list[HistoryRow]] = {}
    for line in lines:
        at = interval_start(line.interval)
        local_s = at + utc_offset_minutes * 60
        key = local_day_of(at, utc_offset_minutes), local_s // HOUR_S % 24
        row = HistoryRow(line.label[:2].hex(), line.minute_count, heard_nearness(line.level_db))
        hours.setdefault(key, []).append(row)
    return tuple(
        HistoryHour(
            day,
            hour,
            tuple(row for row in _nearest_first(hours[day, hour]) if row.nearness != FARTHER),
            tuple(row for row in _nearest_first(hours[day, hour]) if row.nearness == FARTHER),
        )
        for day, hour in sorted(hours, reverse=True)
    )


def nearness(level_db: float) -> str:
    """How near, from a verified level; the sender's own strength is known there. A message key."""
    if level_db >= ONE_METRE_DB:
        return "near.one-metre"
    if level_db >= TWO_METRES_DB:
        return "near.two-metres"
    return "near.three-metres" if level_db >= THREE_METRES_DB else "near.farther"


def heard_nearness(level_db: float) -> str:
    """How near, by strength alone: who was met is unknown, and so is how loud that phone is."""
    if level_db >= ONE_METRE_DB:
        return VERY_NEAR
    return NEAR if level_db >= TWO_METRES_DB else FARTHER


def rounded_minutes(seconds: float) -> int:
    """A measured time as minutes a person would say: to the nearest five, never none."""
    return max(ROUNDING_MINUTES, int(seconds / 60 / ROUNDING_MINUTES + 0.5) * ROUNDING_MINUTES)


def windows_to_offer(windows: Iterable[KeyWindow], now: float | None) -> tuple[KeyWindow, ...]:
    """The stretches of time that the owner may keep back, newest first; none that is still to come."""
    begun = [one for one in windows if now is not None and one.start_at <= now]
    return tuple(sorted(begun, key=lambda one: one.start_at, reverse=True))


def _nearest_first(rows: Iterable[HistoryRow]) -> list[HistoryRow]:
    order = (VERY_NEAR, NEAR, FARTHER)
    return sorted(rows, key=lambda row: (order.index(row.nearness), -row.minutes, row.prefix))


def _headline(is_working: bool, has_problems: bool, scan_count: int) -> str:
    if not is_working:
        return "home.headline.not-working"
    if has_problems:
        return "home.headline.attention"
    return "home.headline.working" if scan_count else "home.headline.starting"


def _met_today(status: Status, met_counts: Mapping[int, int], utc_offset_minutes: int) -> int:
    if status.now is None:
        return status.met_count
    today = local_day_of(status.now, utc_offset_minutes)
    stored = sum(
        count
        for interval, count in met_counts.items()
        if local_day_of(interval * INTERVAL_S, utc_offset_minutes) == today
    )
    return stored + status.met_count
