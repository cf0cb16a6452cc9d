"""What letters say: the form's places, numbers with their denominators, blocks that the office edits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from bluezone.outreach.documents.docx import write_docx
from bluezone.outreach.documents.pdf import write_pdf
from bluezone.outreach.figures import Denominator
from bluezone.outreach.instruction import Target
from bluezone.outreach.letter import (
    Chart,
    Heading,
    Items,
    Letter,
    Paragraph,
    Table,
    long_date,
    write_instruction,
)
from bluezone.outreach.report_letter import BLOCKS, default_blocks, write_report
from bluezone.outreach.rollup import roll_up
from bluezone.web.language import words_of
from tests.unit.outreach.case import DAY_S, DUE_AT, INSTRUCTION, TREE
from tests.unit.outreach.documents.letters import FRAME, VERSIONS, instruction_letter, report_letter, table


def text_of(letter: Letter) -> str:
    """Everything that its parts say."""
    found: list[str] = []
    for part in letter.parts:
        if isinstance(part, Heading | Paragraph):
            found.append(part.text)
        elif isinstance(part, Items):
            found += part.texts
    return "\n".join(found).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2020, 8, 17), "ngày 17 tháng 8 năm 2020"),
        (date(2020, 2, 5), "ngày 05 tháng 02 năm 2020"),
        (date(2020, 12, 9), "ngày 09 tháng 12 năm 2020"),
    ],
)
def test_the_date_line_has_two_digits_where_the_form_asks_for_them(day: date, text: str) -> None:
    assert long_date(day, "vi") == text


def test_the_founding_letter_has_its_own_shape() -> None:
    letter = instruction_letter()
    assert letter.body == "UBND thành phố Gia Nghĩa"
    assert letter.office == "Phòng Văn hóa và Thông tin"
    assert letter.number == "Số: 110/VH-TT-CNTT"
    assert letter.subject == "V/v tuyên truyền, vận động cài đặt ứng dụng Bluezone"
    assert letter.place_and_date == "Gia Nghĩa, ngày 17 tháng 8 năm 2020"
    assert letter.state == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert letter.motto == "Độc lập - Tự do - Hạnh phúc"
    assert letter.to_label == "Kính gửi:"
    assert letter.addressed_to[0] == "Phường Nghĩa Phú"
    assert letter.courtesy == ""
    said = text_of(letter)
    assert "4. Báo cáo kết quả trước 16:00 ngày 19/08/2020" in said
    assert "https://bluezone.example/tai-lieu" in said
    assert "Mục tiêu: 50 % số người có điện thoại thông minh" in said
    assert said.endswith("./.")


def test_a_repeated_instruction_says_how_often() -> None:
    weekly = replace(INSTRUCTION, repeat_days=7, period_count=4)
    for language, text in (("vi", "hằng tuần"), ("en", "every week")):
        letter = write_instruction(weekly, TREE, words_of(language).text, language)
        assert text in text_of(letter)


def test_a_report_says_who_is_late_and_who_is_missing() -> None:
    said = text_of(report_letter())
    assert "4 trên 5 đơn vị đã báo cáo, trong đó 3 đơn vị báo cáo đúng thời hạn." in said
    assert "Nộp trễ (1): Phường Nghĩa Đức." in said
    assert "Chưa nộp (1): Xã Đắk R’Moan." in said


def test_every_rate_stands_with_its_denominator_and_its_units() -> None:
    said = text_of(report_letter())
    assert "6.355 người (do các đơn vị đếm và báo cáo)" in said
    assert "21,18 % (6.355 trên 30.000 người, 3 đơn vị có đủ số liệu)" in said
    assert "46,55 % (5.121 trên 11.000 người, 2 đơn vị có đủ số liệu)" in said
    assert "+500 người, +4,55 điểm phần trăm trên dân số (so sánh 1 đơn vị" in said
    assert "cao nhất: Phường Nghĩa Phú (50,00 %)" in said
    assert "thấp nhất: Phường Nghĩa Đức (42,42 %)" in said
    assert "1 trên 2 đơn vị đã đạt" in said
    assert "7.421 lượt tải" in said
    assert "không phải số người sử dụng" in said


def test_the_english_letter_is_marked_as_a_translation() -> None:
    letter = report_letter("en")
    assert "courtesy translation" in letter.courtesy.lower()
    said = text_of(letter)
    assert "21.18% (6,355 of 30,000 people" in said
    assert not said.endswith("./.")
    assert "letter." not in said.replace("letter.\n", "")


def test_sections_are_numbered_without_gaps_and_empty_ones_left_out() -> None:
    letter = report_letter(downloads="", work="", proposals="  \n ")
    heads = [part.text for part in letter.parts if isinstance(part, Heading)]
    assert [head.split(".")[0] for head in heads] == ["1", "2", "3", "4"]
    assert heads[-1] == "4. Khó khăn, vướng mắc"


def test_the_office_may_rewrite_every_block() -> None:
    for block in BLOCKS:
        assert f"Đoạn của văn phòng: {block}" in text_of(
            report_letter(**{block: f"Đoạn của văn phòng: {block}"})
        )


def test_several_lines_become_items() -> None:
    letter = report_letter(proposals="một\n\n hai ")
    assert Items(("một", "hai")) in letter.parts


def test_tables_and_chart_hold_every_unit() -> None:
    letter = report_letter()
    residents, staff = (part for part in letter.parts if isinstance(part, Table))
    assert [row[1] for row in residents.rows] == [
        "Phường Nghĩa Phú", "Phường Nghĩa Đức", "Xã Đắk Nia", "Xã Đắk R’Moan",
    ]  # fmt: skip
    assert residents.rows[3][2:] == ("–", "–", "–", "–", "–", "–", "–", "chưa nộp")
    assert residents.total[2:7] == ("30.000", "11.000", "6.355", "+500", "21,18\u00a0%")
    assert staff.rows[-1][1:] == ("Phòng Y tế", "12", "9", "75,00\u00a0%")
    assert all(len(row) == len(residents.columns) for row in (*residents.rows, residents.total))
    (chart,) = (part for part in letter.parts if isinstance(part, Chart))
    assert [bar.label for bar in chart.bars] == ["Phường Nghĩa Phú", "Phường Nghĩa Đức"]
    assert "điện thoại thông minh" in chart.title


def test_a_letter_of_nothing_can_be_written_too() -> None:
    nothing = roll_up(TREE, {}, instruction=INSTRUCTION, period=0, at=DUE_AT + DAY_S)
    blocks = default_blocks(nothing, INSTRUCTION, TREE, words_of("vi").text)
    assert "0 trên 5 đơn vị" in blocks["reporting"]
    assert blocks["ranking"] == blocks["staff"] == blocks["work"] == ""


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_key_is_left_without_words(language: str) -> None:
    for letter in (report_letter(language), instruction_letter(language)):
        said = text_of(letter) + "".join(
            column.title for part in letter.parts if isinstance(part, Table) for column in part.columns
        )
        for prefix in ("letter.", "table.", "rate.", "field.", "instruction.", "status."):
            assert f" {prefix}" not in f" {said}".replace("\n", " ").replace("letter. ", " ")
        assert "{" not in said
    assert table().total.reported_count == 4


def test_a_target_for_staff_ranks_in_the_table_of_staff() -> None:
    staff = replace(INSTRUCTION, target=Target(Fraction(9, 10), Denominator.STAFF))
    rolled = roll_up(TREE, VERSIONS, instruction=staff, period=0, at=DUE_AT + 7200)
    say = words_of("vi").text
    letter = write_report(rolled, staff, TREE, FRAME, default_blocks(rolled, staff, TREE, say), say)
    residents, table_of_staff = (part for part in letter.parts if isinstance(part, Table))
    assert {row[8] for row in residents.rows} == {"–"}
    assert table_of_staff.rows[-1][1:] == ("Phòng Y tế", "12", "9", "75,00\u00a0%", "4")
    (chart,) = (part for part in letter.parts if isinstance(part, Chart))
    assert chart.bars[-1].label == "Phòng Y tế"
    assert "cán bộ" in chart.title


def test_what_is_pasted_cannot_break_a_document() -> None:
    pasted = "Đề nghị\x00 cấp\u200b thêm\x0btờ rơi \ud800\u202e 50\u00a0%"
    letter = report_letter(proposals=pasted)
    assert Items(("Đề nghị cấp thêm", "tờ rơi  50\u00a0%")) in letter.parts
    assert write_docx(letter)
    assert write_pdf(letter)
