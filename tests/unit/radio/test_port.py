"""The rules of the port that need no radio."""

import itertools

import pytest

from bluezone.radio.port import (
    MAX_SCAN_S,
    RadioError,
    RadioMisused,
    check_advertisement,
    check_scan,
    draw_address,
)


@pytest.mark.parametrize("length", [0, 1, 31])
def test_a_legacy_advertisement_fits(length: int) -> None:
    check_advertisement(bytes(length))


def test_a_longer_advertisement_is_refused() -> None:
    with pytest.raises(RadioMisused) as refused:
        check_advertisement(bytes(32))
    assert refused.value.code == "advertisement-length"
    assert "32" in refused.value.sentence


@pytest.mark.parametrize("seconds", [0, -1, MAX_SCAN_S + 1, float("nan"), float("inf")])
def test_impossible_scans_are_refused(seconds: float) -> None:
    with pytest.raises(RadioError) as refused:
        check_scan(seconds, running=False)
    assert refused.value.code == "scan-length"


def test_one_scan_at_a_time() -> None:
    with pytest.raises(RadioError) as refused:
        check_scan(4, running=True)
    assert refused.value.code == "scan-running"


def test_addresses_are_non_resolvable() -> None:
    address = draw_address(lambda n: b"\xff\xff\xff\xff\xff\x00"[:n])
    assert address == b"\x3f\xff\xff\xff\xff\x00"


def test_addresses_that_the_standard_forbids_are_drawn_again() -> None:
    draws = itertools.chain([bytes(6), b"\xc0" + bytes(5), b"\xff" * 6, b"\x7f" + b"\xff" * 5], [b"\x01" * 6])
    assert draw_address(lambda _n: next(draws)) == b"\x01" * 6
