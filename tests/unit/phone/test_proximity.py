"""How likely another phone was within two metres: monotone, order-free, finite; and what is refused."""

from __future__ import annotations

import json
import time
from importlib import resources
from math import isfinite
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluezone.phone.errors import ProximityModelError
from bluezone.phone.proximity import (
    HeardScan,
    ProximityModel,
    ProximityWindow,
    parse_model,
    probability_near,
    rhythm_fits,
)

SHIPPED = resources.files("bluezone.phone").joinpath("proximity.json").read_bytes()
MODEL = parse_model(SHIPPED)
SIMPLE: dict[str, Any] = {
    "alone": {"intercept": -1, "nearness": 3},
    "among_others": {"intercept": -2, "nearness": 2, "prominence": 1},
    "shape": {"level_middle_db": -4, "relative_middle_db": 6, "spread_db": 3},
    "rhythm_s": 60,
    "provenance": {},
}

levels = st.floats(-150, 150)
relatives = st.none() | st.floats(-150, 150)
heard_scans = st.lists(st.builds(HeardScan, levels, relatives), max_size=12)


def model(**changes: Any) -> ProximityModel:
    """The simple model with some fields replaced."""
    return parse_model(json.dumps(SIMPLE | changes).encode())


def window(*level_db: float, empty: int = 0, relative: float | None = None) -> ProximityWindow:
    """A window of heard scans at these levels and some that heard nothing."""
    heard = tuple(HeardScan(one, relative) for one in level_db)
    return ProximityWindow(len(heard) + empty, heard)


def test_by_hand() -> None:
    # Scans count 0.5 (at the middle), 1 / (1 + e) = 0.268941 (a spread below) and, empty, 0;
    # their mean is 0.256314 and the logit -1 + 3 * 0.256314.
    assert probability_near(window(-4, -7, empty=1), model()) == pytest.approx(0.442491, abs=1e-6)
    # Both count half: -2 + 2 * 0.5 + 1 * 0.5 = -0.5
    assert probability_near(window(-4, relative=6), model()) == pytest.approx(0.377541, abs=1e-6)
    # Never heard: the intercept among others, -2.
    assert probability_near(window(empty=3), model()) == pytest.approx(0.119203, abs=1e-6)


def test_an_empty_scan_counts_as_one_at_no_level_at_all() -> None:
    far = ProximityWindow(2, (HeardScan(0, 0), HeardScan(-1000, -1000)))
    empty = window(0, relative=0, empty=1)
    assert probability_near(empty, model()) == pytest.approx(probability_near(far, model()))


def test_a_scan_without_a_third_phone_is_left_out_of_the_comparison() -> None:
    mixed = ProximityWindow(2, (HeardScan(0, 4), HeardScan(0)))
    assert probability_near(mixed, model()) == probability_near(window(0, relative=4), model())


@pytest.mark.parametrize("used", [MODEL, model()], ids=["shipped", "simple"])
@given(heard=heard_scans, empty=st.integers(1, 10), rise=st.floats(0, 60))
def test_monotone_order_free_and_finite(
    used: ProximityModel, heard: list[HeardScan], empty: int, rise: float
) -> None:
    count = len(heard) + empty
    p = probability_near(ProximityWindow(count, tuple(heard)), used)
    assert isfinite(p) and 0 < p < 1
    assert probability_near(ProximityWindow(count, tuple(reversed(heard))), used) == p
    assert probability_near(ProximityWindow(count + 1, tuple(heard)), used) <= p + 1e-12
    for at, scan in enumerate(heard):
        relative = None if scan.relative_db is None else scan.relative_db + rise
        nearer = (*heard[:at], HeardScan(scan.level_db + rise, relative), *heard[at + 1 :])
        assert probability_near(ProximityWindow(count, nearer), used) >= p - 1e-12


def test_the_shipped_model_tells_near_from_far() -> None:
    at_one_metre, at_ten = window(*[0.0] * 10), window(*[-14.4] * 10)
    assert probability_near(at_one_metre, MODEL) > 0.5 > probability_near(at_ten, MODEL)
    assert probability_near(window(empty=10), MODEL) < probability_near(window(-10, empty=9), MODEL)


def test_less_than_a_millisecond_a_window() -> None:
    scans = tuple(HeardScan(-3.0, 2.0) for _ in range(12))
    many = [ProximityWindow(12, scans) for _ in range(500)]
    began = time.process_time()
    for one in many:
        probability_near(one, MODEL)
    assert (time.process_time() - began) / len(many) < 0.001


@pytest.mark.parametrize(
    ("seen_s", "fits"), [(60, True), (120, True), (30, True), (121, False), (29, False), (255, False)]
)
def test_rhythm(seen_s: float, fits: bool) -> None:
    assert rhythm_fits(seen_s, model()) is fits


@pytest.mark.parametrize(
    ("scan_count", "heard"),
    [
        (0, ()),
        (-1, ()),
        (1, (HeardScan(0), HeardScan(0))),
        (1, (HeardScan(float("nan")),)),
        (1, (HeardScan(float("inf")),)),
        (1, (HeardScan(0, float("nan")),)),
    ],
)
def test_windows_that_nobody_can_have_seen(scan_count: int, heard: tuple[HeardScan, ...]) -> None:
    with pytest.raises(ValueError, match=r"window|scans"):
        ProximityWindow(scan_count, heard)


@pytest.mark.parametrize(
    "changes",
    [
        {"alone": {"intercept": 0.5, "nearness": -0.1}},
        {"alone": {"intercept": 1e999, "nearness": 0.1}},
        {"among_others": {"intercept": 0, "nearness": 0.1, "prominence": -0.1}},
        {"shape": {"level_middle_db": -4, "relative_middle_db": 6, "spread_db": 0}},
        {"shape": {"level_middle_db": -4}},
        {"rhythm_s": 0},
        {"further": 1},
        {"provenance": {"scenes": 3}},
    ],
)
def test_files_that_are_no_model(changes: dict[str, Any]) -> None:
    with pytest.raises(ProximityModelError) as refused:
        model(**changes)
    assert refused.value.code == "proximity-model"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_bytes_that_are_no_model(data: bytes) -> None:
    with pytest.raises(ProximityModelError):
        parse_model(data)
