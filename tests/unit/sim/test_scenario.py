"""The commune day: every contact is clear, the case has contacts in several places, seeds repeat."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from math import dist

import pytest

from bluezone.sim.commune import MAP_METRES
from bluezone.sim.errors import ScenarioError
from bluezone.sim.scenario import Scenario, commune_day, truth_until
from bluezone.sim.trace import Period
from bluezone.sim.truth import (
    CLEAR_POSITIVE_S,
    Band,
    Spans,
    seconds_within,
    spans_of_world,
    truth_of_spans,
)

SEEDS = range(1, 21)
FAR_METRES = 8.0
LONGEST_PASSING_S = 180


@cache
def day(seed: int) -> Scenario:
    """The scenario of a seed, made once."""
    return commune_day(seed)


@cache
def spans_of(seed: int) -> Spans:
    """All times within 8 m of a seed's whole day."""
    return spans_of_world(day(seed).world, Period(day(seed).start_at, day(seed).end_at), 10, FAR_METRES)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_pair_is_clear_at_confirmation_and_at_the_end(seed: int) -> None:
    scenario = day(seed)
    # Passing by is bounded over the whole day, so it is bounded up to the confirmation too.
    passing = {pair: seconds_within(spans, FAR_METRES) for pair, spans in spans_of(seed).items()}
    for end in (scenario.confirmed_at, scenario.end_at):
        truth = truth_of_spans(len(scenario.people), spans_of(seed), Period(scenario.start_at, end))
        unclear = {
            pair: (seconds, truth.of(*pair))
            for pair, seconds in passing.items()
            if truth.of(*pair).within_1m_s < CLEAR_POSITIVE_S and seconds > LONGEST_PASSING_S
        }
        assert not unclear


@pytest.mark.parametrize("seed", SEEDS)
def test_the_case_has_a_few_contacts_and_most_people_are_none(seed: int) -> None:
    scenario = day(seed)
    alerted = scenario.must_be_alerted
    assert 3 <= len(alerted) <= 10
    assert len(scenario.people) - 1 - len(alerted) >= 12
    assert not scenario.truth.borderline(scenario.case)
    households = {scenario.people[station].household for station in alerted}
    assert scenario.people[scenario.case].household in households
    assert len(households) >= 3


@pytest.mark.parametrize("seed", SEEDS)
def test_two_short_meetings_in_two_places_make_one_alert(seed: int) -> None:
    scenario = day(seed)
    world, case = scenario.world, scenario.case
    head = next(person.station for person in scenario.people if person.role == "village-head")
    pair = (min(case, head), max(case, head))
    together = {"market": 0, "clinic": 0}
    for span in spans_of(seed)[pair]:
        place = world.place_of(case, span.start)
        if span.metres <= 1 and place is not None and place == world.place_of(head, span.start):
            together[place] += span.end - span.start
    assert all(12 * 60 < seconds < 15 * 60 for seconds in together.values()), together
    assert head in scenario.must_be_alerted
    assert scenario.truth.of(case, head).band is Band.CLEAR_POSITIVE


def test_the_day_lasts_from_half_past_six_to_half_past_twelve_in_vietnam() -> None:
    scenario = day(1)
    assert datetime.fromtimestamp(scenario.start_at, UTC) == datetime(2026, 10, 14, 23, 30, tzinfo=UTC)
    assert scenario.duration_s == 6 * 3600
    assert scenario.confirmed_at - scenario.start_at == 5 * 3600


@pytest.mark.parametrize("people", [24, 48])
def test_everybody_is_on_the_map_and_sits_where_it_says(people: int) -> None:
    scenario = commune_day(3, people)
    places = {place.key: place for place in scenario.places}
    assert len(places) == len(scenario.places) == 4 + people // 3
    assert len(scenario.people) == scenario.world.people_count == people
    for at in range(scenario.start_at, scenario.end_at, 600):
        for person in range(people):
            x, y = scenario.world.position(person, at)
            assert 0 <= x <= MAP_METRES[0]
            assert 0 <= y <= MAP_METRES[1]
            key = scenario.world.place_of(person, at)
            assert key is None or places[key].contains((x, y))


def test_places_do_not_overlap() -> None:
    places = commune_day(3, 48).places
    for number, a in enumerate(places):
        for b in places[number + 1 :]:
            apart_x = a.x + a.width <= b.x or b.x + b.width <= a.x
            apart_y = a.y + a.height <= b.y or b.y + b.height <= a.y
            assert apart_x or apart_y, (a.key, b.key)


def test_everybody_has_a_role_in_both_languages() -> None:
    people = commune_day(1, 48).people
    assert [person.station for person in people] == list(range(48))
    for labels in ({person.label_vi for person in people}, {person.label_en for person in people}):
        assert len(labels) == 48
    assert all(person.label_vi != person.label_en for person in people)


def test_a_confirmed_case_stays_in_a_room_apart() -> None:
    scenario = day(4)
    family = [
        person.station
        for person in scenario.people
        if person.household == scenario.people[scenario.case].household and person.station != scenario.case
    ]
    at = scenario.confirmed_at + 120
    room = scenario.world.position(scenario.case, at)
    assert scenario.world.place_of(scenario.case, at) == scenario.world.place_of(family[0], at)
    assert all(dist(room, scenario.world.position(person, at)) >= FAR_METRES for person in family)


def test_the_same_seed_is_the_same_day_and_another_is_another() -> None:
    one, again, other = commune_day(5), commune_day(5), commune_day(6)
    at = one.start_at + 2 * 3600
    assert (one.case, one.truth.pairs) == (again.case, again.truth.pairs)
    assert one.world.positions(at) == again.world.positions(at)
    assert one.world.positions(at) != other.world.positions(at)
    assert len({day(seed).case for seed in SEEDS}) >= 4


def test_an_earlier_confirmation_has_an_earlier_truth() -> None:
    scenario = day(1)
    breakfast = truth_until(scenario.world, scenario.start_at + 1800)
    assert len(breakfast.must_be_alerted(scenario.case)) == 2


@pytest.mark.parametrize("people", [0, 21, 25, 51])
def test_the_commune_has_room_for_households_only(people: int) -> None:
    with pytest.raises(ScenarioError, match=f"{people} does not fit"):
        commune_day(1, people)
