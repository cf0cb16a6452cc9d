"""Lists of units: the example, an office's own file, the official list, and lists that are no tree."""

from __future__ import annotations

from datetime import date

import pytest

from bluezone.outreach.errors import SpreadsheetRefused, UnitsRefused, UnitUnknown
from bluezone.outreach.spreadsheet.unit_list import read_officers, read_units
from bluezone.outreach.unit_sources import example_units, official_units
from bluezone.outreach.units import Officer, UnitTree
from bluezone.outreach.wording import sentence
from bluezone.web.language import words_of
from tests.unit.outreach.spreadsheet.files import xlsx

TITLES = ("mã", "tên", "trực thuộc", "dân số", "cán bộ", "ngừng hoạt động", "nhập vào")


def test_the_example_has_fourteen_reporting_units_and_names_nobody() -> None:
    tree = UnitTree(example_units())
    assert [root.name for root in tree.roots()] == ["Tỉnh Đắk Nông"]
    asked = tree.children("gia-nghia")
    assert len(asked) == 14
    assert sum(unit.has_residents for unit in asked) == 8
    assert not [officer.name for unit in tree for officer in unit.officers if officer.name]
    assert all(officer.email.endswith(".example") for unit in tree for officer in unit.officers)
    assert tree.get("gia-nghia").office == "Phòng Văn hóa và Thông tin"


def test_an_office_may_bring_its_own_list_as_xlsx() -> None:
    data = xlsx(
        ("a", "Tỉnh A", None, None, None, None, None),
        ("b", "Xã B", "a", "1.234", "trưởng thôn | | 0261 000; phó|Người B||b@a.example", "01/07/2025", "c"),
        ("c", "Xã C", "a", 900, None, None, None),
        titles=TITLES,
    )
    tree = UnitTree(read_units(data))
    merged = tree.get("b")
    assert merged.population == 1234
    assert merged.officers == (
        Officer("trưởng thôn", "", "0261 000"),
        Officer("phó", "Người B", "", "b@a.example"),
    )
    assert merged.removed_on == date(2025, 7, 1)
    assert merged.merged_into == "c"
    assert not merged.is_active(date(2025, 7, 1))


BAD = [
    (("a", "Tỉnh A", "a"), "unit-circle", "Ô C2"),
    (("b", "Xã B", "x"), "unit-parent-unknown", "Ô C2"),
    (("b", "", None), "unit-name-invalid", "Ô B2"),
    (("b", "Xã B", None, "-3"), "count-negative", "Ô D2"),
    (("b", "Xã B", None, 5, None, "32/01/2020"), "date-impossible", "Ô F2"),
    (("b", "Xã B", None, 5, None, None, "z"), "unit-successor-unknown", "Ô G2"),
]


@pytest.mark.parametrize(("row", "code", "cell"), BAD, ids=[code for _, code, _ in BAD])
def test_a_list_that_is_no_tree_is_refused_whole(row: tuple[object, ...], code: str, cell: str) -> None:
    with pytest.raises(UnitsRefused) as refused:
        read_units(xlsx(row, ("c", "Xã C"), titles=TITLES))
    assert [one.code for one in refused.value.problems] == [code]
    said = sentence(refused.value.problems[0], words_of("vi"))
    assert said.startswith(f"{cell}: ")
    assert "{" not in said


def test_an_id_twice_is_told() -> None:
    with pytest.raises(UnitsRefused) as refused:
        read_units(xlsx(("a", "Xã A"), ("a", "Xã B"), titles=TITLES))
    assert [one.code for one in refused.value.problems] == ["unit-twice"]


def test_something_else_than_a_list_is_refused() -> None:
    with pytest.raises(SpreadsheetRefused):
        read_units(b"hello;world\n1;2\n")


def test_the_official_list_has_two_levels() -> None:
    tree = UnitTree(official_units())
    provinces = tree.children("vn")
    assert len(provinces) == 34
    assert len(tree) == 1 + 34 + sum(len(tree.children(one.unit_id)) for one in provinces)
    assert len(tree.leaves("vn")) > 3000
    lam_dong = UnitTree(official_units("Lâm Đồng"))
    assert lam_dong.find("Bắc Gia Nghĩa") == lam_dong.get("24611")
    assert UnitTree(official_units("68")).roots() == lam_dong.roots()
    with pytest.raises(UnitUnknown):
        official_units("Atlantis")


def test_officers_are_read_from_one_cell() -> None:
    assert read_officers("") == ()
    assert read_officers(" ; | ;") == ()
    assert read_officers("a|b|c|d|e") == (Officer("a", "b", "c", "d"),)
