"""The XLSX of a roll-up: what is counted is a number, everything else a formula, and both say the same."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bluezone.outreach.documents.xlsx import FIRST_ROW, write_xlsx
from bluezone.outreach.figures import Denominator
from bluezone.outreach.instruction import Target
from bluezone.outreach.rollup import RollUp, as_report, roll_up
from bluezone.web.language import words_of
from tests.unit.outreach.case import DAY_S, DUE_AT, INSTRUCTION, TREE
from tests.unit.outreach.documents.letters import VERSIONS, table

LAST = FIRST_ROW + 3
TOTAL = LAST + 1
# Otherwise LibreOffice trusts the saved results of files that it did not write.
_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""


def written(rollup: RollUp | None = None, language: str = "vi") -> bytes:
    return write_xlsx(rollup or table(), INSTRUCTION, TREE, words_of(language).text, language)


def sheets(data: bytes, *, values: bool) -> list[Any]:
    return list(load_workbook(BytesIO(data), data_only=values).worksheets)


def test_rates_totals_ranks_and_changes_are_formulas() -> None:
    made, staff, basis = sheets(written(), values=False)
    for row in range(FIRST_ROW, TOTAL + 1):
        for column in "FGH":
            assert str(made[f"{column}{row}"].value).startswith("="), f"{column}{row}"
        assert str(staff[f"E{row}"].value).startswith("=")
    assert all(str(made[f"I{row}"].value).startswith("=IF(ISNUMBER") for row in range(FIRST_ROW, TOTAL))
    assert [made[f"{c}{TOTAL}"].value for c in "CDE"] == [f"=SUM({c}{FIRST_ROW}:{c}{LAST})" for c in "CDE"]
    assert all(str(basis[f"{c}{FIRST_ROW}"].value).startswith("=IF(") for c in "BCDEG")
    assert made[f"C{FIRST_ROW}"].value == 11_000


def test_a_target_for_staff_ranks_on_the_sheet_of_staff() -> None:
    staff_target = replace(INSTRUCTION, target=Target(Fraction(9, 10), Denominator.STAFF))
    rolled = roll_up(TREE, VERSIONS, instruction=staff_target, period=0, at=DUE_AT + 7200)
    made, staff, _ = sheets(written(rolled), values=True)
    assert [made[f"I{row}"].value for row in range(FIRST_ROW, TOTAL)] == [None] * 4
    assert [staff[f"F{row}"].value for row in range(FIRST_ROW, FIRST_ROW + 4)] == [1, 1, 1, 4]


def check_values(made: list[Any], rollup: RollUp) -> None:
    """The numbers of the sheets are those of the roll-up."""
    sheet, staff, _ = made
    for line, row in enumerate(rollup.rows[:4], FIRST_ROW):
        uptake = row.summary.uptake
        for cell, exact in (("G", uptake.of_population.rate), ("H", uptake.of_smartphones.rate)):
            assert near(sheet[f"{cell}{line}"].value, exact), f"{cell}{line}"
        assert near(sheet[f"I{line}"].value, row.rank)
        assert near(sheet[f"F{line}"].value, row.summary.growth)
    total = rollup.total
    assert sheet[f"E{TOTAL}"].value == total.figures.residents_installed
    assert near(sheet[f"F{TOTAL}"].value, total.growth)
    assert near(sheet[f"G{TOTAL}"].value, total.uptake.of_population.rate)
    assert near(sheet[f"H{TOTAL}"].value, total.uptake.of_smartphones.rate)
    assert near(staff[f"E{TOTAL}"].value, total.uptake.of_staff.rate)


def near(value: object, exact: Fraction | int | None) -> bool:
    if exact is None:
        return value in (None, "")
    return isinstance(value, int | float) and abs(value - float(exact)) < 1e-12


def test_saved_results_are_those_of_the_roll_up() -> None:
    check_values(sheets(written(), values=True), table())


def test_the_workbook_has_a_chart_and_names_its_denominator() -> None:
    from zipfile import ZipFile

    with ZipFile(BytesIO(written())) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert "điện thoại thông minh" in chart
    assert f"$H${FIRST_ROW}:$H${LAST}" in chart


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_key_is_left_without_words(language: str) -> None:
    texts = [
        cell.value
        for sheet in sheets(written(language=language), values=False)
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and not cell.value.startswith("=")
    ]
    assert texts
    assert not [text for text in texts if text.startswith(("xlsx.", "table.", "status.")) or "{" in text]


@pytest.fixture
def soffice() -> str:
    """LibreOffice, which computes formulas with code that is not ours."""
    found = shutil.which("soffice")
    if found is None:
        assert not os.environ.get("CI"), "libreoffice-calc-nogui must be installed in CI"
        pytest.skip("no soffice on the PATH: apt-get install libreoffice-calc-nogui libreoffice-writer-nogui")
    return found


def recalculated(data: bytes, soffice: str, folder: Path) -> list[Any]:
    """The sheets as LibreOffice computes them, without any result that was saved before."""
    book = load_workbook(BytesIO(data))  # saving with openpyxl drops every saved result
    book.save(folder / "table.xlsx")
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(_ALWAYS_RECALCULATE, encoding="utf-8")
    command = [soffice, f"-env:UserInstallation={profile.parent.as_uri()}", "--headless"]
    command += [
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(folder / "out"),
        str(folder / "table.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return sheets((folder / "out" / "table.xlsx").read_bytes(), values=True)


@pytest.mark.slow
def test_libreoffice_computes_what_the_roll_up_says(soffice: str, tmp_path: Path) -> None:
    check_values(recalculated(written(), soffice, tmp_path), table())


@pytest.mark.slow
def test_a_corrected_count_moves_rates_ranks_and_totals(soffice: str, tmp_path: Path) -> None:
    book = load_workbook(BytesIO(written()))
    book.worksheets[0][f"E{FIRST_ROW + 1}"].value = 4_500
    out = BytesIO()
    book.save(out)
    sheet = recalculated(out.getvalue(), soffice, tmp_path)[0]
    assert near(sheet[f"H{FIRST_ROW + 1}"].value, Fraction(4_500, 5_000))
    assert sheet[f"I{FIRST_ROW + 1}"].value == 1
    assert sheet[f"I{FIRST_ROW}"].value == 2
    assert near(sheet[f"H{TOTAL}"].value, Fraction(3_000 + 4_500, 11_000))
    assert sheet[f"E{TOTAL}"].value == 3_000 + 4_500 + 1_234


@pytest.mark.slow
def test_a_table_of_rolled_up_rows_is_exact_too(soffice: str, tmp_path: Path) -> None:
    above = replace(INSTRUCTION, instruction_id="i0", office_id="dak-nong", due_at=DUE_AT + DAY_S)
    sent = as_report(
        table(), above, period=0, version=1, submitted_at=DUE_AT, reporter="x", reporter_phone="x"
    )
    province = roll_up(TREE, {"gia-nghia": [sent]}, instruction=above, period=0, at=DUE_AT + DAY_S)
    sheet = recalculated(written(province), soffice, tmp_path)[0]
    total = province.total
    for line in (FIRST_ROW, FIRST_ROW + 1):  # one city, and the total
        assert near(sheet[f"G{line}"].value, total.uptake.of_population.rate)
        assert near(sheet[f"H{line}"].value, total.uptake.of_smartphones.rate)
        assert near(sheet[f"F{line}"].value, total.growth)


@pytest.mark.slow
def test_the_document_opens_in_libreoffice(soffice: str, tmp_path: Path) -> None:
    import pypdfium2

    from bluezone.outreach.documents.docx import write_docx
    from tests.unit.outreach.documents.letters import report_letter

    (tmp_path / "letter.docx").write_bytes(write_docx(report_letter()))
    command = [soffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "letter.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    pages = pypdfium2.PdfDocument((tmp_path / "letter.pdf").read_bytes())
    said = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)
    assert len(pages) in (2, 3, 4)
    # Letters that a substituted font lacks come from another one and lose their order; these do not.
    assert "125/VH-TT-CNTT" in said
    assert "46,55" in said
