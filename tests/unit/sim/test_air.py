"""The simulated air: exact without noise, as wide as it says with noise, and repeatable."""

from __future__ import annotations

from dataclasses import replace
from math import floor, hypot, log10, nan
from statistics import fmean, pstdev

import pytest

from bluezone.radio.virtual.medium import Medium
from bluezone.sim.air import BODY_DB, LOOK_S, TURN_S, Air, AirModel
from bluezone.sim.errors import AirError

NOON = 1_792_040_400.0


class FixedWorld:
    """Everybody at one distance from everybody."""

    def __init__(self, people: int, metres: float) -> None:
        self.people = people
        self.metres = metres

    def near(self, person: int, at: float) -> list[tuple[int, float]]:
        """All others."""
        return [(other, self.metres) for other in range(self.people) if other != person]


def levels(air: Air, receiver: int, sender: int, looks: int) -> list[float]:
    """What the receiver makes of a sender in looks a minute apart: the protocol's level_db."""
    table = air.dbm_at_1m(sender) - air.receiver_correction_db
    return [air.senders_near(receiver, NOON + 60 * look)[sender] - table for look in range(looks)]


def test_the_air_is_a_medium_of_the_virtual_radio() -> None:
    medium: Medium = Air(AirModel.noise_free(), FixedWorld(2, 1.0), seed=1)
    assert medium.senders_near(0, NOON) == {1: -60}


@pytest.mark.parametrize(
    ("metres", "rssi_dbm"),
    [(0.0, -56), (0.5, -56), (1.0, -60), (2.0, -64), (3.0, -67), (8.0, -73), (50.0, -84)],
)
def test_without_noise_distance_alone_decides(metres: float, rssi_dbm: int) -> None:
    air = Air(AirModel.noise_free(), FixedWorld(3, metres), seed=1)
    assert air.lossless
    assert air.senders_near(1, NOON) == {0: rssi_dbm, 2: rssi_dbm}
    assert air.dbm_at_1m(0) == -60


def test_half_a_dbm_is_rounded_up() -> None:
    for reference_dbm, rssi_dbm in ((-60.5, -60), (-59.5, -59), (-60.51, -61)):
        air = Air(AirModel(reference_dbm=reference_dbm), FixedWorld(2, 1.0), seed=1)
        assert air.senders_near(0, NOON) == {1: rssi_dbm}


def test_what_is_too_weak_is_not_heard() -> None:
    world = FixedWorld(2, 10.0)
    assert Air(AirModel(sensitivity_dbm=-74.4), world, seed=1).senders_near(0, NOON) == {1: -74}
    assert Air(AirModel(sensitivity_dbm=-74.3), world, seed=1).senders_near(0, NOON) == {}


def test_nothing_depends_on_the_order_of_calls() -> None:
    world = FixedWorld(12, 2.0)
    model = AirModel.realistic()
    one, two = Air(model, world, seed=7), Air(model, world, seed=7)
    times = [NOON + 60 * look for look in range(30)]
    forward = {(r, at): one.senders_near(r, at) for at in times for r in range(12)}
    backward = {(r, at): two.senders_near(r, at) for r in reversed(range(12)) for at in reversed(times)}
    assert forward == backward
    lost = [(event, one.is_lost(0, 1, event, NOON)) for event in range(200)]
    assert lost == list(reversed([(event, two.is_lost(0, 1, event, NOON)) for event in reversed(range(200))]))


def test_another_seed_is_another_air() -> None:
    world = FixedWorld(30, 2.0)
    one, two = (
        Air(replace(AirModel.realistic(), missed_looks=0.0), world, seed=seed).senders_near(0, NOON)
        for seed in (1, 2)
    )
    assert sum(one[sender] != two[sender] for sender in one) > 20


def test_a_look_has_one_value_and_the_next_another() -> None:
    air = Air(AirModel(look_sd_db=4.7), FixedWorld(2, 1.0), seed=3)
    start = NOON - NOON % LOOK_S
    assert air.senders_near(0, start) == air.senders_near(0, start + 3.9)
    assert len({air.senders_near(0, start + LOOK_S * look)[1] for look in range(50)}) > 10


def test_fading_differs_by_direction_and_a_body_does_not() -> None:
    fading = Air(AirModel(look_sd_db=5.0), FixedWorld(2, 1.0), seed=3)
    assert levels(fading, 0, 1, 20) != levels(fading, 1, 0, 20)
    pockets = Air(AirModel(pair_sd_db=5.0), FixedWorld(40, 1.0), seed=3)
    for other in range(1, 40):
        assert levels(pockets, 0, other, 1) == levels(pockets, other, 0, 1)


def test_the_spreads_are_what_the_realistic_model_states() -> None:
    air = Air(replace(AirModel.realistic(), missed_looks=0.0), FixedWorld(150, 1.0), seed=5)
    per_pair = [levels(air, 0, sender, 60) for sender in range(1, 150)]
    # Within a pair people turn, twelve times here, and every look fades on its own.
    assert fmean(pstdev(values) for values in per_pair) == pytest.approx(hypot(4.7, 2.05), abs=0.2)
    # Between pairs stays what no table knows: the pair itself, and the table's steps of 4 dB.
    expected = (5.2**2 + 2.05**2 / 12 + 4**2 / 12 + 4.7**2 / 60) ** 0.5
    assert pstdev(fmean(values) for values in per_pair) == pytest.approx(expected, abs=0.9)


def test_people_turn_every_five_minutes_for_both_alike() -> None:
    model, start = AirModel(bodies=True), NOON - NOON % TURN_S
    air = Air(model, FixedWorld(2, 1.0), seed=4)
    seen = [air.senders_near(0, start + TURN_S * turn)[1] for turn in range(400)]
    assert seen == [air.senders_near(1, start + TURN_S * turn + 299.0)[0] for turn in range(400)]
    assert sorted(set(seen)) == sorted({floor(-60 + loss + 0.5) for loss in BODY_DB})
    assert fmean(seen) == pytest.approx(-60, abs=0.3), "turning makes nobody nearer on average"
    assert hypot(5.2, pstdev(BODY_DB)) == pytest.approx(5.6, abs=0.05), "together as measured"


def test_looks_are_missed_as_often_as_stated_and_whole() -> None:
    air = Air(AirModel(missed_looks=0.05), FixedWorld(6, 1.0), seed=4)
    looks = [len(air.senders_near(0, NOON + LOOK_S * look)) for look in range(4000)]
    assert set(looks) == {0, 5}
    assert looks.count(0) / len(looks) == pytest.approx(0.05, abs=0.01)
    other = [len(air.senders_near(1, NOON + LOOK_S * look)) for look in range(4000)]
    assert looks != other, "each phone misses its own"


def test_phone_models_spread_as_stated_and_the_table_knows_them() -> None:
    air = Air(AirModel(model_sd_db=5.7, phone_models=5000), FixedWorld(2000, 1.0), seed=5)
    heard = air.senders_near(0, NOON)
    assert pstdev(heard.values()) == pytest.approx(5.7, abs=0.3)
    level = [rssi - air.dbm_at_1m(sender) for sender, rssi in heard.items()]
    assert max(map(abs, level)) <= 2.5
    assert fmean(level) == pytest.approx(0.0, abs=0.2)
    assert all(air.dbm_at_1m(sender) % 4 == 0 for sender in heard)


def test_people_share_phone_models() -> None:
    air = Air(AirModel(model_sd_db=5.7, phone_models=4), FixedWorld(200, 1.0), seed=5)
    assert len(set(air.senders_near(0, NOON).values())) <= 4


def test_the_level_falls_as_the_slope_says() -> None:
    # Deaf ears would keep only the stronger ones of the far frames.
    model = replace(AirModel.realistic(), sensitivity_dbm=-200.0, missed_looks=0.0)
    near, far = (
        fmean(value for sender in range(1, 40) for value in levels(air, 0, sender, 40))
        for air in (Air(model, FixedWorld(40, metres), seed=2) for metres in (1.0, 4.0))
    )
    assert near - far == pytest.approx(14.4 * log10(4), abs=0.1)


def test_mild_air_keeps_clear_contacts_apart() -> None:
    near = Air(AirModel.mild(), FixedWorld(24, 0.8), seed=1)
    far = Air(AirModel.mild(), FixedWorld(24, 8.0), seed=1)
    assert min(fmean(levels(near, 0, sender, 30)) for sender in range(1, 24)) > -4.0
    assert max(fmean(levels(far, 0, sender, 30)) for sender in range(1, 24)) < -7.0


@pytest.mark.parametrize(("people", "chance"), [(1, 0.0), (20, 0.054), (50, 0.134), (100, 0.253)])
def test_frames_collide_more_often_in_a_crowd(people: int, chance: float) -> None:
    model = AirModel(collisions=True)
    assert model.loss_among(people) == pytest.approx(chance, abs=0.001)


def test_loss_happens_as_often_as_stated() -> None:
    world = FixedWorld(50, 1.0)
    for model, chance in ((AirModel(loss=0.2), 0.2), (AirModel.realistic(), 0.132)):
        air = Air(model, world, seed=1)
        assert not air.lossless
        lost = [air.is_lost(0, 1, event, NOON + event / 4) for event in range(10_000)]
        assert fmean(lost) == pytest.approx(chance, abs=0.015)
    assert not any(Air(AirModel.mild(), world, 1).is_lost(0, 1, event, NOON) for event in range(100))


@pytest.mark.parametrize(
    "values",
    [
        {"look_sd_db": -1.0},
        {"loss": 1.1},
        {"missed_looks": -0.1},
        {"min_metres": 0.0},
        {"phone_models": 0},
        {"reference_dbm": nan},
    ],
)
def test_numbers_that_no_air_has_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(AirError):
        AirModel(**values)  # type: ignore[arg-type]
