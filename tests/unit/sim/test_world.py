"""Worlds: positions over time, who is in range, and itineraries that nobody can walk."""

from __future__ import annotations

from pathlib import Path

import pytest

from bluezone.sim.errors import WorldError
from bluezone.sim.trace import load_trace
from bluezone.sim.world import Place, PlaneWorld, Stop, TraceWorld, World, walking_s

HOME = Place("home", "Nhà", "Home", 0, 0, 10, 10)


def walk() -> PlaneWorld:
    """Two people: one walks 60 m east and back, one sits 30 m along the way."""
    return PlaneWorld(
        (HOME,),
        [
            [Stop(0, (0, 0), "home"), Stop(100, (60, 0), "market"), Stop(300, (0, 0), "home")],
            [Stop(0, (30, 4), "office")],
        ],
    )


def test_a_person_sits_walks_straight_and_arrives_in_time() -> None:
    world = walk()
    assert walking_s((0, 0), (60, 0)) == pytest.approx(50)
    assert world.position(0, -5) == (0, 0)
    assert world.position(0, 50) == (0, 0)
    assert world.position(0, 75) == pytest.approx((30, 0))
    assert world.position(0, 100) == (60, 0)
    assert world.position(0, 250) == (60, 0)
    assert world.position(0, 262.5) == pytest.approx((45, 0))
    assert world.position(0, 1e9) == (0, 0)


def test_a_place_is_told_only_of_those_who_sit() -> None:
    world = walk()
    assert [world.place_of(0, at) for at in (0, 75, 100, 251, 300)] == ["home", None, "market", None, "home"]
    assert HOME.contains((10, 0))
    assert not HOME.contains((10.1, 0))


def test_near_is_mutual_and_ends_at_fifty_metres() -> None:
    world = walk()
    for person in (0, 1):
        ((other, metres),) = world.near(person, 75)
        assert other == 1 - person
        assert metres == pytest.approx(4)
    far = PlaneWorld((), [[Stop(0, (0, 0), "a")], [Stop(0, (50, 0), "b")], [Stop(0, (100.1, 0), "c")]])
    assert far.near(1, 0) == [(0, 50.0)]
    assert far.near(2, 0) == []


def test_near_does_not_remember_another_instant() -> None:
    world = walk()
    assert world.near(1, 75) != world.near(1, 80)
    assert world.near(1, 75) == walk().near(1, 75)


def test_two_seats_at_one_position_need_no_walk() -> None:
    world = PlaneWorld((), [[Stop(0, (1, 1), "a"), Stop(10, (1, 1), "b"), Stop(20, (1, 1), "c")]])
    assert [world.place_of(0, at) for at in (9.9, 10, 20)] == ["a", "b", "c"]
    assert world.position(0, 10) == (1, 1)


def test_nobody_runs_and_everybody_is_somewhere() -> None:
    with pytest.raises(WorldError, match="person 0 would have to leave home for market"):
        PlaneWorld((), [[Stop(0, (0, 0), "home"), Stop(49, (60, 0), "market")]])
    with pytest.raises(WorldError, match="person 1 has an empty itinerary"):
        PlaneWorld((), [[Stop(0, (0, 0), "home")], []])


def test_a_trace_is_a_world(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"1,1,2,3\n")
    trace = load_trace(path, "haslemere")
    world: World = TraceWorld(trace)
    assert world.people_count == 2
    assert list(world.near(1, trace.epoch + 1)) == [(0, 3.0)]
    assert TraceWorld(trace).active_periods() == ((trace.epoch, trace.epoch + 300),)
