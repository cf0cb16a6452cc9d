"""A list of units from a spreadsheet: one row each, in CSV or XLSX.

Decides how a row becomes a unit; whether they are a tree decides `units`. One bad row refuses the whole
list, with every problem and its cell: half a tree would send letters to half the units.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import cast

from bluezone.outreach.errors import UnitsRefused
from bluezone.outreach.plain_text import plain_line
from bluezone.outreach.problem import Place, Problem, errors_in
from bluezone.outreach.spreadsheet.archive import refused
from bluezone.outreach.spreadsheet.grid import Grid
from bluezone.outreach.spreadsheet.header import Header, find_header, marks
from bluezone.outreach.spreadsheet.opening import open_file
from bluezone.outreach.spreadsheet.reading import cell_count, cell_date
from bluezone.outreach.units import Officer, Unit, check_units, plain

_TEXTS = ("kind", "body", "office", "logo", "hotline", "address")
_OFFICER_PARTS = 4


def read_units(data: bytes) -> list[Unit]:
    """The units of a file, in its order; rows that begin with # are remarks.

    Args:
        data: of a CSV or XLSX with at least the columns id and name.

    Raises:
        SpreadsheetRefused: it is not read at all.
        UnitsRefused: a row cannot be used, or the rows are not a tree; carries every problem.
    """
    grid, header = _sheet(data)
    units: list[Unit] = []
    problems: list[Problem] = []
    rows: dict[str, int] = {}
    for number, cells in grid:
        first = next((cell.text for cell in cells if not cell.is_blank), "#")
        if number > header.last_row and not first.startswith("#"):
            unit, found = _unit(grid, header, number)
            units.append(unit)
            problems += found
            rows.setdefault(unit.unit_id, number)
    problems += [_at_row(problem, rows, grid, header) for problem in check_units(units)]
    if errors_in(problems):
        raise UnitsRefused("the list of units cannot be used", errors_in(problems))
    return units


def _sheet(data: bytes) -> tuple[Grid, Header]:
    for grid in open_file(data).grids:
        header = find_header(grid, "units", ("unit_id", "name"))
        if header is not None:
            return grid, header
    raise refused("file-header-missing")


def _unit(grid: Grid, header: Header, row: int) -> tuple[Unit, list[Problem]]:
    texts = {name: plain_line(grid.cell(row, column).text) for name, column in header.columns.items()}
    problems: list[Problem] = []
    values: dict[str, object] = {}
    for name, column in header.columns.items():
        cell = grid.cell(row, column)
        found: tuple[Problem, ...] = ()
        if name in ("population", "smartphones"):
            values[name], found = cell_count(cell, name)
        elif name == "removed_on":
            values[name], found = cell_date(cell, name)
        problems += [problem.at(Place(grid.sheet, row, column)) for problem in found]
    unit = Unit(
        texts.get("unit_id", ""),
        texts.get("name", ""),
        parent_id=texts.get("parent_id") or None,
        has_residents=plain(texts.get("has_residents", "")) not in marks("no"),
        population=cast("int | None", values.get("population")),
        smartphones=cast("int | None", values.get("smartphones")),
        officers=read_officers(texts.get("officers", "")),
        removed_on=cast("date | None", values.get("removed_on")),
        merged_into=texts.get("merged_into") or None,
        **{name: texts.get(name, "") for name in _TEXTS},
    )
    return unit, problems


def read_officers(text: str) -> tuple[Officer, ...]:
    """Officers as "role | name | phone | e-mail", several of them with a semicolon between."""
    found = []
    for one in text.split(";"):
        parts = [part.strip() for part in one.split("|")]
        if any(parts):
            found.append(Officer(*(parts + [""] * _OFFICER_PARTS)[:_OFFICER_PARTS]))
    return tuple(found)


def _at_row(problem: Problem, rows: Mapping[str, int], grid: Grid, header: Header) -> Problem:
    row = rows.get(str(problem.values.get("unit", "")), 0)
    return problem.at(Place(grid.sheet, row, header.columns.get(problem.field, 0) if row else 0))
