"""The rules in use, by hand."""

from __future__ import annotations

import pytest

from bluezone.lab.cases import Case, Look
from bluezone.lab.devices import Device, Devices
from bluezone.lab.rules import CONVENTIONS, lowest_attenuation, mean_level, mean_rssi, rules_in_use
from tests.unit.lab.made_up import case

# 53 dB of attenuation are received as -53 dBm: attenuation is the level without its sign.
DEVICES = Devices({}, Device(0, 0 - 53))
CWA, LATER, SWISS, IMMUNI = rules_in_use()


@pytest.mark.parametrize(
    ("attenuation", "weights"),
    [
        (49, (1, 0.8, 1, 1)),
        (50, (1, 0.8, 0.5, 1)),
        (54.9, (1, 0.8, 0.5, 1)),
        (55, (0.5, 0.8, 0, 1)),
        (62.9, (0.5, 0.8, 0, 1)),
        (63, (0, 1.0, 0, 1)),
        (72.9, (0, 1.0, 0, 1)),
        (73, (0, 0.1, 0, 0)),
        (79, (0, 0, 0, 0)),
    ],
)
def test_weights(attenuation: float, weights: tuple[float, ...]) -> None:
    found = [rule.score(case("s", True, -attenuation), DEVICES) for rule in (CWA, LATER, SWISS, IMMUNI)]
    assert found == list(weights)


def test_unheard_scans_weigh_nothing() -> None:
    assert CWA.score(case("s", True, -50, None, -60, None), DEVICES) == (1 + 0.5) / 4
    assert mean_rssi(case("s", True, -50, None, -60)) == -55
    assert mean_rssi(case("s", True, None)) < -150


@pytest.mark.parametrize(
    ("gaps", "levels", "warns"),
    [
        ((240, 240), (-50, -56), True),  # 4 + 2 minutes
        ((240, 240), (-56, -56), False),  # 2 + 2 minutes
        ((300, 300), (-50, None), True),  # 5 minutes
        ((299, 300), (-50, None), False),
    ],
)
def test_a_third_of_fifteen_minutes_keeps_the_pace(
    gaps: tuple[float, ...], levels: tuple[float | None, ...], warns: bool
) -> None:
    looks = tuple(Look(level, None, gap) for level, gap in zip(levels, gaps, strict=True))
    assert CWA.warns(Case("s", "a", "b", "A", "B", 0, looks, True), DEVICES) is warns


@pytest.mark.parametrize(
    ("gaps", "levels", "warns"),
    [
        # 4.25 minutes; 5 rounded up; half of the window.
        ((255, 255), (-50, None), {"seconds": False, "minutes, rounded up": True, "equal shares": True}),
        # 4.25 and 4.25 half: 6.4; the shares say 7.5.
        ((255, 255), (-50, -60), {"seconds": True, "minutes, rounded up": True, "equal shares": True}),
        # A third look takes its share away: 3.3 minutes.
        (
            (240, 240, 200),
            (-50, None, None),
            {"seconds": False, "minutes, rounded up": False, "equal shares": False},
        ),
        ((300, 100), (-50, None), {"seconds": True, "minutes, rounded up": True, "equal shares": True}),
        ((300, 100), (None, -50), {"seconds": False, "minutes, rounded up": False, "equal shares": True}),
        ((241, 9), (-50, None), {"seconds": False, "minutes, rounded up": True, "equal shares": True}),
    ],
)
def test_what_a_scan_stands_for_decides(
    gaps: tuple[float, ...], levels: tuple[float | None, ...], warns: dict[str, bool]
) -> None:
    looks = tuple(Look(level, None, gap) for level, gap in zip(levels, gaps, strict=True))
    one = Case("s", "a", "b", "A", "B", 0, looks, True)
    assert {name: CWA.warns(one, DEVICES, minutes) for name, minutes in CONVENTIONS.items()} == warns


def test_single_levels() -> None:
    one = case("s", True, -50, None, -60)
    assert lowest_attenuation(one, DEVICES) == 50 and mean_level(one, DEVICES) == -55
    unheard = case("s", True, None)
    assert lowest_attenuation(unheard, DEVICES) == 200 and mean_level(unheard, DEVICES) == -200
    louder = Devices({"B": Device(0, -43)}, DEVICES.other)
    assert lowest_attenuation(one, louder) == 60, "corrected by the sender's model"


def test_every_rule_says_what_it_is() -> None:
    for rule in rules_in_use():
        assert rule.name and rule.what and list(rule.below_db) == sorted(rule.below_db)
        assert len(rule.below_db) == len(rule.weights)
