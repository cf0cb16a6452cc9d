"""The load of the radio bench is the same at both depths, and its figures fit together."""

import pytest

from bluezone.sim.bench_radio import measure, run


def test_both_depths_carry_the_same_load() -> None:
    hci, frame = (measure(6, 600, depth=depth) for depth in ("hci", "frame"))
    assert (hci.scans, hci.receptions) == (frame.scans, frame.receptions)
    # Ten scans of 4 s each for six phones; five neighbours send about 15 times in a scan.
    assert 50 <= hci.scans <= 66
    assert hci.receptions / hci.scans / 5 == pytest.approx(15, abs=1)


def test_range_limits_who_is_heard() -> None:
    far, near = measure(12, 600, near=2, depth="frame"), measure(12, 600, depth="frame")
    assert (far.near, near.near) == (2, 11)
    assert near.receptions / far.receptions == pytest.approx(11 / 2, rel=0.05)


def test_the_figures_are_a_row() -> None:
    row = run(3, 120)
    assert row["depth"] == "hci"
    assert row["phones"] == 3
    assert isinstance(row["us_per_reception"], float)
    assert row["us_per_reception"] > 0
