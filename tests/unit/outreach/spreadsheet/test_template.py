"""The form that is sent out comes back as reports, and helps while somebody fills it in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from bluezone.outreach.spreadsheet.template import HEADER_ROW, columns_of, write_template
from bluezone.web.language import words_of
from tests.unit.outreach.case import INSTRUCTION, TREE, report
from tests.unit.outreach.spreadsheet.files import ASKED, stopping, verdict

UNIT_IDS = ("nghia-phu", "nghia-duc", "phong-y-te")


def form(language: str = "vi", **options: Any) -> bytes:
    return write_template(TREE, UNIT_IDS, INSTRUCTION, words_of(language).text, language, **options)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_filled_in_form_comes_back_as_reports(language: str) -> None:
    book = load_workbook(BytesIO(form(language)))
    sheet: Any = book.worksheets[0]
    columns = {name: number for number, name in enumerate(columns_of(INSTRUCTION), 1)}
    values = {
        "as_of": date(2020, 8, 18), "staff_smartphones": 20, "staff_installed": 19,
        "residents_installed": 2000, "residents_new": 100, "broadcasts": 3, "leaflets": 400, "posters": 5,
        "reporter": "công chức văn hóa", "reporter_phone": "02610000000", "difficulties": "Không",
    }  # fmt: skip
    for name, value in values.items():
        sheet.cell(HEADER_ROW + 1, columns[name]).value = value
    for name in ("staff_smartphones", "staff_installed"):
        sheet.cell(HEADER_ROW + 3, columns[name]).value = 7
    out = BytesIO()
    book.save(out)
    found = verdict(out.getvalue(), replace(ASKED, reporter="x", reporter_phone="02610000000"))
    assert not stopping(found)
    phu, office = found.reports
    assert (phu.figures.population, phu.figures.residents_installed) == (11_000, 2000)
    assert phu.as_of == date(2020, 8, 18)
    assert phu.reporter_phone == "02610000000"
    assert office.unit_id == "phong-y-te"


def test_an_empty_form_is_no_report() -> None:
    found = verdict(form())
    assert not stopping(found)
    assert found.reports == ()
    assert len(found.rows) == 3


def test_the_form_checks_while_one_types() -> None:
    sheet: Any = load_workbook(BytesIO(form())).worksheets[0]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    letter = {
        name: sheet.cell(HEADER_ROW, n).column_letter for n, name in enumerate(columns_of(INSTRUCTION), 1)
    }
    area = f"{letter['residents_installed']}5:{letter['residents_installed']}7"
    assert f"{letter['smartphones']}5" in rules[area].formula2
    assert rules[f"{letter['leaflets']}5:{letter['leaflets']}7"].type == "whole"
    assert rules[f"{letter['as_of']}5:{letter['as_of']}7"].type == "date"
    assert sheet.protection.sheet
    assert not sheet[f"{letter['leaflets']}5"].protection.locked
    assert sheet[f"{letter['unit_id']}5"].protection.locked
    assert sheet[f"{letter['population']}7"].protection.locked  # an office has no residents


def test_rates_in_the_form_are_formulas() -> None:
    sheet: Any = load_workbook(BytesIO(form())).worksheets[0]
    number = columns_of(INSTRUCTION).index("rate_population") + 1
    assert str(sheet.cell(HEADER_ROW + 1, number).value).startswith("=IF(AND(ISNUMBER(G5)")


def test_what_was_reported_before_is_filled_in() -> None:
    previous = {"nghia-phu": report(population=11_111)}
    sheet: Any = load_workbook(BytesIO(form(previous=previous))).worksheets[0]
    assert sheet["C5"].value == 11_111
    assert sheet["C6"].value == 9_000


def test_a_name_that_looks_like_a_formula_stays_a_text() -> None:
    from bluezone.outreach.units import UnitTree

    tree = UnitTree(replace(u, name="=HYPERLINK(1)") if u.unit_id == "nghia-phu" else u for u in TREE)
    data = write_template(tree, ("nghia-phu",), INSTRUCTION, words_of("vi").text)
    sheet: Any = load_workbook(BytesIO(data)).worksheets[0]
    assert sheet["A5"].data_type == "s"
