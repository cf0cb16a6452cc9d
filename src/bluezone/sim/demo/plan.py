"""The presenter's map: where each mark is drawn, with which shape, and what is said about a person.

Decides only how the town looks on a page. Seats at a table are 80 cm apart, which on a map of 300 m is one
dot: people who sit together are drawn in a small ring, so that each can be seen. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import atan2, cos, dist, pi, sin

from bluezone.sim.commune import MAP_METRES
from bluezone.sim.stage import PersonNow
from bluezone.sim.world import Place

WIDTH, HEIGHT = MAP_METRES
# Who sits within this of each other sits at one table.
_TABLE_METRES = 1.5
_RING_METRES = 4.6
_HOME_MARGIN = 3.0
_LABEL_BELOW, _LABEL_ABOVE = 6.5, 2.6
# Across a table two people face each other along this line when their seats do not tell.
_FIRST_ANGLE = pi / 4


class Kind(StrEnum):
    """What a mark stands for; each kind has a shape of its own, not only a colour."""

    ORDINARY = "ordinary"
    CASE = "case"
    WARNED = "warned"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Mark:
    """A person on the map; x to the right and y downwards, metres."""

    x: float
    y: float
    kind: Kind


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the map; x to the right and y downwards, metres.

    Attributes:
        key: of the place.
        x, y: upper left corner.
        width, height: as drawn.
        label_y: where its name stands.
        is_home: whether somebody lives there.
    """

    key: str
    x: float
    y: float
    width: float
    height: float
    label_y: float
    is_home: bool


def boxes(places: Sequence[Place]) -> tuple[Box, ...]:
    """The places as they are drawn: north is up, but a page counts downwards. Homes get room for a ring."""
    return tuple(_box(place, _HOME_MARGIN if place.key.startswith("home-") else 0.0) for place in places)


def marks(people: Sequence[PersonNow]) -> tuple[Mark, ...]:
    """Where everybody is drawn, by station."""
    drawn = [(one.x, one.y) for one in people]
    for table in _tables(people):
        middle = (
            sum(people[station].x for station in table) / len(table),
            sum(people[station].y for station in table) / len(table),
        )
        for number, station in enumerate(table):
            drawn[station] = _on_ring(middle, (people[station].x, people[station].y), number, len(table))
    return tuple(
        Mark(round(x, 1), round(HEIGHT - y, 1), kind_of(one))
        for (x, y), one in zip(drawn, people, strict=True)
    )


def kind_of(person: PersonNow) -> Kind:
    """What the mark of a person looks like."""
    if person.published_at is not None:
        return Kind.CASE
    if person.alert is not None:
        return Kind.WARNED
    return Kind.OFF if person.status is None else Kind.ORDINARY


def _box(place: Place, margin: float) -> Box:
    top = HEIGHT - place.y - place.height - margin
    height = place.height + 2 * margin
    is_in_upper_row = margin > 0 and top < HEIGHT / 2
    return Box(
        place.key,
        place.x - margin,
        top,
        place.width + 2 * margin,
        height,
        top + height + _LABEL_BELOW if is_in_upper_row else top - _LABEL_ABOVE,
        margin > 0,
    )


def _tables(people: Sequence[PersonNow]) -> list[list[int]]:
    tables: list[list[int]] = []
    for station, person in enumerate(people):
        if person.place is None:
            continue
        for table in tables:
            first = people[table[0]]
            if first.place == person.place and dist((first.x, first.y), (person.x, person.y)) < _TABLE_METRES:
                table.append(station)
                break
        else:
            tables.append([station])
    return [table for table in tables if len(table) > 1]


def _on_ring(
    middle: tuple[float, float], seat: tuple[float, float], number: int, count: int
) -> tuple[float, float]:
    apart = dist(middle, seat)
    angle = atan2(seat[1] - middle[1], seat[0] - middle[0]) if apart > 0.05 else _FIRST_ANGLE
    if apart <= 0.05:
        angle += 2 * pi * number / count
    return middle[0] + _RING_METRES * cos(angle), middle[1] + _RING_METRES * sin(angle)
