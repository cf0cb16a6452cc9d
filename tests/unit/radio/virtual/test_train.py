"""The advertising train: the instants of the standard, found without counting."""

from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluezone.radio.virtual.train import AdvertisingTrain, train_seed

START = 1_700_000_000.0
SEEDS = st.integers(0, 2**64 - 1)


def gaps(train: AdvertisingTrain, count: int) -> list[float]:
    instants = [train.at(event) for event in range(count)]
    return [later - earlier for earlier, later in pairwise(instants)]


@given(SEEDS)
def test_the_first_event_follows_the_start(seed: int) -> None:
    assert 0 <= AdvertisingTrain(START, seed).at(0) - START <= 0.010


@given(SEEDS)
def test_events_are_one_interval_and_a_delay_apart(seed: int) -> None:
    # 250..270 ms and 0..10 ms; a microsecond for the rounding of seconds since 1970.
    steps = gaps(AdvertisingTrain(START, seed), 200)
    interval = min(steps)
    assert all(0.250 - 1e-6 <= step <= 0.280 + 1e-6 for step in steps)
    assert max(steps) - interval <= 0.010 + 1e-6
    assert max(steps) - interval > 0.005


def test_the_interval_asked_for_is_kept() -> None:
    for seed in range(100):
        assert all(1.0 <= step <= 1.01 for step in gaps(AdvertisingTrain(0.0, seed, 1600, 1600), 50))


def test_the_delays_are_uniform_on_average() -> None:
    steps = gaps(AdvertisingTrain(0.0, 5, 400, 400), 16_384)
    delays = [step - 0.250 for step in steps]
    assert abs(sum(delays) / len(delays) - 0.005) < 1e-4
    assert sum(delay < 0.0025 for delay in delays) / len(delays) == pytest.approx(0.25, abs=0.02)


@given(SEEDS, st.floats(-10, 3 * 16_384 * 0.27))
def test_the_first_event_after_an_instant_is_the_slow_one(seed: int, after: float) -> None:
    train = AdvertisingTrain(START, seed)
    instant = START + after
    event = train.first_at_or_after(instant)
    assert train.at(event) >= instant
    assert event == 0 or train.at(event - 1) < instant


@given(SEEDS, st.integers(0, 60_000))
def test_an_event_is_found_at_its_own_instant(seed: int, event: int) -> None:
    train = AdvertisingTrain(START, seed)
    assert train.first_at_or_after(train.at(event)) == event


def test_instants_go_on_over_the_end_of_the_table() -> None:
    for seed in (0, 16_380, 16_383, 2**40 + 16_382):
        steps = gaps(AdvertisingTrain(START, seed), 40_000)
        assert min(steps) > 0.249
        assert max(steps) < 0.281


def test_events_between_are_half_open() -> None:
    train = AdvertisingTrain(0.0, 3)
    begin, end = train.at(10), train.at(20)
    assert [event for event, _ in train.events_between(begin, end)] == list(range(10, 20))
    assert list(train.events_between(begin, begin)) == []
    assert next(islice(train.events_between(-5.0, 5.0), 1)) == (0, train.at(0))


def test_seeds_differ_by_station_and_by_address() -> None:
    seeds = {train_seed(station, bytes((a,)) * 6) for station in range(20) for a in range(20)}
    assert len(seeds) == 400
    assert train_seed(1, b"\x01" * 6) == train_seed(1, b"\x01" * 6)
