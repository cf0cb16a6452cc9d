"""The DOCX of a letter, read back: page, fonts, the form's places, every number."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from bluezone.outreach.documents.docx import FONT, write_docx
from bluezone.outreach.letter import Table
from tests.unit.outreach.documents.letters import instruction_letter, report_letter
from tests.unit.outreach.documents.test_pdf import texts


def opened(data: bytes) -> Any:
    return Document(BytesIO(data))


def whole_text(document: Any) -> str:
    """Every paragraph, in the body and in tables."""
    return " ".join(
        " ".join("".join(node.text or "" for node in paragraph.iter(qn("w:t"))).split())
        for paragraph in document.element.body.iter(qn("w:p"))
    )


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", ["report", "instruction"])
def test_everything_that_the_letter_says_is_in_the_document(kind: str, language: str) -> None:
    letter = report_letter(language) if kind == "report" else instruction_letter(language)
    said = whole_text(opened(write_docx(letter)))
    assert not [text for text in texts(letter) if text not in said]


def test_page_and_font_are_those_of_the_decree() -> None:
    document = opened(write_docx(report_letter()))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert 20 <= round(section.top_margin.mm) <= 25
    assert 20 <= round(section.bottom_margin.mm) <= 25
    assert 30 <= round(section.left_margin.mm) <= 35
    assert 15 <= round(section.right_margin.mm) <= 20
    normal = document.styles["Normal"]
    assert normal.font.name == FONT == "Times New Roman"
    assert 13 <= normal.font.size.pt <= 14


def test_the_head_has_two_columns_with_their_styles() -> None:
    head = opened(write_docx(report_letter())).tables[0]
    left, right = head.rows[0].cells
    assert [p.text for p in left.paragraphs][:2] == ["UBND THÀNH PHỐ GIA NGHĨA", "PHÒNG VĂN HÓA VÀ THÔNG TIN"]
    assert not left.paragraphs[0].runs[0].bold
    assert left.paragraphs[1].runs[0].bold
    assert [p.text for p in right.paragraphs][:2] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
    ]
    assert all(p.runs[0].bold for p in right.paragraphs[:2])
    place = head.rows[1].cells[1].paragraphs[0]
    assert place.text == "Gia Nghĩa, ngày 05 tháng 02 năm 2020"
    assert place.runs[0].italic
    lines = [
        p for cell in (left, right) for p in cell.paragraphs if p._p.find(f".//{qn('w:pBdr')}") is not None
    ]
    assert len(lines) == 2


def test_the_foot_has_copies_and_signature() -> None:
    foot = opened(write_docx(report_letter())).tables[-1]
    copies, signature = foot.rows[0].cells
    assert copies.paragraphs[0].text == "Nơi nhận:"
    assert copies.paragraphs[0].runs[0].italic
    assert [p.text for p in signature.paragraphs] == ["KT. TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG", "(đã ký)"]


def test_tables_repeat_their_header_and_are_as_wide_as_the_text() -> None:
    letter = report_letter()
    document = opened(write_docx(letter))
    wanted = [part for part in letter.parts if isinstance(part, Table)]
    made = [table for table in document.tables if table.style.name == "Table Grid"]
    assert len(made) == len(wanted)
    for table, part in zip(made, wanted, strict=True):
        assert table._tbl.tr_lst[0].find(f".//{qn('w:tblHeader')}") is not None
        assert len(table.rows) == len(part.rows) + 2
        assert sum(column.width.mm for column in table.columns) == pytest.approx(162, abs=1)


def test_the_chart_is_a_picture_and_the_second_page_has_a_number() -> None:
    document = opened(write_docx(report_letter()))
    assert len(document.inline_shapes) == 1
    section = document.sections[0]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml
    assert "PAGE" not in section.first_page_header._element.xml


def test_nothing_tells_when_or_by_whom_it_was_made() -> None:
    document = opened(write_docx(report_letter()))
    assert document.core_properties.author == "Phòng Văn hóa và Thông tin"
    assert re.match(r"2020-02-05", document.core_properties.created.isoformat())
    assert "python-docx" not in document.core_properties.comments
