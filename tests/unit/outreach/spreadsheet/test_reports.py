"""Reports from spreadsheets: what each kind of cell means, whose row it is, and what is said where."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from bluezone.outreach.errors import SpreadsheetRefused
from bluezone.outreach.problem import Severity, errors_in
from bluezone.outreach.wording import sentence
from bluezone.web.language import words_of
from tests.unit.outreach.case import DUE_AT, FIGURES, report
from tests.unit.outreach.spreadsheet.files import (
    ASKED,
    DUC_ROW,
    PHU_ROW,
    TITLES,
    codes,
    part,
    repacked,
    stopping,
    verdict,
    xlsx,
)

SHEET = "xl/worksheets/sheet1.xml"


def with_cell(column: int, value: object) -> bytes:
    """A file whose first row has one other value, column from 1."""
    row = list(PHU_ROW)
    row[column - 1] = value
    return xlsx(row)


def test_a_right_file_becomes_reports() -> None:
    found = verdict(xlsx(PHU_ROW, DUC_ROW))
    assert not stopping(found)
    first, second = found.reports
    assert (first.unit_id, second.unit_id) == ("nghia-phu", "nghia-duc")
    assert first.figures == FIGURES
    assert first.as_of == date(2020, 8, 19)
    assert (first.reporter, first.version) == ("cán bộ văn hóa", 1)
    assert found.columns[0] == "unit_id"
    assert found.rows[0].cells[0].place.cell == "C2"


READ = [
    ("1.234", 1234), ("1,234", 1234), ("1 234", 1234),
    ("1 234", 1234), ("１２３４", 1234), ("１．２３４", 1234),
    ("1'234", 1234), ("1.234 người", 1234), ("1234,00", 1234), (" 1234 ", 1234), (1234.0, 1234), ("0", 0),
]  # fmt: skip


@pytest.mark.parametrize(("value", "count"), READ, ids=[repr(value) for value, _ in READ])
def test_numbers_are_read_as_people_write_them(value: object, count: int) -> None:
    found = verdict(with_cell(10, value))
    assert not stopping(found)
    assert found.reports[0].figures.leaflets == count
    if isinstance(value, str) and not value.strip().isascii():
        assert ("text-number", "J2") in codes(found)


REFUSED = [
    ("12,5", "count-not-whole"), ("1.23", "count-not-whole"), (12.5, "count-not-whole"),
    (-3, "count-negative"),
    ("-3", "count-negative"), ("(3)", "count-negative"), ("khoảng 900", "count-unreadable"),
    ("1.2345", "count-not-whole"), ("12 34", "count-unreadable"), ("1.234,567", "count-not-whole"),
    ("9" * 30, "count-out-of-range"), ("9" * 5000, "count-unreadable"), (10**9, "count-out-of-range"),
    (True, "count-is-logical"), (datetime(2020, 8, 9), "count-is-date"), ("#REF!", "formula-error"),
    ("=1/0", "formula-without-value"), ("không", "count-unreadable"), ("٣", "count-unreadable"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "code"), REFUSED, ids=[f"{value!r:.20}" for value, _ in REFUSED])
def test_what_is_no_count_is_refused_with_its_cell(value: object, code: str) -> None:
    found = verdict(with_cell(10, value))
    assert (code, "J2") in codes(found)
    assert found.reports == ()
    # A field that cannot be read is not called missing besides.
    assert ("field-missing", "J2") not in codes(found)
    for language, cell in (("vi", "Ô J2: "), ("en", "Cell J2: ")):
        said = [sentence(one, words_of(language)) for one in errors_in(found.every_problem())]
        assert len(said) == 1
        assert said[0].startswith(cell)
        assert "{" not in said[0]


def test_a_formula_is_used_by_its_saved_result_alone() -> None:
    data = with_cell(10, "=SUM(H2:I2)")
    sheet = part(data, SHEET)
    saved = sheet.replace(b"<f>SUM(H2:I2)</f><v></v>", b"<f>SUM(H2:I2)</f><v>777</v>")
    saved = saved.replace(b"<f>SUM(H2:I2)</f><v />", b"<f>SUM(H2:I2)</f><v>777</v>")
    assert saved != sheet
    found = verdict(repacked(data, {SHEET: saved}))
    assert found.reports[0].figures.leaflets == 777
    assert ("formula-used", "J2") in codes(found)
    assert ("formula-without-value", "J2") in codes(verdict(data))


def test_a_rule_of_reports_is_told_at_its_cell() -> None:
    row = list(PHU_ROW)
    row[6] = 6001
    found = verdict(xlsx(row, DUC_ROW))
    assert ("installed-above-smartphones", "G2") in codes(found)
    assert [one.unit_id for one in found.reports] == ["nghia-duc"]  # one bad row stops only itself
    previous = {"nghia-phu": report(residents_installed=3_100)}
    found = verdict(xlsx(PHU_ROW), replace(ASKED, previous=previous))
    assert ("cumulative-falls", "G2") in codes(found)


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    found = verdict(xlsx((1, "Phường Nghĩa Phứ", *PHU_ROW[2:]), (2, "Xã Đắc Nìa", *DUC_ROW[2:])))
    said = " ".join(sentence(one, words_of("vi")) for one in found.every_problem())
    assert "Phường Nghĩa Phứ" not in said  # without diacritics it can be only one
    assert "“Xã Đắk Nia”" in said
    found = verdict(xlsx((1, "Thủ đô Hà Nội", *PHU_ROW[2:])))
    assert ("unit-unknown", "B2") in codes(found)


@pytest.mark.parametrize(
    "name", ["nghia-phu", "P. Nghĩa Phú", "UBND phường Nghĩa Phú", "NGHIA PHU", "Nghĩa Phú"]
)
def test_a_unit_has_many_names(name: str) -> None:
    assert verdict(xlsx((1, name, *PHU_ROW[2:]))).reports[0].unit_id == "nghia-phu"


def test_a_unit_that_was_not_asked_is_told() -> None:
    asked = replace(ASKED, instruction=replace(ASKED.instruction, recipients=("nghia-duc",)))
    assert ("row-not-asked", "B2") in codes(verdict(xlsx(PHU_ROW), asked))


def test_the_same_row_twice_is_skipped_and_a_contradiction_stops_both() -> None:
    same = verdict(xlsx(PHU_ROW, PHU_ROW))
    assert len(same.reports) == 1
    assert ("row-repeated", "3") in codes(same)
    other = verdict(xlsx(PHU_ROW, (*PHU_ROW[:9], 901, 12)))
    assert other.reports == ()
    assert {("row-twice", "2"), ("row-twice", "3")} <= codes(other)


def test_merged_cells_are_told_where_they_are() -> None:
    def merge(_: Workbook, sheet: Any) -> None:
        sheet.merge_cells("J2:J3")

    found = verdict(xlsx(PHU_ROW, DUC_ROW, change=merge))
    assert {("cell-merged", "J2"), ("cell-merged", "J3")} <= codes(found)
    assert found.reports == ()
    assert "J2:J3" in sentence(errors_in(found.every_problem())[0], words_of("vi"))


def test_a_header_of_two_merged_rows_is_understood() -> None:
    def merge(_: Workbook, sheet: Any) -> None:
        sheet.insert_rows(1)
        for column in (*range(1, 5), *range(7, 12)):
            sheet.cell(1, column, sheet.cell(2, column).value)
            sheet.cell(2, column).value = None
            sheet.merge_cells(start_row=1, end_row=2, start_column=column, end_column=column)
        sheet["E1"] = "Cán bộ, công chức, viên chức"
        sheet["E2"], sheet["F2"] = "có điện thoại thông minh", "đã cài đặt"
        sheet.merge_cells("E1:F1")

    found = verdict(xlsx(PHU_ROW, change=merge))
    assert not stopping(found)
    assert found.reports[0].figures == FIGURES


def test_titles_above_and_a_row_of_totals_do_no_harm() -> None:
    def dress(_: Workbook, sheet: Any) -> None:
        sheet.insert_rows(1, 3)
        sheet["A1"] = "BÁO CÁO KẾT QUẢ CÀI ĐẶT"
        sheet.merge_cells("A1:K1")
        sheet.append(["", "Tổng cộng", 20000, 11000])

    found = verdict(xlsx(PHU_ROW, DUC_ROW, change=dress))
    assert len(found.reports) == 2
    assert ("row-total-ignored", "7") in codes(found)


def test_hidden_sheets_and_rows_are_told() -> None:
    def hide(book: Workbook, sheet: Any) -> None:
        secret = book.create_sheet("ẩn")
        secret.append(list(TITLES))
        secret.append([2, "Phường Nghĩa Đức", *DUC_ROW[2:]])
        secret.sheet_state = "veryHidden"
        sheet.row_dimensions[2].hidden = True

    found = verdict(xlsx(PHU_ROW, change=hide))
    assert ("row-hidden", "2") in codes(found)
    assert [one.code for one in found.problems] == ["sheet-hidden"]
    assert [one.unit_id for one in found.reports] == ["nghia-phu"]


def test_other_columns_and_doubled_ones_are_told() -> None:
    found = verdict(xlsx((*PHU_ROW, "đỏ", 3), titles=(*TITLES, "Màu sắc", "Số tờ rơi")))
    assert ("column-ignored", "L1") in codes(found)
    assert ("column-twice", "M1") in codes(found)


def test_a_typed_rate_is_compared_and_never_used() -> None:
    row = (1, "Phường Nghĩa Phú", 11000, 3073, 30, 30, 2121, 400, 6, 900, 12)
    asked = replace(ASKED, tree=ASKED.tree)
    found = verdict(xlsx((*row, "68 %"), titles=(*TITLES, "Tỷ lệ")), asked)
    warning = next(one for one in found.every_problem() if one.code == "rate-typed-wrong")
    assert warning.severity is Severity.WARNING
    assert warning.place is not None
    assert warning.place.cell == "L2"
    assert "69,02" in sentence(warning, words_of("vi"))
    for right in ("69,02%", 0.690205, "69.02"):
        found = verdict(xlsx((*row, right), titles=(*TITLES, "Tỷ lệ")), asked)
        assert "rate-typed-wrong" not in {one.code for one in found.every_problem()}


DATES = [
    ("19/08/2020", date(2020, 8, 19)), ("19-8-2020", date(2020, 8, 19)), ("19.8.20", date(2020, 8, 19)),
    ("ngày 19 tháng 8 năm 2020", date(2020, 8, 19)), ("2020-08-19", date(2020, 8, 19)),
    (datetime(2020, 8, 18, 15, 30), date(2020, 8, 18)), ("8/19/2020", None), ("31/02/2020", None),
    ("hôm qua", None), ("20/08/2020", None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "day"), DATES, ids=[str(value) for value, _ in DATES])
def test_dates_are_read_day_first(value: object, day: date | None) -> None:
    found = verdict(xlsx((*PHU_ROW, value), titles=(*TITLES, "Tính đến ngày")))
    if day is None:
        assert {cell for code, cell in codes(found) if code.startswith("date-")} == {"L2"}
        assert found.reports == ()
    else:
        assert found.reports[0].as_of == day


def test_a_row_that_is_not_filled_in_is_no_error() -> None:
    found = verdict(xlsx(PHU_ROW, (2, "Phường Nghĩa Đức", 9000, 5000)))
    assert not stopping(found)
    assert ("row-unfilled", "3") in codes(found)
    assert len(found.reports) == 1


def test_a_row_without_a_name_is_told() -> None:
    assert ("row-without-unit", "B2") in codes(verdict(xlsx((1, None, *PHU_ROW[2:]))))


def test_a_correction_becomes_the_next_version() -> None:
    asked = replace(ASKED, stored={"nghia-phu": report(version=3)})
    assert verdict(xlsx(PHU_ROW), asked).reports[0].version == 4
    assert verdict(xlsx(PHU_ROW), asked).reports[0].submitted_at == DUE_AT - 60


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (xlsx(titles=("Tên hàng", "Giá")), "file-header-missing"),
        (xlsx(), "file-no-rows"),
        (xlsx(titles=()), "file-header-missing"),
    ],
    ids=["other table", "header alone", "empty"],
)
def test_a_file_without_a_table_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(SpreadsheetRefused) as refused:
        verdict(data)
    assert [one.code for one in refused.value.problems] == [code]
    assert not sentence(refused.value.problems[0], words_of("vi")).startswith("problem.")
