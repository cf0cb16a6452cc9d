"""XLSX as grids: values as they were saved; formulas are never computed, nothing is executed.

Leaves limits to `archive`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from bluezone.outreach.errors import SpreadsheetRefused
from bluezone.outreach.spreadsheet.archive import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    Merge,
    Scan,
    refused,
    scan_archive,
)
from bluezone.outreach.spreadsheet.grid import Cell, Grid, Value


@dataclass(frozen=True, slots=True)
class Workbook:
    """All sheets of a file.

    Attributes:
        grids: the visible ones, in order.
        hidden: names of hidden ones that were not read.
    """

    grids: tuple[Grid, ...]
    hidden: tuple[str, ...] = ()


def read_workbook(data: bytes) -> Workbook:
    """The visible sheets of an XLSX.

    Raises:
        SpreadsheetRefused: over a limit, with macros, or damaged.
    """
    scans = scan_archive(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions that nobody asked for
        try:
            return _read(data, scans)
        except SpreadsheetRefused:
            raise
        except Exception as error:
            # The parser fails in many ways on what is no regular sheet; none of them is worth a trace.
            raise refused("file-damaged") from error


def _read(data: bytes, scans: dict[str, Scan]) -> Workbook:
    book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        hidden = tuple(sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible")
        return Workbook(tuple(_grid(sheet, scans) for sheet in shown), hidden)
    finally:
        book.close()


def _grid(sheet: Any, scans: dict[str, Scan]) -> Grid:
    path: str = sheet._worksheet_path  # the only way to know which part of the archive it is
    scan = scans.get(path.lstrip("/"))
    if scan is None:  # A sheet that lies where none belongs was not looked through.
        raise refused("file-damaged")
    sheet.reset_dimensions()  # what the file says about its size is not believed
    rows: dict[int, tuple[Cell, ...]] = {}
    cell_count = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > MAX_ROWS:
            raise refused("sheet-too-long", sheet=sheet.title, limit=MAX_ROWS)
        cell_count += len(row)
        if cell_count > MAX_CELLS:
            raise refused("sheet-too-many-cells", sheet=sheet.title, limit=MAX_CELLS)
        cells = _cells(number, row, scan)
        if len(cells) > MAX_COLUMNS:
            raise refused("sheet-too-wide", sheet=sheet.title, limit=MAX_COLUMNS)
        if cells:
            rows[number] = cells
    return Grid(sheet.title, rows, _merges_by_row(scan.merges), scan.hidden_rows)


def _merges_by_row(merges: Iterable[Merge]) -> dict[int, tuple[Merge, ...]]:
    found: dict[int, list[Merge]] = {}
    left = MAX_CELLS
    for merge in merges:
        rows = range(merge.first_row, min(merge.last_row, MAX_ROWS) + 1)
        left -= len(rows)
        if left < 0:  # merged ranges never overlap in a regular sheet
            raise refused("file-damaged")
        for row in rows:
            found.setdefault(row, []).append(merge)
    return {row: tuple(every) for row, every in found.items()}


def _cells(number: int, row: Iterable[Any], scan: Scan) -> tuple[Cell, ...]:
    cells = [
        Cell(_value(cell.value), (number, column) in scan.formulas, cell.data_type == "e")
        for column, cell in enumerate(row, 1)
    ]
    while cells and cells[-1].is_blank:
        cells.pop()
    return tuple(cells)


def _value(value: Any) -> Value:
    """Dates without their time; a length of time or a time of day is neither a date nor a count."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, time | timedelta):
        return str(value)
    return value if isinstance(value, str | int | float | bool) else None
