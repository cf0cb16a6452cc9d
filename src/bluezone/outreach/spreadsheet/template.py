"""The form to fill in as XLSX: units prefilled, cells checked while one types, rates as formulas.

Decides which cells are open. Whatever comes back is checked again as if it came from anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from bluezone.outreach.figures import COUNT_LIMIT
from bluezone.outreach.instruction import Instruction
from bluezone.outreach.letter import Say
from bluezone.outreach.numerals import date_text
from bluezone.outreach.problem import column_letters
from bluezone.outreach.report import STAFF_FIELDS, TEXT_FIELDS, Report
from bluezone.outreach.units import Unit, UnitTree

HEADER_ROW = 4
GUIDE_LINES = 5
_KNOWN = ("population", "smartphones")
# A part and the whole that it cannot pass; checked by the spreadsheet program already.
_NOT_ABOVE = {
    "staff_installed": "staff_smartphones",
    "residents_installed": "smartphones",
    "residents_new": "residents_installed",
}
_RATES = {"rate_population": "population", "rate_smartphones": "smartphones"}
_WIDTHS = {
    "unit_id": 34,
    "as_of": 13,
    "difficulties": 34,
    "proposals": 34,
    "reporter": 22,
    "reporter_phone": 16,
}


def write_template(
    tree: UnitTree,
    unit_ids: Sequence[str],
    instruction: Instruction,
    say: Say,
    language: str = "vi",
    *,
    period: int = 0,
    previous: Mapping[str, Report] | None = None,
) -> bytes:
    """The form for one unit or many, as XLSX.

    Args:
        unit_ids: one row each.
        period: from 0; its deadline stands in the head.
        previous: unit id to what counted before: its population and smartphones are filled in.
    """
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(say("template.sheet"))
        form = _Form(book, sheet, columns_of(instruction), say)
        form.head(_titles(instruction, say, language, period))
        for line, unit_id in enumerate(unit_ids, HEADER_ROW + 1):
            before = (previous or {}).get(unit_id)
            form.row(line, tree.get(unit_id), before)
        form.checks(HEADER_ROW + 1, HEADER_ROW + len(unit_ids))
        _guide(book, say)
    return out.getvalue()


def columns_of(instruction: Instruction) -> tuple[str, ...]:
    """The fields of the form, from the left; rates beside what they are computed from."""
    figures = [name for name in instruction.asked if name not in _RATES]
    rates = [name for name, whole in _RATES.items() if whole in figures and "residents_installed" in figures]
    return ("unit_id", "as_of", *figures, *rates, *TEXT_FIELDS)


class _Form:
    """The sheet that is filled in."""

    def __init__(self, book: Any, sheet: Any, columns: tuple[str, ...], say: Say) -> None:
        self.sheet, self.columns, self.say = sheet, columns, say
        self.letter = {name: column_letters(number) for number, name in enumerate(columns, 1)}
        base = {"font_name": "Times New Roman", "font_size": 12, "border": 1, "valign": "vcenter"}
        open_cell = {**base, "bg_color": "#FFF9DB", "locked": False}
        self.formats = {
            name: book.add_format(settings)
            for name, settings in {
                "title": {"font_name": "Times New Roman", "font_size": 14, "bold": True},
                "note": {"font_name": "Times New Roman", "font_size": 12, "italic": True},
                "head": {**base, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E8EEF5"},
                "name": base,
                "closed": {**base, "bg_color": "#EEEEEE"},
                "percent": {**base, "num_format": "0.00%", "bg_color": "#EEEEEE"},
                "count": {**open_cell, "num_format": "#,##0"},
                "date": {**open_cell, "num_format": "dd/mm/yyyy"},
                "text": {**open_cell, "text_wrap": True, "num_format": "@"},
            }.items()
        }

    def head(self, titles: tuple[str, str]) -> None:
        """Title, what it answers, and the names of the columns."""
        self.sheet.write_string(0, 0, titles[0], self.formats["title"])
        self.sheet.write_string(1, 0, titles[1], self.formats["note"])
        for column, name in enumerate(self.columns):
            self.sheet.write_string(HEADER_ROW - 1, column, self.say(f"field.{name}"), self.formats["head"])
            self.sheet.set_column(column, column, _WIDTHS.get(name, 13))
        self.sheet.set_row(HEADER_ROW - 1, 66)
        self.sheet.freeze_panes(HEADER_ROW, 1)
        self.sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)

    def row(self, line: int, unit: Unit, previous: Report | None) -> None:
        """One unit; what is known of it is filled in, what an office does not report is closed."""
        for column, name in enumerate(self.columns):
            cell = (line - 1, column)
            if name == "unit_id":
                self.sheet.write_string(*cell, unit.name, self.formats["name"])
            elif name in _RATES:
                self._rate(line, column, _RATES[name])
            elif name == "as_of":
                self.sheet.write_blank(*cell, None, self.formats["date"])
            elif name in TEXT_FIELDS:
                self.sheet.write_blank(*cell, None, self.formats["text"])
            elif not unit.has_residents and name not in STAFF_FIELDS:
                self.sheet.write_blank(*cell, None, self.formats["closed"])
            else:
                self._count(cell, name, unit, previous)

    def checks(self, first: int, last: int) -> None:
        """What the program itself refuses while somebody types."""
        for name in self.columns:
            area = f"{self.letter[name]}{first}:{self.letter[name]}{last}"
            if name == "as_of":
                self._check(area, "date", "=TODAY()", self.say("template.date"))
            elif name in _NOT_ABOVE and _NOT_ABOVE[name] in self.letter:
                whole = self.letter[_NOT_ABOVE[name]]
                below = f"=IF(ISNUMBER({whole}{first}),{whole}{first},{COUNT_LIMIT})"
                self._check(area, "integer", below, self.say("template.not-above", column=whole))
            elif name not in ("unit_id", *TEXT_FIELDS, *_RATES):
                self._check(area, "integer", COUNT_LIMIT, self.say("template.whole-number"))

    def _check(self, area: str, kind: str, most: object, message: str) -> None:
        least = 0 if kind == "integer" else "=DATE(2020,1,1)"
        rule = {"validate": kind, "criteria": "between", "minimum": least, "maximum": most}
        self.sheet.data_validation(area, {**rule, "ignore_blank": True, "error_message": message})

    def _count(self, cell: tuple[int, int], name: str, unit: Unit, previous: Report | None) -> None:
        known = getattr(unit, name) if name in _KNOWN else None
        if name in _KNOWN and previous is not None:
            known = previous.figures.get(name) or known
        if known is None:
            self.sheet.write_blank(*cell, None, self.formats["count"])
        else:
            self.sheet.write_number(*cell, known, self.formats["count"])

    def _rate(self, line: int, column: int, whole_name: str) -> None:
        part, whole = self.letter["residents_installed"], self.letter[whole_name]
        formula = f'=IF(AND(ISNUMBER({part}{line}),N({whole}{line})>0),{part}{line}/{whole}{line},"")'
        self.sheet.write_formula(line - 1, column, formula, self.formats["percent"], "")


def _titles(instruction: Instruction, say: Say, language: str, period: int) -> tuple[str, str]:
    due_at = instruction.due_of(period)
    minute = (due_at // 60 + instruction.utc_offset_minutes) % (24 * 60)
    subtitle = say(
        "template.subtitle",
        number=instruction.number,
        time=f"{minute // 60:02}:{minute % 60:02}",
        day=date_text(instruction.civil_date(due_at), language),
    )
    return say("template.title"), subtitle


def _guide(book: Any, say: Say) -> None:
    sheet = book.add_worksheet(say("template.guide-sheet"))
    style = book.add_format({"font_name": "Times New Roman", "font_size": 13, "text_wrap": True})
    sheet.set_column(0, 0, 100)
    for number in range(GUIDE_LINES):
        sheet.write_string(number, 0, f"{number + 1}. {say(f'template.guide.{number + 1}')}", style)
