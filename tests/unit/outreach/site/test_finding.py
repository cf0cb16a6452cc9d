"""Communes are found by names typed in any of the usual ways."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bluezone.outreach.site.finding import find, without_signs


@dataclass(frozen=True)
class Unit:
    """A commune."""

    name: str


UNITS = [Unit("Xã Nhân Cơ"), Unit("Phường Nam Gia Nghĩa"), Unit("Phường Đông Gia Nghĩa"), Unit("Xã Đắk Wil")]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("gia nghia", ["Phường Đông Gia Nghĩa", "Phường Nam Gia Nghĩa"]),
        ("  NGHĨA   đông ", ["Phường Đông Gia Nghĩa"]),
        ("dak", ["Xã Đắk Wil"]),
        ("Nhân Cơ", ["Xã Nhân Cơ"]),
        ("Nhân Cơ", ["Xã Nhân Cơ"]),
        ("Đà Nẵng", []),
        ("%_*.", []),
        ("x" * 100_000, []),
    ],
)
def test_a_typed_name_finds_its_communes(typed: str, names: list[str]) -> None:
    assert [unit.name for unit in find(UNITS, typed)] == names


def test_nothing_typed_lists_all_in_the_order_of_plain_letters() -> None:
    assert [without_signs(unit.name) for unit in find(UNITS, " ")] == [
        "phuong dong gia nghia",
        "phuong nam gia nghia",
        "xa dak wil",
        "xa nhan co",
    ]
