"""Hostile archives: bombs, macros, entities, endless rows; each refused before it costs anything."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bluezone.outreach.errors import SpreadsheetRefused
from bluezone.outreach.spreadsheet import archive
from bluezone.outreach.spreadsheet.opening import open_file
from bluezone.outreach.wording import sentence
from bluezone.web.language import words_of
from tests.unit.outreach.spreadsheet.files import (
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
RIGHT = xlsx(PHU_ROW)


def code_of(data: bytes) -> str:
    """Why a file is refused; it has a sentence in both languages."""
    with pytest.raises(SpreadsheetRefused) as refused:
        verdict(data)
    (problem,) = refused.value.problems
    for language in ("vi", "en"):
        said = sentence(problem, words_of(language))
        assert "problem." not in said
        assert "{" not in said
    return problem.code


def sheet_with(rows: bytes, *, after: bytes = b"") -> bytes:
    """The right file with other XML inside its sheet."""
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return repacked(RIGHT, {SHEET: head + b"<sheetData>" + rows + b"</sheetData>" + after + b"</worksheet>"})


def test_nothing_and_too_much_are_refused_unread() -> None:
    assert code_of(b"") == "file-empty"
    began = time.perf_counter()
    assert code_of(b"PK\x03\x04" + bytes(100_000_000)) == "file-too-large"
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file-old-or-locked"),
        (b"PK\x03\x04 and then nothing", "file-damaged"),
        (RIGHT[: len(RIGHT) // 2], "file-damaged"),
        (repacked(RIGHT, added={"xl/vbaProject.bin": b"macro"}), "file-macros"),
        (repacked(RIGHT, added={"xl/macrosheets/sheet1.xml": b"<a/>"}), "file-macros"),
        (
            repacked(
                RIGHT,
                {
                    "[Content_Types].xml": part(RIGHT, "[Content_Types].xml").replace(
                        b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                        b"ms-excel.sheet.macroEnabled.main+xml",
                    )
                },
            ),
            "file-macros",
        ),
        (repacked(RIGHT, {SHEET: b"<worksheet><unclosed>"}), "file-damaged"),
        (repacked(RIGHT, {"xl/workbook.xml": b"<?xml version='1.0'?><workbook/>"}), "file-header-missing"),
        (sheet_with(b'<row r="1"><c r="A1" t="s"><v>99999</v></c></row>'), "file-damaged"),
        (sheet_with(b'<row r="x"><c r="A1"><v>1</v></c></row>'), "file-damaged"),
    ],
    ids=["ole", "broken", "cut", "macros", "old macros", "macro type", "xml", "workbook", "strings", "row"],
)
def test_what_is_no_regular_workbook_is_refused(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_a_document_that_is_no_spreadsheet_is_told() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("word/document.xml", "<document/>")
    assert code_of(out.getvalue()) == "file-not-spreadsheet"


def test_entities_are_refused_in_any_disguise() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    assert code_of(repacked(RIGHT, {SHEET: bomb})) == "file-damaged"
    wide = bomb.decode().encode("utf-16")
    assert code_of(repacked(RIGHT, {"xl/styles.xml": wide})) == "file-damaged"


def test_a_zip_bomb_costs_little() -> None:
    bomb = repacked(RIGHT, {SHEET: b"<worksheet>" + b" " * 60_000_000 + b"</worksheet>"})
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    try:
        assert code_of(bomb) == "file-expands"
        assert tracemalloc.get_traced_memory()[1] < 3 * archive.MAX_PART_BYTES
    finally:
        tracemalloc.stop()


def test_many_parts_that_are_each_small_enough_are_a_bomb_too() -> None:
    filler = b"<a>" + b" " * 20_000_000 + b"</a>"
    assert code_of(repacked(RIGHT, added={f"xl/x{n}.xml": filler for n in range(3)})) == "file-expands"
    many = {f"xl/x{n}.xml": b"<a/>" for n in range(archive.MAX_PARTS + 1)}
    assert code_of(repacked(RIGHT, added=many)) == "file-expands"


def test_a_size_that_the_archive_lies_about_is_not_believed() -> None:
    bomb = bytearray(repacked(RIGHT, {SHEET: b"<worksheet>" + b" " * 60_000_000 + b"</worksheet>"}))
    at = bomb.rfind(SHEET.encode())  # in the central directory, 46 bytes after its record begins
    struct.pack_into("<I", bomb, at - 46 + 24, 1000)
    assert code_of(bytes(bomb)) in ("file-damaged", "file-expands")


def test_pictures_are_never_unpacked() -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(50_000_000)
    assert not stopping(verdict(repacked(RIGHT, added={"xl/media/image1.png": picture})))


def test_what_only_has_the_name_of_a_picture_counts_like_everything_else() -> None:
    assert code_of(repacked(RIGHT, added={"xl/media/image1.png": bytes(50_000_000)})) == "file-expands"


def test_a_sheet_under_another_name_is_bounded_and_looked_through() -> None:
    with zipfile.ZipFile(BytesIO(RIGHT)) as book:
        parts = {name: book.read(name) for name in book.namelist()}

    def renamed(name: str, content: bytes) -> bytes:
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            for old, data in parts.items():
                if old == SHEET:
                    made.writestr(f"xl/{name}", content)
                else:
                    made.writestr(old, data.replace(b"worksheets/sheet1.xml", name.encode()))
        return out.getvalue()

    huge = parts[SHEET].replace(b"<sheetData>", b"<sheetData>" + b" " * 60_000_000)
    assert code_of(renamed("worksheets/sheet1.dat", huge)) == "file-expands"
    assert code_of(renamed("elsewhere/sheet1.dat", parts[SHEET])) == "file-damaged"


@pytest.mark.parametrize("tag", [b"<c", b"<row", b"<mergeCell", b'<row hidden="1"', b"<row hidden="])
def test_tags_without_an_end_are_read_once(tag: bytes) -> None:
    """A pattern that read on for every tag would take hours here, and end in the suite's time limit."""
    scan = archive._scan_sheet(tag * 290_000)
    assert (scan.formulas, scan.merges, scan.hidden_rows) == (frozenset(), (), frozenset())


def test_a_title_of_brackets_is_read_once() -> None:
    titles = [*TITLES, *("(" * 30_000 for _ in range(60))]
    assert verdict(xlsx(PHU_ROW, titles=titles)).rows


ENDLESS: dict[str, tuple[Callable[[], bytes], str]] = {
    "far row": (lambda: b'<row r="999999999"><c r="A999999999"><v>1</v></c></row>', "sheet-too-long"),
    "last row": (lambda: b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "sheet-too-long"),
    "far column": (lambda: b'<row r="1"><c r="ZZZ1"><v>1</v></c></row>', "sheet-too-wide"),
    "cells": (lambda: b'<row r="1">' + b"<c/>" * 300_001 + b"</row>", "sheet-too-many-cells"),
    "prefixed cells": (lambda: b'<x:row r="1">' + b"<x:c/>" * 300_001 + b"</x:row>", "sheet-too-many-cells"),
    "tags": (lambda: b"<row>" + b"<a/>" * 2_500_001 + b"</row>", "file-expands"),
    "wide rows": (
        lambda: b"".join(b'<row r="%d"><c r="ZZ%d"><v>1</v></c></row>' % (n, n) for n in range(1, 600)),
        "sheet-too-wide",
    ),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_sheets_without_end_are_refused_quickly(kind: str) -> None:
    made, code = ENDLESS[kind]
    data = sheet_with(made())
    began = time.perf_counter()
    assert code_of(data) == code
    assert time.perf_counter() - began < 5


def test_a_wrong_dimension_is_not_believed() -> None:
    sheet = part(RIGHT, SHEET)
    lying = sheet.replace(b'<dimension ref="A1:K2"/>', b'<dimension ref="A1:XFD1048576"/>')
    assert lying != sheet
    assert not stopping(verdict(repacked(RIGHT, {SHEET: lying})))


def test_merged_ranges_without_end_are_refused() -> None:
    merges = b"".join(b'<mergeCell ref="A1:XFD1048576"/>' for _ in range(50))
    sheet = part(RIGHT, SHEET).replace(
        b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>"
    )
    assert code_of(repacked(RIGHT, {SHEET: sheet})) == "file-damaged"


def test_a_file_of_unknown_names_takes_no_minutes() -> None:
    rows = [(n, f"Đơn vị lạ {n}", *PHU_ROW[2:]) for n in range(1000)]
    data = xlsx(*rows)
    began = time.perf_counter()
    found = verdict(data)
    assert time.perf_counter() - began < 20
    assert len(found.rows) == 1000
    assert not found.reports


def test_a_protected_sheet_and_a_chart_do_no_harm() -> None:
    def dress(book: Workbook, sheet: Any) -> None:
        from openpyxl.chart import BarChart, Reference

        sheet.protection.sheet = True
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=3, min_row=2, max_row=2))
        book.create_chartsheet("Biểu đồ").add_chart(chart)

    assert not stopping(verdict(xlsx(PHU_ROW, change=dress)))


@settings(max_examples=40)
@given(st.data())
def test_a_file_with_flipped_bytes_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    broken = bytearray(RIGHT)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    with suppress(SpreadsheetRefused):
        open_file(bytes(broken))


@settings(max_examples=60)
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    try:
        verdict(data)
    except SpreadsheetRefused as refused:
        assert refused.problems


def test_columns_beyond_z_have_two_letters() -> None:
    titles = [f"khác {n}" for n in range(30)]
    found = verdict(xlsx((*PHU_ROW, *range(29), "x"), titles=(*TITLES, *titles[:29], "Khó khăn")))
    assert ("column-ignored", "AA1") in codes(found)
    assert found.rows[0].cells[-1].place.cell == "AO2"
