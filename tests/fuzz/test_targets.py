"""The fuzz targets in the fast suite: earlier crashes never again, and a quick look by hypothesis."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, crashes, seeds, try_one


@pytest.mark.parametrize(("name", "data"), crashes())
def test_what_crashed_once_is_refused(name: str, data: bytes) -> None:
    try_one(name, data)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_every_seed_is_taken_or_refused(name: str) -> None:
    for data in seeds(name):
        try_one(name, data)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_changed_seeds_are_taken_or_refused(name: str) -> None:
    known = seeds(name) or [b""]

    @settings(max_examples=60)
    @given(st.sampled_from(known), st.integers(0, 4200), st.binary(max_size=8), st.integers(0, 8))
    def change(data: bytes, at: int, inserted: bytes, dropped: int) -> None:
        at = min(at, len(data))
        try_one(name, data[:at] + inserted + data[at + dropped :])

    change()


def test_an_error_outside_the_family_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_data: bytes) -> None:
        raise IndexError

    monkeypatch.setitem(TARGETS, "code", broken)
    with pytest.raises(IndexError):
        try_one("code", b"")
