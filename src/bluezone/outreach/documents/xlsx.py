"""A roll-up as XLSX: counts are numbers, rates, totals, ranks and changes are formulas that recalculate.

Decides three sheets: the table with a chart, the staff, and what each rate is computed from. Only units
that gave both part and whole are in a rate, and the third sheet shows which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from bluezone.outreach.figures import Denominator, Share, Summary
from bluezone.outreach.instruction import Instruction
from bluezone.outreach.letter import Say, rate_name
from bluezone.outreach.numerals import count_text, date_text
from bluezone.outreach.report_letter import resident_rows
from bluezone.outreach.rollup import RollUp, Row
from bluezone.outreach.units import UnitTree

FIRST_ROW = 6
_TABLE = (
    "no", "unit", "population", "smartphones", "installed", "growth", "of_population", "of_smartphones",
    "rank", "status",
)  # fmt: skip
_WIDTHS = (5, 34, 11, 12, 11, 11, 12, 12, 8, 12)
_BASIS = ("of_population", "population", "of_smartphones", "smartphones", "before", "after")
_NUMBER, _PERCENT, _SIGNED = "#,##0", "0.00%", "+#,##0;-#,##0;0"


@dataclass(frozen=True, slots=True)
class _Book:
    """What every sheet needs."""

    book: Any
    formats: dict[str, Any]
    say: Say
    language: str


def write_xlsx(
    rollup: RollUp, instruction: Instruction, tree: UnitTree, say: Say, language: str = "vi"
) -> bytes:
    """The workbook of a roll-up; saved results stand beside the formulas for programs that do not compute."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": say("xlsx.title", name=rollup.name), "created": None})
        made = _Book(book, _formats(book), say, language)
        rows = resident_rows(rollup, tree)
        table = book.add_worksheet(say("xlsx.sheet.table"))
        staff = book.add_worksheet(say("xlsx.sheet.staff"))
        basis = book.add_worksheet(say("xlsx.sheet.basis"))
        _write_basis(made, basis, rows)
        _write_table(made, table, rows, rollup, instruction)
        _write_staff(made, staff, rollup)
    return out.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
    boxed = {**base, "border": 1}
    made = {"text": boxed, "plain": base, "title": {**base, "bold": True, "font_size": 14}}
    made |= {"head": {**boxed, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E8EEF5"}}
    for name, pattern in (("number", _NUMBER), ("percent", _PERCENT), ("signed", _SIGNED)):
        made[name] = {**boxed, "num_format": pattern}
        made[f"{name}-total"] = {**boxed, "num_format": pattern, "bold": True}
    made |= {"text-total": {**boxed, "bold": True}, "note": {**base, "italic": True, "text_wrap": True}}
    return {name: book.add_format(settings) for name, settings in made.items()}


def _write_table(
    made: _Book, sheet: Worksheet, rows: Sequence[Row], rollup: RollUp, instruction: Instruction
) -> None:
    _page(sheet, landscape=True)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    for number, text in enumerate(_headlines(made, rollup, instruction)):
        sheet.write_string(number, 0, text, made.formats["title" if number == 0 else "plain"])
    for column, name in enumerate(_TABLE):
        sheet.write_string(FIRST_ROW - 2, column, made.say(f"table.{name}"), made.formats["head"])
    last = FIRST_ROW + len(rows) - 1
    for line, row in enumerate(rows, FIRST_ROW):
        _write_unit(made, sheet, line, last, row, rollup.denominator)
    _write_total(made, sheet, last, Summary.sum(row.summary for row in rows))
    sheet.freeze_panes(FIRST_ROW - 1, 2)
    sheet.repeat_rows(FIRST_ROW - 2)
    if rows:
        _chart(made, sheet, last, rollup.denominator)


def _write_unit(
    made: _Book, sheet: Worksheet, line: int, last: int, row: Row, denominator: Denominator
) -> None:
    figures, uptake, formats = row.summary.figures, row.summary.uptake, made.formats
    sheet.write_number(line - 1, 0, line - FIRST_ROW + 1, formats["number"])
    sheet.write_string(line - 1, 1, row.name, formats["text"])
    for column, count in enumerate((figures.population, figures.smartphones, figures.residents_installed), 2):
        _write_count(sheet, line - 1, column, count, formats["number"])
    growth = row.summary.growth
    _formula(sheet, f"F{line}", _change(made, line), formats["signed"], growth)
    _formula(sheet, f"G{line}", _rate(made, line, "B", "C"), formats["percent"], uptake.of_population.rate)
    _formula(sheet, f"H{line}", _rate(made, line, "D", "E"), formats["percent"], uptake.of_smartphones.rate)
    if denominator is Denominator.STAFF:
        sheet.write_blank(line - 1, 8, None, formats["number"])
    else:
        by = "G" if denominator is Denominator.POPULATION else "H"
        _formula(sheet, f"I{line}", _ranking(by, line, last), formats["number"], row.rank)
    sheet.write_string(line - 1, 9, made.say(f"status.{row.timeliness}"), formats["text"])


def _write_total(made: _Book, sheet: Worksheet, last: int, total: Summary) -> None:
    line, formats = last + 1, made.formats
    sheet.write_blank(line - 1, 0, None, formats["text-total"])
    sheet.write_string(line - 1, 1, made.say("table.total"), formats["text-total"])
    counts = (total.figures.population, total.figures.smartphones, total.figures.residents_installed)
    for letter, count in zip("CDE", counts, strict=True):
        formula = f"=SUM({letter}{FIRST_ROW}:{letter}{last})"
        _formula(sheet, f"{letter}{line}", formula, formats["number-total"], count or 0)
    basis = _quoted(made.say("xlsx.sheet.basis"))
    any_before = f"COUNT({basis}!F{FIRST_ROW}:F{last})>0"
    change = f'=IF({any_before},{basis}!G{line}-{basis}!F{line},"")'
    _formula(sheet, f"F{line}", change, formats["signed-total"], total.growth)
    for letter, part, whole, share in (
        ("G", "B", "C", total.uptake.of_population),
        ("H", "D", "E", total.uptake.of_smartphones),
    ):
        _formula(
            sheet, f"{letter}{line}", _rate(made, line, part, whole), formats["percent-total"], share.rate
        )
    for column in (8, 9):
        sheet.write_blank(line - 1, column, None, formats["text-total"])


def _write_basis(made: _Book, sheet: Worksheet, rows: Sequence[Row]) -> None:
    """Parts and wholes: of a unit's own report they follow the first sheet, of rolled-up rows not."""
    _page(sheet, landscape=True)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 6, 17)
    sheet.merge_range(0, 0, 2, 6, made.say("xlsx.basis.note"), made.formats["note"])
    sheet.write_string(FIRST_ROW - 2, 0, made.say("table.unit"), made.formats["head"])
    for column, name in enumerate(_BASIS, 1):
        sheet.write_string(FIRST_ROW - 2, column, made.say(f"xlsx.basis.{name}"), made.formats["head"])
    last = FIRST_ROW + len(rows) - 1
    for line, row in enumerate(rows, FIRST_ROW):
        sheet.write_string(line - 1, 0, row.name, made.formats["text"])
        _write_shares(made, sheet, line, row)
    sheet.write_string(last, 0, made.say("table.total"), made.formats["text-total"])
    total = Summary.sum(row.summary for row in rows)
    for letter, value in zip("BCDEFG", _basis(total), strict=True):
        formula = f"=SUM({letter}{FIRST_ROW}:{letter}{last})"
        _formula(sheet, f"{letter}{last + 1}", formula, made.formats["number-total"], value)


def _write_shares(made: _Book, sheet: Worksheet, line: int, row: Row) -> None:
    number = made.formats["number"]
    values = _basis(row.summary)
    if row.report is None or row.report.rolled is not None:
        for column, value in enumerate(values, 1):
            given = None if column > 4 and not row.summary.compared_count else value
            _write_count(sheet, line - 1, column, given, number)
        return
    table = _quoted(made.say("xlsx.sheet.table"))
    for part, whole, source, index in (("B", "C", "C", 0), ("D", "E", "D", 2)):
        both = f"AND(ISNUMBER({table}!E{line}),N({table}!{source}{line})>0)"
        _formula(sheet, f"{part}{line}", f"=IF({both},{table}!E{line},0)", number, values[index])
        _formula(sheet, f"{whole}{line}", f"=IF({both},{table}!{source}{line},0)", number, values[index + 1])
    _write_count(sheet, line - 1, 5, values[4] if row.summary.compared_count else None, number)
    _formula(sheet, f"G{line}", f"=IF(ISNUMBER(F{line}),N({table}!E{line}),0)", number, values[5])


def _write_staff(made: _Book, sheet: Worksheet, rollup: RollUp) -> None:
    _page(sheet, landscape=False)
    for column, width in enumerate((5, 44, 16, 12, 12)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, made.say("table.staff"), made.formats["title"])
    by_staff = rollup.denominator is Denominator.STAFF
    names = (
        "no",
        "unit",
        "staff_smartphones",
        "staff_installed",
        "of_staff",
        *(("rank",) if by_staff else ()),
    )
    for column, name in enumerate(names):
        sheet.write_string(FIRST_ROW - 2, column, made.say(f"table.{name}"), made.formats["head"])
    rows = [row for row in rollup.rows if row.summary.uptake.of_staff.whole]
    last = FIRST_ROW + len(rows) - 1
    for line, row in enumerate(rows, FIRST_ROW):
        share = row.summary.uptake.of_staff
        sheet.write_number(line - 1, 0, line - FIRST_ROW + 1, made.formats["number"])
        sheet.write_string(line - 1, 1, row.name, made.formats["text"])
        sheet.write_number(line - 1, 2, share.whole, made.formats["number"])
        sheet.write_number(line - 1, 3, share.part, made.formats["number"])
        _staff_rate(sheet, line, made.formats["percent"], share)
        if by_staff:
            _formula(sheet, f"F{line}", _ranking("E", line, last), made.formats["number"], row.rank)
    sheet.write_blank(last, 0, None, made.formats["text-total"])
    sheet.write_string(last, 1, made.say("table.total"), made.formats["text-total"])
    total = rollup.total.uptake.of_staff
    for letter, value in (("C", total.whole), ("D", total.part)):
        formula = f"=SUM({letter}{FIRST_ROW}:{letter}{last})" if rows else "=0"
        _formula(sheet, f"{letter}{last + 1}", formula, made.formats["number-total"], value)
    _staff_rate(sheet, last + 1, made.formats["percent-total"], total)


def _staff_rate(sheet: Worksheet, line: int, style: Any, share: Share) -> None:
    _formula(sheet, f"E{line}", f'=IF(C{line}>0,D{line}/C{line},"")', style, share.rate)


def _chart(made: _Book, sheet: Worksheet, last: int, denominator: Denominator) -> None:
    column = 6 if denominator is Denominator.POPULATION else 7
    shown = Denominator.POPULATION if column == 6 else Denominator.SMARTPHONES
    chart = made.book.add_chart({"type": "bar"})
    name = made.say("xlsx.sheet.table")
    chart.add_series(
        {
            "categories": [name, FIRST_ROW - 1, 1, last - 1, 1],
            "values": [name, FIRST_ROW - 1, column, last - 1, column],
            "fill": {"color": "#1F5F99"},
            "data_labels": {"value": True, "num_format": "0.0%"},
            "gap": 60,
        }
    )
    title = made.say("chart.title", denominator=rate_name(shown, made.say))
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_x_axis(
        {"num_format": "0%", "min": 0, "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}}
    )
    chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 860, "height": 120 + 26 * (last - FIRST_ROW + 1)})
    sheet.insert_chart(last + 2, 1, chart, {"description": title})


def _headlines(made: _Book, rollup: RollUp, instruction: Instruction) -> tuple[str, str, str]:
    total = rollup.total
    counts = {
        "reported": total.reported_count, "expected": total.expected_count, "on_time": total.on_time_count,
        "late": len(total.late), "missing": len(total.missing),
    }  # fmt: skip
    written = {name: count_text(count, made.language) for name, count in counts.items()}
    at = dict(zip(("time", "day"), _moment(made, rollup.at, instruction), strict=True))
    due = dict(zip(("due_time", "due_day"), _moment(made, rollup.due_at, instruction), strict=True))
    return (
        made.say("xlsx.title", name=rollup.name),
        made.say("xlsx.as-of", number=instruction.number, **at, **due),
        made.say("xlsx.reported", **written),
    )


def _moment(made: _Book, at: int, instruction: Instruction) -> tuple[str, str]:
    minute = (at // 60 + instruction.utc_offset_minutes) % (24 * 60)
    return f"{minute // 60:02}:{minute % 60:02}", date_text(instruction.civil_date(at), made.language)


def _basis(summary: Summary) -> tuple[int, ...]:
    people, phones = summary.uptake.of_population, summary.uptake.of_smartphones
    return (
        people.part,
        people.whole,
        phones.part,
        phones.whole,
        summary.before.residents,
        summary.after.residents,
    )


def _rate(made: _Book, line: int, part: str, whole: str) -> str:
    basis = _quoted(made.say("xlsx.sheet.basis"))
    return f'=IF({basis}!{whole}{line}>0,{basis}!{part}{line}/{basis}!{whole}{line},"")'


def _change(made: _Book, line: int) -> str:
    basis = _quoted(made.say("xlsx.sheet.basis"))
    return f'=IF(ISNUMBER({basis}!F{line}),{basis}!G{line}-{basis}!F{line},"")'


def _ranking(column: str, line: int, last: int) -> str:
    return f'=IF(ISNUMBER({column}{line}),RANK({column}{line},{column}${FIRST_ROW}:{column}${last},0),"")'


def _quoted(sheet: str) -> str:
    return "'" + sheet.replace("'", "''") + "'"


def _formula(sheet: Worksheet, cell: str, formula: str, style: Any, value: int | Fraction | None) -> None:
    saved = "" if value is None else (float(value) if isinstance(value, Fraction) else value)
    sheet.write_formula(cell, formula, style, saved)


def _write_count(sheet: Worksheet, row: int, column: int, count: int | None, style: Any) -> None:
    if count is None:
        sheet.write_blank(row, column, None, style)
    else:
        sheet.write_number(row, column, count, style)


def _page(sheet: Worksheet, *, landscape: bool) -> None:
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.set_margins(left=0.8, right=0.6, top=0.8, bottom=0.8)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.set_row(FIRST_ROW - 2, 48)
