"""The default scenario: a morning in a Vietnamese commune, with family, market, school, office and clinic.

Decides who goes where and when, who becomes the case, and with them the truth of the day. Contacts are
clear on purpose, so that radio noise of the demo cannot turn one into the other: any two people sit
within 1 m of each other for at least 20 minutes in all, or are never nearer than 8 m except for
passing by. The case meets the village head twice, at the tea table and on the clinic's bench, each time
too short for an alert: only both together make one.
"""

from __future__ import annotations

from dataclasses import dataclass

from bluezone.sim.commune import DEFAULT_PEOPLE, Commune, Person, build_commune
from bluezone.sim.noise import Dice
from bluezone.sim.trace import Period
from bluezone.sim.truth import Truth, spans_of_world, truth_of_spans
from bluezone.sim.world import Place, PlaneWorld, Stop, walking_s

START_AT = 1_792_020_600  # Thursday 2026-10-15, 06:30 in Vietnam (UTC+7).
DURATION_S = 6 * 3600
CONFIRMED_AFTER_S = 5 * 3600

# Distances beyond this say nothing about an alert; the truth need not follow them.
_TRUTH_METRES = 8.0
_TRUTH_SAMPLE_S = 10
# Shorter pauses between two visits are not spent at home.
_HOME_BETWEEN_S = 15 * 60


@dataclass(frozen=True, slots=True)
class Scenario:
    """A day that can be simulated.

    Attributes:
        seed: from which it was made.
        start_at: seconds UTC.
        duration_s: seconds.
        people: by station.
        world: where everybody is at any time, with the map.
        case: station of the person who is confirmed.
        confirmed_at: when, seconds UTC.
        truth: of contacts from the start to the confirmation; who never came within 8 m never met.
    """

    seed: int
    start_at: int
    duration_s: int
    people: tuple[Person, ...]
    world: PlaneWorld
    case: int
    confirmed_at: int
    truth: Truth

    @property
    def places(self) -> tuple[Place, ...]:
        """The map."""
        return self.world.places

    @property
    def end_at(self) -> int:
        """When the scenario ends, seconds UTC."""
        return self.start_at + self.duration_s

    @property
    def must_be_alerted(self) -> frozenset[int]:
        """Stations that must be alerted when the case is confirmed."""
        return self.truth.must_be_alerted(self.case)


@dataclass(frozen=True, slots=True)
class _Visit:
    """Somebody sits on a seat of a spot; times are seconds after the start."""

    spot: str
    seat: int
    arrives_s: int
    leaves_s: int


_Plans = list[list[_Visit]]


def commune_day(seed: int, people: int = DEFAULT_PEOPLE) -> Scenario:
    """Makes the default scenario.

    Args:
        seed: any whole number; it decides homes, seats, errands, who is the case, and times by a minute.
        people: 24..48, a multiple of 3; those above 24 stay at home.

    Raises:
        ScenarioError: that many people cannot live here.
    """
    dice = Dice(seed)
    commune = build_commune(dice, people)
    plans: _Plans = [[] for _ in commune.people]
    _plan_work(commune, plans, dice)
    _plan_school(commune, plans, dice)
    case = _plan_errands(commune, plans, dice)
    itineraries = [
        _itinerary(commune, person, plan, isolates=person.station == case)
        for person, plan in zip(commune.people, plans, strict=True)
    ]
    world = PlaneWorld(commune.places, itineraries)
    confirmed_at = START_AT + CONFIRMED_AFTER_S
    return Scenario(
        seed=seed,
        start_at=START_AT,
        duration_s=DURATION_S,
        people=commune.people,
        world=world,
        case=case,
        confirmed_at=confirmed_at,
        truth=truth_until(world, confirmed_at),
    )


def truth_until(world: PlaneWorld, confirmed_at: int) -> Truth:
    """The truth of contacts from the scenario's start to a confirmation at another time (seconds UTC)."""
    spans = spans_of_world(world, Period(START_AT, confirmed_at), _TRUTH_SAMPLE_S, _TRUTH_METRES)
    return truth_of_spans(world.people_count, spans)


def _at(hours: int, minutes: int) -> int:
    """Seconds after 06:30, local time."""
    return (hours * 60 + minutes - 6 * 60 - 30) * 60


def _with_role(commune: Commune, role: str) -> list[int]:
    return [person.station for person in commune.people if person.role == role]


def _plan_work(commune: Commune, plans: _Plans, dice: Dice) -> None:
    """Sellers, officers, their clerk and the nurse keep their seats for the morning."""
    shifts = (
        ("vegetable-seller", "vegetable-stall", _at(7, 8), _at(10, 44)),
        ("fish-seller", "fish-stall", _at(7, 10), _at(10, 48)),
        ("nurse", "nurse-desk", _at(7, 14), _at(10, 52)),
        ("officer-1", "office-desk-1", _at(7, 24), _at(10, 56)),
        ("officer-2", "office-desk-2", _at(7, 27), _at(11, 0)),
    )
    for role, spot, arrives_s, leaves_s in shifts:
        for station in _with_role(commune, role):
            plans[station].append(_Visit(spot, 0, arrives_s + dice.between(-60, 60), leaves_s))
    for station in _with_role(commune, "clerk"):
        plans[station].append(_Visit("office-desk-1", 1, _at(7, 31), _at(10, 50)))
    for station in _with_role(commune, "postman"):
        plans[station].append(_Visit("office-desk-2", 1, _at(10, 0), _at(10, 30)))


def _plan_school(commune: Commune, plans: _Plans, dice: Dice) -> None:
    """Two students a desk; the teacher joins two of the desks for half an hour each."""
    desks = dice.shuffled(("desk-1", "desk-2", "desk-3"))
    arrivals = dice.shuffled(range(6))
    for number, station in enumerate(dice.shuffled(_with_role(commune, "student"))):
        # A minute between two arrivals keeps those who walk the same way 72 m apart.
        minute = arrivals[number]
        plans[station].append(_Visit(desks[number // 2], number % 2, _at(7, 20 + minute), _at(11, minute)))
    for station in _with_role(commune, "teacher"):
        plans[station] += (
            _Visit("teacher-desk", 0, _at(7, 17), _at(8, 10)),
            _Visit(desks[0], 2, _at(8, 12), _at(8, 44)),
            _Visit("teacher-desk", 0, _at(8, 46), _at(9, 30)),
            _Visit(desks[1], 2, _at(9, 32), _at(10, 4)),
            _Visit("teacher-desk", 0, _at(10, 6), _at(11, 8)),
        )


def _plan_errands(commune: Commune, plans: _Plans, dice: Dice) -> int:
    """Six people go to market, office and clinic, one at a time at each table; returns the case."""
    case, *others = dice.shuffled(_with_role(commune, "errands"))
    stall, other_stall = dice.shuffled(("vegetable-stall", "fish-stall"))
    family = commune.people[case].household
    if any(p.household == family and p.role == stall.replace("stall", "seller") for p in commune.people):
        # At the stall the case is to meet somebody who is not family anyway.
        stall, other_stall = other_stall, stall
    plans[case] += (
        _Visit(stall, 1, _at(7, 20), _at(7, 53)),
        _Visit("tea-table", 0, _at(7, 54), _at(8, 12)),
        _Visit("waiting-bench", 0, _at(8, 14), _at(8, 33)),
        _Visit("nurse-desk", 1, _at(8, 34), _at(9, 6)),
    )
    for station in _with_role(commune, "village-head"):
        plans[station] += (
            _Visit("tea-table", 2, _at(7, 58), _at(8, 18)),
            _Visit("waiting-bench", 2, _at(8, 20), _at(8, 45)),
        )
    errands = (
        (_Visit(other_stall, 1, _at(7, 20), _at(7, 50)), _Visit("office-desk-2", 1, _at(9, 0), _at(9, 30))),
        (_Visit(stall, 1, _at(8, 20), _at(8, 50)), _Visit("nurse-desk", 1, _at(9, 30), _at(10, 0))),
        (_Visit(other_stall, 1, _at(8, 20), _at(8, 50)),),
        (_Visit("office-desk-2", 1, _at(8, 0), _at(8, 30)), _Visit(stall, 1, _at(9, 20), _at(9, 50))),
        (_Visit("nurse-desk", 1, _at(7, 40), _at(8, 10)), _Visit(other_stall, 1, _at(9, 20), _at(9, 50))),
    )
    for station, visits in zip(others, errands, strict=True):
        for visit in visits:
            late_s = dice.between(0, 60)
            plans[station].append(
                _Visit(visit.spot, visit.seat, visit.arrives_s + late_s, visit.leaves_s + late_s)
            )
    return case


def _itinerary(commune: Commune, person: Person, plan: list[_Visit], isolates: bool) -> list[Stop]:
    """From breakfast at home through the visits back home; a confirmed case then stays in a room apart."""
    name = f"home-{person.household}"
    spots = commune.spots
    home = Stop(START_AT, spots[name].seat(person.station), name)
    stops = [home]
    for visit, after in zip(plan, [*plan[1:], None], strict=False):
        here = spots[visit.spot]
        stop = Stop(START_AT + visit.arrives_s, here.seat(visit.seat), here.place)
        stops.append(stop)
        if after is None or after.arrives_s - visit.leaves_s > _HOME_BETWEEN_S:
            back_at = START_AT + visit.leaves_s + walking_s(stop.position, home.position)
            stops.append(Stop(back_at, home.position, name))
    if isolates:
        room = spots[f"{name}-room"].seat(0)
        stops.append(Stop(START_AT + CONFIRMED_AFTER_S + 60, room, name))
    return stops
