"""How a unit is named within a sentence and at the head of a letter, after Decree 30/2020/ND-CP."""

from __future__ import annotations

import pytest

from bluezone.outreach.kit.naming import committee_of, inline_name, is_territory
from bluezone.outreach.kit.wording import words_for
from tests.unit.outreach.kit.conftest import MakeUnit

INLINE = {
    "Phường Bắc Gia Nghĩa": "phường Bắc Gia Nghĩa",
    "Tỉnh Lâm Đồng": "tỉnh Lâm Đồng",
    "Thành Phố Đà Lạt": "thành phố Đà Lạt",
    "Thị xã La Gi": "thị xã La Gi",
    "Đặc khu Phú Quý": "đặc khu Phú Quý",
    "Xã Đắk R'lấp": "xã Đắk R'lấp",
    # With a number, and where the kind belongs to the name, it stays large.
    "Phường 1": "Phường 1",
    "Quận III": "Quận III",
    "Thành phố Hồ Chí Minh": "Thành phố Hồ Chí Minh",
    # Not the kind of a territory.
    "Tỉnh ủy Lâm Đồng": "Tỉnh ủy Lâm Đồng",
    "Tỉnh Đoàn Lâm Đồng": "Tỉnh Đoàn Lâm Đồng",
    "Xã đội": "Xã đội",
    "Trường THCS Nghĩa Tân": "Trường THCS Nghĩa Tân",
    "Phường": "Phường",
    "": "",
}


@pytest.mark.parametrize(("name", "inline"), INLINE.items())
def test_the_kind_is_written_small_before_a_name(name: str, inline: str) -> None:
    assert inline_name(name, "vi") == inline
    assert inline_name(name, "en") == name


def test_a_territory_issues_letters_as_its_committee() -> None:
    assert committee_of("Phường Bắc Gia Nghĩa", "vi") == "Ủy ban nhân dân phường Bắc Gia Nghĩa"
    assert committee_of("UBND phường Bắc Gia Nghĩa", "vi") == "UBND phường Bắc Gia Nghĩa"
    assert committee_of("Lam Dong Province", "en") == "People's Committee of Lam Dong Province"
    assert is_territory("Tỉnh Lâm Đồng")
    assert is_territory("Lam Dong Province")
    assert not is_territory("Tỉnh ủy Lâm Đồng")
    assert not is_territory("Sở Y tế tỉnh Lâm Đồng")


def test_issuer_and_superior_follow_from_kind_and_parent(make_unit: MakeUnit) -> None:
    ward = make_unit()
    assert ward.issuer_in("vi") == "Ủy ban nhân dân phường Bắc Gia Nghĩa"
    assert ward.superior_in("vi") == "Ủy ban nhân dân tỉnh Lâm Đồng"
    assert ward.issuer_in("en") == "People's Committee of Bac Gia Nghia Ward"
    school = make_unit(kind='"school"', name='"Trường THCS Nghĩa Tân"', parent='"Phòng Giáo dục và Đào tạo"')
    assert school.issuer_in("vi") == "Trường THCS Nghĩa Tân"
    assert school.superior_in("vi") == "Phòng Giáo dục và Đào tạo"


def test_a_sentence_and_a_letter_name_the_unit_as_they_should(make_unit: MakeUnit) -> None:
    words = words_for("vi", make_unit())
    assert words["install"]["help"].endswith("cán bộ phường Bắc Gia Nghĩa.")
    assert words["media"]["spot"]["lines"][0] == "Thông báo của phường Bắc Gia Nghĩa, tỉnh Lâm Đồng."
    assert (
        "gần ca nhiễm, Ủy ban nhân dân phường Bắc Gia Nghĩa đề nghị"
        in words["documents"]["letter"]["paragraphs"][0]
    )
    assert words["documents"]["post"]["paragraphs"][-1] == "Phường Bắc Gia Nghĩa, tỉnh Lâm Đồng"
