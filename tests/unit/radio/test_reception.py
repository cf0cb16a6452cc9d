"""One scan's receptions become one item per (address, data)."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluezone.radio.port import HeardAdvertisement
from bluezone.radio.reception import Receptions, mean_half_up

A, B = b"\x01" * 6, b"\x02" * 6


def test_pairs_are_kept_apart_and_ordered_by_first_reception() -> None:
    scan = Receptions()
    scan.add(B, b"x", 1.0, -60)
    scan.add(A, b"x", 2.0, -70)
    scan.add(B, b"y", 3.0, -80)
    scan.add(B, b"x", 4.0, -61, 3)
    assert scan.result() == [
        HeardAdvertisement(1.0, B, b"x", -61, 4),
        HeardAdvertisement(2.0, A, b"x", -70, 1),
        HeardAdvertisement(3.0, B, b"y", -80, 1),
    ]


@pytest.mark.parametrize("rssi", [127, -127, -128])
def test_unusable_strengths_are_not_counted(rssi: int) -> None:
    scan = Receptions()
    scan.add(A, b"", 1.0, rssi)
    assert scan.result() == []
    scan.add(A, b"", 2.0, -50)
    scan.add(A, b"", 3.0, rssi)
    assert scan.result() == [HeardAdvertisement(2.0, A, b"", -50, 1)]


@pytest.mark.parametrize(
    ("total", "count", "mean"), [(-121, 2, -60), (-3, 2, -1), (3, 2, 2), (-4, 3, -1), (-5, 3, -2)]
)
def test_a_half_rounds_up(total: int, count: int, mean: int) -> None:
    assert mean_half_up(total, count) == mean


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_the_mean_is_the_slow_mean(total: int, count: int) -> None:
    assert mean_half_up(total, count) == math.floor(Fraction(total, count) + Fraction(1, 2))


def test_further_pairs_are_counted_not_kept() -> None:
    scan = Receptions(limit=100)
    for number in range(150):
        scan.add(number.to_bytes(6, "big"), b"", number, -60)
    scan.add((7).to_bytes(6, "big"), b"", 200, -60)
    heard = scan.result()
    assert len(heard) == 100
    assert heard[7].count == 2
    assert scan.dropped_count == 50
