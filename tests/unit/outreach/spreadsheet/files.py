"""Spreadsheets made for a test: right ones, and ways to damage them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from bluezone.outreach.problem import Problem, errors_in
from bluezone.outreach.spreadsheet.reports import Asked, read_reports
from bluezone.outreach.spreadsheet.verdict import Verdict
from tests.unit.outreach.case import DUE_AT, INSTRUCTION, TREE

TITLES = (
    "TT", "Đơn vị", "Dân số", "Số người có điện thoại thông minh", "Cán bộ có ĐTTM", "Cán bộ đã cài",
    "Người dân đã cài", "Cài mới", "Phát thanh", "Tờ rơi", "Áp phích",
)  # fmt: skip
PHU_ROW = (1, "Phường Nghĩa Phú", 11000, 6000, 30, 30, 3000, 400, 6, 900, 12)
DUC_ROW = (2, "Phường Nghĩa Đức", 9000, 5000, 20, 18, 2100, 300, 4, 700, 9)
ASKED = Asked(TREE, INSTRUCTION, 0, DUE_AT - 60, reporter="cán bộ văn hóa", reporter_phone="02610000000")

Change = Callable[[Workbook, Any], None]


def xlsx(*rows: Sequence[object], titles: Sequence[object] = TITLES, change: Change | None = None) -> bytes:
    """A workbook with one sheet: titles in row 1, rows below; `change` gets book and sheet before saving."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Báo cáo"
    for row in (titles, *rows):
        sheet.append(list(row))
    if change is not None:
        change(book, sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(
    data: bytes, changed: Mapping[str, bytes] | None = None, added: Mapping[str, bytes] | None = None
) -> bytes:
    """The same archive with parts replaced or added."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, (changed or {}).get(part.filename, old.read(part.filename)))
        for name, content in (added or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    """One part of an archive."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return archive.read(name)


def verdict(data: bytes, asked: Asked = ASKED) -> Verdict:
    """What is said about a file."""
    return read_reports(data, asked)


def codes(found: Verdict) -> set[tuple[str, str]]:
    """Code and cell of every problem."""
    return {(one.code, one.place.cell if one.place is not None else "") for one in found.every_problem()}


def stopping(found: Verdict) -> tuple[Problem, ...]:
    """What keeps rows of a file from being stored."""
    return errors_in(found.every_problem())
