"""The tree of units: who is below whom, what a typed name means, units that end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluezone.outreach.errors import UnitsRefused, UnitUnknown
from bluezone.outreach.unit_sources import example_units
from bluezone.outreach.units import Unit, UnitTree, check_units, plain, without_kind
from tests.unit.outreach.case import PHU, TREE

EXAMPLE = UnitTree(example_units())


def test_a_tree_knows_both_directions() -> None:
    assert [unit.unit_id for unit in TREE.ancestors("nghia-phu")] == ["gia-nghia", "dak-nong"]
    assert [unit.unit_id for unit in TREE.descendants("dak-nong")][:2] == ["gia-nghia", "nghia-phu"]
    assert len(TREE.leaves("dak-nong")) == 5
    assert TREE.leaves("nghia-phu") == ()
    with pytest.raises(UnitUnknown):
        TREE.get("nowhere")


NAMES = [
    ("Phường Nghĩa Phú", "nghia-phu"), ("nghĩa phú", "nghia-phu"), ("NGHIA  PHU", "nghia-phu"),
    ("P.Nghĩa Phú", "nghia-phu"), ("UBND phường Nghĩa Phú", "nghia-phu"), ("nghia-phu", "nghia-phu"),
    ("Đak Nia", "dak-nia"), ("xã Dak Nia", "dak-nia"), ("Đắk R'Moan", "dak-r-moan"),
    ("Đắk R Moan", "dak-r-moan"),
    ("TP Gia Nghĩa", "gia-nghia"), ("Uỷ ban nhân dân thành phố Gia Nghĩa", "gia-nghia"),
    ("Ủy ban nhân dân thành phố Gia Nghĩa", "gia-nghia"), ("Phòng Y tế", "y-te"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "unit_id"), NAMES)
def test_what_people_type_is_understood(typed: str, unit_id: str) -> None:
    found = EXAMPLE.find(typed)
    assert found is not None
    assert found.unit_id == unit_id


@pytest.mark.parametrize(
    ("typed", "unit_id"),
    [
        ("Nghĩa Phúu", "nghia-phu"),
        ("Phường Quản Thành", "quang-thanh"),
        ("Xã Đắc Nìa", "dak-nia"),
        ("Phòng Giáo dục", "giao-duc"),
    ],
)
def test_a_misspelt_name_is_not_guessed_but_suggested(typed: str, unit_id: str) -> None:
    assert EXAMPLE.find(typed) is None
    near = EXAMPLE.suggest(typed)
    assert near is not None
    assert near.unit_id == unit_id


def test_a_name_that_two_units_have_means_neither() -> None:
    tree = UnitTree(
        [
            Unit("t", "Tỉnh"),
            Unit("a", "Xã Tân Lập", parent_id="t"),
            Unit("b", "Phường Tân Lập", parent_id="t"),
        ]
    )
    assert tree.find("Tân Lập") is None
    assert tree.find("Xã Tân Lập") == tree.get("a")
    assert tree.find("Tân Lập", below="a") is None
    two = UnitTree(
        [Unit("p", "P"), Unit("q", "Q"), Unit("pa", "Xã A", parent_id="p"), Unit("qa", "Xã A", parent_id="q")]
    )
    assert two.find("Xã A") is None
    assert two.find("Xã A", below="q") == two.get("qa")
    assert two.find("pa", below="q") is None


def test_far_names_are_not_suggested() -> None:
    assert EXAMPLE.suggest("Thành phố Hồ Chí Minh") is None
    assert EXAMPLE.suggest("x" * 100_000) is None


def test_a_unit_ends_on_a_day() -> None:
    ended = replace(PHU, removed_on=date(2025, 7, 1))
    assert ended.is_active(date(2025, 6, 30))
    assert not ended.is_active(date(2025, 7, 1))


@pytest.mark.parametrize(
    ("units", "code"),
    [
        ([], "unit-count"),
        ([Unit("a", "A", parent_id="b"), Unit("b", "B", parent_id="a")], "unit-circle"),
        ([Unit("a", "A", parent_id="?")], "unit-parent-unknown"),
        ([Unit("a", "A"), Unit("a", "B")], "unit-twice"),
        ([Unit("", "A")], "unit-id-invalid"),
        ([Unit("a\n", "A")], "unit-id-invalid"),
        ([Unit("a", " ")], "unit-name-invalid"),
        ([Unit("a", "A", population=-1)], "unit-count-invalid"),
        ([Unit("a", "A", merged_into="a")], "unit-successor-unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_tree_is_refused(units: list[Unit], code: str) -> None:
    assert code in {one.code for one in check_units(units)}
    with pytest.raises(UnitsRefused):
        UnitTree(units)


def test_a_chain_deeper_than_any_administration_is_refused() -> None:
    chain = [Unit("0", "0"), *(Unit(str(n), str(n), parent_id=str(n - 1)) for n in range(1, 40))]
    with pytest.raises(UnitsRefused):
        UnitTree(chain)


@given(st.text(max_size=60))
def test_comparing_names_never_fails_and_settles(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert len(without_kind(text)) <= len(plain(text))
    EXAMPLE.find(text)
