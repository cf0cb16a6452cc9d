"""Phone models: two scales that meet, and a table that is measured."""

from __future__ import annotations

from math import log10

import numpy as np
import pytest

from bluezone.lab.devices import (
    Device,
    Devices,
    PairLevel,
    attenuation_db,
    average_phone,
    from_google,
    measured,
    median_device,
    pair_levels,
)
from bluezone.lab.recording import Reception
from tests.unit.lab.made_up import recording

LISTED = Devices({"A": Device(0, -60), "B": Device(0, -60)}, Device(0, -60))


def test_the_two_scales_meet() -> None:
    """attenuation = sent - (RSSI + correction), Google's definition, for any device."""
    devices = Devices({"R": from_google(5, -25), "S": from_google(2, -29)}, Device(0, -60))
    assert attenuation_db(devices.level_db(-70, "R", "S")) == -29 - (-70 + 5)
    assert devices.level_db(-82 - 5, "R", "S") == 0, "53 dB of attenuation are one metre"


def test_an_unknown_model_is_the_usual_one() -> None:
    assert LISTED.level_db(-64, "?", "?") == -4
    assert median_device([Device(1, -70), Device(3, -60), Device(8, -50)]) == Device(3, -60)


def scene_levels(people: int, loud_sender_db: float, deaf_receiver_db: float, seed: int) -> list[PairLevel]:
    """Everybody at 1.5 m of everybody; phones of model B send louder and report lower."""
    random = np.random.default_rng(seed)
    carried = random.normal(0, 2, (people, 2))
    found = []
    for receiver in range(people):
        for sender in range(people):
            if receiver == sender:
                continue
            rssi = -60 - 14.4 * log10(1.5) + carried[receiver, 0] + carried[sender, 1] + random.normal(0, 2)
            rssi += loud_sender_db * (sender % 2) - deaf_receiver_db * (receiver % 2)
            names = "AB"[receiver % 2], "AB"[sender % 2]
            metres = random.uniform(1, 2.2)
            rssi += 14.4 * (log10(1.5) - log10(metres))
            found.append(PairLevel(f"scene {seed}", str(receiver), str(sender), *names, log10(metres), rssi))
    return found


def test_measured_models_are_found() -> None:
    levels = [one for seed in range(6) for one in scene_levels(20, 6.0, 4.0, seed)]
    found = measured(levels, LISTED).known
    assert found["B"].dbm_at_1m - found["A"].dbm_at_1m == pytest.approx(6, abs=1.2)
    assert found["B"].receiver_correction_db - found["A"].receiver_correction_db == pytest.approx(4, abs=1.2)
    table = measured(levels, LISTED)
    assert table.level_db(-60, "A", "A") == pytest.approx(0, abs=1.0), "one metre stays 0 dB"
    assert table.level_db(-60 + 6 - 4, "B", "B") == pytest.approx(0, abs=1.0)


def test_one_persons_pocket_is_not_a_model() -> None:
    """A model that one phone stands for, in one scene, moves by less than half of what was heard of it."""
    levels = [one for one in scene_levels(11, 0, 0, 1) if {one.receiver, one.sender}.isdisjoint({"1"})]
    only = [
        PairLevel("scene 1", str(receiver), "one", "A", "C", log10(1.5), -60 - 14.4 * log10(1.5) + 10)
        for receiver in range(10)
    ]
    with_c = Devices({**LISTED.known, "C": Device(0, -60)}, LISTED.other)
    found = measured([*levels, *only], with_c).known
    assert 0 < found["C"].dbm_at_1m - found["A"].dbm_at_1m < 5


def test_the_average_phone_is_the_median_at_one_metre_whatever_a_pocket_swallows() -> None:
    levels = [
        PairLevel("s", "a", "b", "A", "B", log10(metres), -60 - 14.4 * log10(metres)) for metres in (1, 2, 3)
    ]
    pocket = PairLevel("s", "a", "c", "A", "C", 0.0, -95.0)
    found = average_phone(levels)
    assert found.receiver_correction_db == 0 and found.dbm_at_1m == pytest.approx(-60)
    assert average_phone([*levels, pocket]).dbm_at_1m == pytest.approx(-60)


def test_levels_of_pairs_come_from_near_minutes_of_known_distance() -> None:
    rows = [Reception("a", "b", 1.0, -60), Reception("a", "b", 70.0, -64), Reception("a", "c", 1.0, -80)]
    rows += [Reception("b", "c", 2.0, -75)]
    found = pair_levels(recording(rows, {"ab": 2.0, "ac": 8.0}))
    assert [(one.receiver_model, one.sender_model, one.rssi_dbm) for one in found] == [("A", "B", -62)]
    assert found[0].log10_metres == pytest.approx(log10(2))
