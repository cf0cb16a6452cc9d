"""Where simulated people are: on a plane with itineraries, or as a trace of real contacts tells.

Decides positions as a function of time (seated, or walking straight to the next seat) and who is in
range of whom. Who goes where is left to the scenario, what can be heard to the air.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import dist
from typing import NamedTuple, Protocol

from bluezone.sim.errors import WorldError
from bluezone.sim.trace import Period, Trace

WALKING_M_PER_S = 1.2
RANGE_METRES = 50.0

Position = tuple[float, float]
Neighbours = Sequence[tuple[int, float]]


class World(Protocol):
    """Who is how near to whom, at any instant."""

    @property
    def people_count(self) -> int:
        """Number of people, station numbers 0..n-1."""
        ...

    def near(self, person: int, at: float) -> Neighbours:
        """Everybody in range of a person at an instant (seconds UTC), as (station, metres)."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A named rectangle on the map, metres.

    Attributes:
        key: stable name, kebab-case.
        label_vi, label_en: what the map shows.
        x, y: lower left corner.
        width, height: size.
    """

    key: str
    label_vi: str
    label_en: str
    x: float
    y: float
    width: float
    height: float

    def contains(self, position: Position) -> bool:
        """Whether a position lies inside or on the border."""
        x, y = position
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height


class Stop(NamedTuple):
    """A seat and when a person sits down on it.

    Attributes:
        arrives_at: seconds UTC; the walk there ends at this instant.
        position: metres.
        place: key of the place.
    """

    arrives_at: float
    position: Position
    place: str


class _Route(NamedTuple):
    # changes[2k] = leaves stop k, changes[2k + 1] = arrives at stop k + 1.
    changes: list[float]
    stops: tuple[Stop, ...]


class PlaneWorld:
    """People on a plane. Each sits, walks straight to the next seat in time to arrive, and sits again.

    Before the first arrival a person sits on the first seat, after the last on the last.

    Args:
        places: the map.
        itineraries: for each person at least one stop, ascending in time.

    Raises:
        WorldError: an itinerary is empty, or would need a pace above 1.2 m/s.
    """

    __slots__ = ("_now", "_places_now", "_routes", "places")

    def __init__(self, places: tuple[Place, ...], itineraries: Sequence[Sequence[Stop]]) -> None:
        self.places = places
        self._routes = [_route(person, stops) for person, stops in enumerate(itineraries)]
        self._now: float | None = None
        self._places_now: list[Position] = []

    @property
    def people_count(self) -> int:
        """Number of people."""
        return len(self._routes)

    def position(self, person: int, at: float) -> Position:
        """Where a person is at an instant (seconds UTC), metres."""
        changes, stops = self._routes[person]
        index = bisect_right(changes, at)
        stop = stops[index >> 1]
        if not index & 1:
            return stop.position
        left_at, arrives_at = changes[index - 1], changes[index]
        done = (at - left_at) / (arrives_at - left_at)
        (x, y), (to_x, to_y) = stop.position, stops[(index >> 1) + 1].position
        return x + done * (to_x - x), y + done * (to_y - y)

    def place_of(self, person: int, at: float) -> str | None:
        """Key of the place in which a person sits at an instant (seconds UTC); None while walking."""
        changes, stops = self._routes[person]
        index = bisect_right(changes, at)
        return None if index & 1 else stops[index >> 1].place

    def positions(self, at: float) -> list[Position]:
        """Where everybody is at an instant (seconds UTC), by station, metres."""
        if self._now != at:
            self._places_now = [self.position(person, at) for person in range(len(self._routes))]
            self._now = at
        return self._places_now

    def near(self, person: int, at: float) -> Neighbours:
        """Everybody within 50 m of a person at an instant (seconds UTC), as (station, metres)."""
        positions = self.positions(at)
        here = positions[person]
        return [
            (other, metres)
            for other, there in enumerate(positions)
            if (metres := dist(here, there)) <= RANGE_METRES and other != person
        ]


class TraceWorld:
    """A trace of real contacts as a world: people have distances and no positions.

    Args:
        trace: who was how near in each step.
    """

    __slots__ = ("trace",)

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    @property
    def people_count(self) -> int:
        """Number of people."""
        return self.trace.people_count

    def near(self, person: int, at: float) -> Neighbours:
        """Everybody recorded beside a person at an instant (seconds UTC), as (station, metres)."""
        return self.trace.near(person, at)

    def active_periods(self) -> tuple[Period, ...]:
        """The stretches of time in which anything needs to be simulated."""
        return self.trace.active_periods()


def walking_s(start: Position, end: Position) -> float:
    """How long the straight walk from one position to another takes, seconds."""
    return dist(start, end) / WALKING_M_PER_S


def _route(person: int, stops: Sequence[Stop]) -> _Route:
    if not stops:
        raise WorldError(f"person {person} has an empty itinerary; everybody must be somewhere.")
    changes: list[float] = []
    for before, after in pairwise(stops):
        leaves_at = after.arrives_at - walking_s(before.position, after.position)
        if leaves_at < before.arrives_at:
            raise WorldError(
                f"person {person} would have to leave {before.place} for {after.place} before arriving there;"
                f" nobody walks faster than {WALKING_M_PER_S} m/s."
            )
        changes += (leaves_at, after.arrives_at)
    return _Route(changes, tuple(stops))
