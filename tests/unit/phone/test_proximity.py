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
    "alone": {"intercept": 0.5, "level": 0.1},
    "among_others": {"intercept": 0.25, "level": 0.1, "relative": 0.05, "crowd": -0.5},
    "lowest_level_db": -20,
    "highest_level_db": 5,
    "widest_relative_db": 10,
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
    # logit: 0.5 + 0.1 * mean(0, -10, empty as -20) = -0.5
    assert probability_near(window(0, -10, empty=1), model()) == pytest.approx(0.377540669)
    # logit: 0.25 + 0.1 * -5 + 0.05 * 4 - 0.5 * ln(1 + 0) = -0.05
    assert probability_near(window(-5, relative=4), model()) == pytest.approx(0.487502604)
    crowded = ProximityWindow(1, (HeardScan(-5, 4),), others_count=1.718281828459045)
    assert probability_near(crowded, model()) == pytest.approx(0.365864409), "ln(1 + others) is 1"


def test_an_empty_scan_counts_as_the_farthest_in_both_measures() -> None:
    far = ProximityWindow(2, (HeardScan(0, 0), HeardScan(-20, -10)))
    assert probability_near(window(0, relative=0, empty=1), model()) == probability_near(far, model())


@pytest.mark.parametrize("used", [MODEL, model()], ids=["shipped", "simple"])
@given(heard=heard_scans, empty=st.integers(1, 10), others=st.floats(0, 500), rise=st.floats(0, 60))
def test_monotone_order_free_and_finite(
    used: ProximityModel, heard: list[HeardScan], empty: int, others: float, rise: float
) -> None:
    count = len(heard) + empty
    p = probability_near(ProximityWindow(count, tuple(heard), others), used)
    assert isfinite(p) and 0 < p < 1
    assert probability_near(ProximityWindow(count, tuple(reversed(heard)), others), used) == p
    assert probability_near(ProximityWindow(count + 1, tuple(heard), others), used) <= p + 1e-12
    for at, scan in enumerate(heard):
        relative = None if scan.relative_db is None else scan.relative_db + rise
        nearer = (*heard[:at], HeardScan(scan.level_db + rise, relative), *heard[at + 1 :])
        assert probability_near(ProximityWindow(count, nearer, others), used) >= p - 1e-12


def test_the_shipped_model_tells_near_from_far() -> None:
    at_one_metre, at_ten = window(*[0.0] * 10), window(*[-14.4] * 10)
    assert probability_near(at_one_metre, MODEL) > 0.5 > probability_near(at_ten, MODEL)
    assert probability_near(window(empty=10), MODEL) < probability_near(window(-10, empty=9), MODEL)


def test_less_than_a_millisecond_a_window() -> None:
    scans = tuple(HeardScan(-3.0, 2.0) for _ in range(12))
    many = [ProximityWindow(12, scans, 20) for _ in range(500)]
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
    ("scan_count", "heard", "others"),
    [
        (0, (), 0),
        (-1, (), 0),
        (1, (HeardScan(0), HeardScan(0)), 0),
        (1, (HeardScan(float("nan")),), 0),
        (1, (HeardScan(float("inf")),), 0),
        (1, (HeardScan(0, float("nan")),), 0),
        (1, (), -1),
        (1, (), float("nan")),
    ],
)
def test_windows_that_nobody_can_have_seen(
    scan_count: int, heard: tuple[HeardScan, ...], others: float
) -> None:
    with pytest.raises(ValueError, match=r"window|scans"):
        ProximityWindow(scan_count, heard, others)


@pytest.mark.parametrize(
    "changes",
    [
        {"alone": {"intercept": 0.5, "level": -0.1}},
        {"alone": {"intercept": 1e999, "level": 0.1}},
        {"among_others": {"intercept": 0, "level": 0.1, "relative": -0.1}},
        {"lowest_level_db": 5},
        {"widest_relative_db": 0},
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
