"""How the town is drawn: people at one table apart, one shape for each kind."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import dist

from bluezone.phone.risk import Alert
from bluezone.phone.status import Status
from bluezone.phone.trusted_time import TimeStatus
from bluezone.sim.commune import MAP_METRES
from bluezone.sim.demo.plan import Kind, boxes, kind_of, marks
from bluezone.sim.scenario import commune_day
from bluezone.sim.stage import PersonNow

ON = Status(TimeStatus.TRUSTED, 1.0, True, "3fa2", None, 0, 1, 0, ())
SOMEBODY = PersonNow(100.0, 100.0, "market", ON, None, None)


def test_four_people_at_a_table_can_be_told_apart() -> None:
    seats = [(100.4, 100.0), (100.0, 100.4), (99.6, 100.0), (100.0, 99.6)]
    drawn = marks([replace(SOMEBODY, x=x, y=y) for x, y in seats])
    assert all(dist((a.x, a.y), (b.x, b.y)) > 6 for a, b in combinations(drawn, 2))
    assert all(dist((mark.x, mark.y), (100, 100)) < 6 for mark in drawn)


def test_people_on_one_spot_are_drawn_apart_too() -> None:
    a, b = marks([SOMEBODY, SOMEBODY])
    assert dist((a.x, a.y), (b.x, b.y)) > 6


def test_who_walks_or_sits_alone_is_where_they_are() -> None:
    walking = replace(SOMEBODY, place=None)
    far = replace(SOMEBODY, x=50.0, y=20.0)
    drawn = marks([walking, SOMEBODY, far])
    assert [(mark.x, mark.y) for mark in drawn] == [(100.0, 100.0), (100.0, 100.0), (50.0, 180.0)]


def test_a_case_looks_like_a_case_even_when_warned() -> None:
    warned = replace(SOMEBODY, alert=Alert(20741, 1200.0, 0.0, 20))
    assert kind_of(SOMEBODY) is Kind.ORDINARY
    assert kind_of(warned) is Kind.WARNED
    assert kind_of(replace(warned, published_at=5.0)) is Kind.CASE
    assert kind_of(replace(SOMEBODY, status=None)) is Kind.OFF


def test_every_place_lies_on_the_map_with_its_name() -> None:
    for box in boxes(commune_day(1, 48).places):
        assert 0 <= box.x <= box.x + box.width <= MAP_METRES[0]
        assert 0 <= box.y <= box.y + box.height <= MAP_METRES[1]
        assert 4 < box.label_y < MAP_METRES[1]
