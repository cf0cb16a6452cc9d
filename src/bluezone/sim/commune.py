"""The commune's map and people: places, tables with seats, households and their homes.

Decides where the seats are and who lives together; reads the names and places from `commune.toml`.
Who goes where at what time is decided in `scenario`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from math import cos, pi, sin
from typing import Any, Final

from bluezone.sim.errors import ScenarioError
from bluezone.sim.noise import Dice
from bluezone.sim.world import Place, Position

HOUSEHOLD_SIZE = 3
DEFAULT_PEOPLE = 24
MAX_PEOPLE = 48
MAP_METRES = (300.0, 200.0)

# Opposite seats are 0.8 m apart: everybody at one table is within 1 m of everybody else.
_SEAT_RADIUS = 0.4
_SEATS = 4
_SPOT_JITTER_DM = 15

_HOME_SIZE = (24.0, 14.0)
_HOMES_IN_A_ROW = 8
# The outer corners are built first, so that eight households live well apart.
_LOTS: Final = (0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist.

    Attributes:
        station: station number.
        label_vi, label_en: a role, never a name.
        household: from 1.
        role: what the person does in the scenario.
    """

    station: int
    label_vi: str
    label_en: str
    household: int
    role: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A table or bench with four seats within 0.8 m of each other.

    Attributes:
        place: key of the place it stands in.
        middle: metres.
        turn: direction of the first seat, radians.
    """

    place: str
    middle: Position
    turn: float

    def seat(self, number: int) -> Position:
        """Where seat 0..3 is, metres."""
        angle = self.turn + 2 * pi * (number % _SEATS) / _SEATS
        return self.middle[0] + _SEAT_RADIUS * cos(angle), self.middle[1] + _SEAT_RADIUS * sin(angle)


@dataclass(frozen=True, slots=True)
class Commune:
    """A map with people.

    Attributes:
        people: by station.
        places: rectangles of the map.
        spots: by name; every household has `home-N` (the table) and `home-N-room` (apart, 12 m).
    """

    people: tuple[Person, ...]
    places: tuple[Place, ...]
    spots: dict[str, Spot]


def build_commune(dice: Dice, people: int) -> Commune:
    """Lays out the map and lets the households move in.

    Args:
        dice: decides who lives where and how the tables stand.
        people: 24..48, a multiple of 3.

    Raises:
        ScenarioError: that many people cannot live here.
    """
    if not DEFAULT_PEOPLE <= people <= MAX_PEOPLE or people % HOUSEHOLD_SIZE:
        raise ScenarioError(
            f"the commune has room for {DEFAULT_PEOPLE} to {MAX_PEOPLE} people in households of"
            f" {HOUSEHOLD_SIZE}; {people} does not fit."
        )
    table = tomllib.loads(files("bluezone.sim").joinpath("commune.toml").read_text("utf-8"))
    households = people // HOUSEHOLD_SIZE
    homes = _homes(dice, households)
    places = tuple(Place(entry["key"], entry["vi"], entry["en"], *entry["box"]) for entry in table["place"])
    spots = {name: _spot(dice, spot["place"], spot["at"]) for name, spot in table["spot"].items()}
    for home in homes:
        left, middle = home.x + 6, home.y + _HOME_SIZE[1] / 2
        spots[home.key] = _spot(dice, home.key, (left, middle), jitter=False)
        spots[f"{home.key}-room"] = _spot(dice, home.key, (left + 12, middle), jitter=False)
    return Commune(_people(table["person"], people), homes + places, spots)


def _homes(dice: Dice, households: int) -> tuple[Place, ...]:
    lots = dice.shuffled(_LOTS[:households])
    width, height = _HOME_SIZE
    homes = []
    for number, lot in enumerate(lots, start=1):
        row, column = divmod(lot, _HOMES_IN_A_ROW)
        x = 6.0 + column * MAP_METRES[0] / _HOMES_IN_A_ROW
        y = MAP_METRES[1] - height - 10 if row else 10.0
        homes.append(Place(f"home-{number}", f"Nhà hộ {number}", f"Home {number}", x, y, width, height))
    return tuple(homes)


def _spot(dice: Dice, place: str, at: tuple[float, float], jitter: bool = True) -> Spot:
    reach = _SPOT_JITTER_DM if jitter else 0
    x, y = (value + dice.between(-reach, reach) / 10 for value in at)
    return Spot(place, (x, y), dice.between(0, 359) * pi / 180)


def _people(table: list[dict[str, Any]], people: int) -> tuple[Person, ...]:
    found = []
    for station in range(people):
        household = station // HOUSEHOLD_SIZE + 1
        if station < len(table):
            entry = table[station]
            found.append(Person(station, entry["vi"], entry["en"], household, entry["role"]))
        else:
            vi, en = (("mẹ", "mother"), ("bố", "father"), ("bà", "grandmother"))[station % HOUSEHOLD_SIZE]
            labels = f"Hộ {household} · {vi}", f"Household {household} · {en}"
            found.append(Person(station, *labels, household, "home"))
    return tuple(found)
