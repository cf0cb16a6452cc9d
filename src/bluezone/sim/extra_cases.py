"""Small stories that real traces do not tell: a phone that dies, a clock that lies, keys that change.

Decides who meets whom when, what happens to their phones, and whom the confirmed person must alert.
Everything else is the town's: real phones, real authority, no noise on the air. Station 0 is the case.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bluezone.protocol.interval import INTERVAL_S
from bluezone.sim.air import Air, AirModel
from bluezone.sim.town import Town, TownSettings

# 2026-10-15 00:00 UTC, 07:00 in Vietnam: a key window of four hours begins.
MORNING = 1_792_022_400
WINDOW_S = 4 * 3600
HOUR_S, MINUTE_S = 3600, 60
POLL_S = 1200.0
# After the confirmation: the next batch, and everybody's poll.
PATIENCE_S = 2 * HOUR_S
CASE = 0


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two people at one distance; times are seconds after the morning's begin."""

    one: int
    other: int
    start_s: int
    end_s: int
    metres: float = 1.0


@dataclass(frozen=True, slots=True)
class MeetingWorld:
    """People who are alone except in their meetings."""

    people_count: int
    meetings: tuple[Meeting, ...]

    def near(self, person: int, at: float) -> list[tuple[int, float]]:
        """Everybody beside a person at an instant (seconds UTC), as (station, metres)."""
        after = at - MORNING
        met = (one for one in self.meetings if one.start_s <= after < one.end_s)
        return [
            (one.other if one.one == person else one.one, one.metres)
            for one in met
            if person in (one.one, one.other)
        ]


Happening = tuple[int, Callable[[Town], Awaitable[None]]]
"""Seconds after the morning's begin, and what happens then."""


@dataclass(frozen=True, slots=True)
class ExtraCase:
    """One story.

    Attributes:
        name: stable.
        told: what happens, one sentence.
        meetings: of whom.
        alerted: stations that must be alerted; nobody else may.
        confirmed_s: when the case is confirmed, seconds after the morning's begin.
        happenings: in order of time.
        clock_errors_s: by station.
        withheld: whether the case keeps the key windows back that begin in these seconds.
    """

    name: str
    told: str
    meetings: tuple[Meeting, ...]
    alerted: frozenset[int]
    confirmed_s: int
    happenings: tuple[Happening, ...] = ()
    clock_errors_s: tuple[tuple[int, float], ...] = ()
    withheld: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of a story.

    Attributes:
        alerted: stations with an alert.
        near_s: near time that each of them was told, seconds.
    """

    alerted: frozenset[int]
    near_s: dict[int, float]


async def play(case: ExtraCase, seed: int, home: Path) -> CaseResult:
    """Plays a story. Must run on a virtual-time loop.

    Args:
        case: the story.
        seed: decides every draw.
        home: folder for the stores.
    """
    people = 1 + max(max(one.one, one.other) for one in case.meetings)
    air = Air(AirModel.noise_free(), MeetingWorld(people, case.meetings), seed)
    settings = TownSettings(poll_s=POLL_S, clock_errors_s=dict(case.clock_errors_s))
    # Phones are switched on a few minutes before the day begins.
    town = Town(home, people, air, MORNING - 10 * MINUTE_S, seed, settings)
    await town.start()
    try:
        for at, happens in case.happenings:
            await _until(town, at)
            await happens(town)
        await _until(town, case.confirmed_s)
        withheld = frozenset((MORNING + start) // INTERVAL_S for start in case.withheld)
        await town.publish(CASE, await town.confirm(), withheld)
        await _until(town, case.confirmed_s + PATIENCE_S)
        alerts = {station: town.phones[station].store.ledger.alerts() for station in town.alerted()}
        near = {station: max(one.alert.near_s for one in found) for station, found in alerts.items()}
        return CaseResult(frozenset(near), near)
    finally:
        await town.stop()


async def _until(town: Town, after_s: int) -> None:
    await town.clock.sleep(max(0.0, MORNING + after_s - town.clock.system()))


def _off(station: int) -> Callable[[Town], Awaitable[None]]:
    return lambda town: town.switch_off([station])


def _on(station: int) -> Callable[[Town], Awaitable[None]]:
    return lambda town: town.switch_on([station])


def _reboot(station: int) -> Callable[[Town], Awaitable[None]]:
    async def happens(town: Town) -> None:
        await town.switch_off([station])
        await town.clock.sleep(30.0)
        await town.switch_on([station])

    return happens


def _minutes(start: float, end: float, other: int = 1, metres: float = 1.0) -> Meeting:
    return Meeting(CASE, other, round(start * MINUTE_S), round(end * MINUTE_S), metres)


_BEFORE_ROLLOVER = WINDOW_S // MINUTE_S

EXTRA_CASES: tuple[ExtraCase, ...] = (
    ExtraCase(
        "phone-off-mid-contact",
        "40 minutes together; the other's phone is off for 12 of them, and time is not stretched over it",
        (_minutes(60, 100), _minutes(60, 100, other=2, metres=8.0)),
        frozenset({1}),
        3 * HOUR_S,
        ((73 * MINUTE_S, _off(1)), (85 * MINUTE_S, _on(1))),
    ),
    ExtraCase(
        "phone-off-for-most-of-it",
        "40 minutes together; the other's phone is on for 8 of them: what was not heard cannot be known",
        (_minutes(60, 100),),
        frozenset(),
        3 * HOUR_S,
        ((50 * MINUTE_S, _off(1)), (92 * MINUTE_S, _on(1))),
    ),
    ExtraCase(
        "reboot",
        "45 minutes together; both phones are restarted in the middle, one after the other",
        (_minutes(60, 105),),
        frozenset({1}),
        3 * HOUR_S,
        ((75 * MINUTE_S, _reboot(1)), (87 * MINUTE_S, _reboot(0))),
    ),
    ExtraCase(
        "clock-two-hours-off",
        "25 minutes together; one clock is two hours ahead, one two hours behind: signed time corrects both",
        (_minutes(60, 85), _minutes(120, 145, other=2), _minutes(200, 203, other=3)),
        frozenset({1, 2}),
        5 * HOUR_S,
        clock_errors_s=((0, -2.0 * HOUR_S), (1, 2.0 * HOUR_S), (2, -2.0 * HOUR_S)),
    ),
    ExtraCase(
        "key-rollover-inside-a-contact",
        "24 minutes together, 12 before and 12 after the case's key changes: neither key alone is enough",
        (_minutes(_BEFORE_ROLLOVER - 12, _BEFORE_ROLLOVER + 12),),
        frozenset({1}),
        6 * HOUR_S,
    ),
    ExtraCase(
        "two-short-meetings-within-a-day",
        "two meetings of 8 minutes, 10 hours apart",
        (_minutes(61, 69), _minutes(661, 669)),
        frozenset({1}),
        13 * HOUR_S,
    ),
    ExtraCase(
        "two-short-meetings-too-far-apart",
        "two meetings of 8 minutes, 26 hours apart",
        (_minutes(61, 69), _minutes(61 + 26 * 60, 69 + 26 * 60)),
        frozenset(),
        29 * HOUR_S,
    ),
    ExtraCase(
        "partial-upload",
        "25 minutes with one, later 25 minutes with another; the case keeps back the hours of the second",
        (_minutes(60, 85), _minutes(_BEFORE_ROLLOVER + 60, _BEFORE_ROLLOVER + 85, other=2)),
        frozenset({1}),
        9 * HOUR_S,
        withheld=(WINDOW_S,),
    ),
)
