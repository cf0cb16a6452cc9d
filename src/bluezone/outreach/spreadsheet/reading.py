"""One cell as a count, a date, a rate or a text, with everything that is wrong or was assumed.

Decides how each kind of cell is read; a formula is never computed, only its saved result is used.
"""

from __future__ import annotations

import math
from datetime import date
from fractions import Fraction

from bluezone.outreach.figures import COUNT_LIMIT
from bluezone.outreach.numerals import MAX_TYPED, read_count, read_date, read_rate
from bluezone.outreach.problem import Problem, Severity
from bluezone.outreach.spreadsheet.grid import Cell

Found = tuple[Problem, ...]


def cell_count(cell: Cell, name: str) -> tuple[int | None, Found]:
    """A count, or None where there is none; and what is to be said about it."""
    if problem := _unusable(cell, name):
        return None, (problem,)
    if isinstance(cell.value, bool):
        return None, (Problem("count-is-logical", name),)
    if isinstance(cell.value, date):
        return None, (Problem("count-is-date", name, values={"day": cell.value}),)
    if isinstance(cell.value, int | float):
        count: int | Problem | None = _number_count(cell.value)
    else:
        count = read_count(cell.text)
    if isinstance(count, Problem):
        return None, (Problem(count.code, name, values=count.values),)
    return count, _assumed(cell, name, count)


def cell_date(cell: Cell, name: str) -> tuple[date | None, Found]:
    """A civil date, or None."""
    if problem := _unusable(cell, name):
        return None, (problem,)
    if isinstance(cell.value, date):
        return cell.value, ()
    read = read_date(cell.text)
    if isinstance(read, Problem):
        return None, (Problem(read.code, name, values=read.values),)
    return read, ()


def cell_rate(cell: Cell, name: str) -> tuple[Fraction | None, Found]:
    """A typed rate, only to be compared with the computed one."""
    if cell.is_blank or cell.is_formula or cell.is_error:
        return None, ()
    if isinstance(cell.value, float) and not math.isfinite(cell.value):
        return None, ()
    rate = read_rate(f"{cell.value:.10f}" if isinstance(cell.value, float) else cell.text)
    if rate is None:
        values = {"typed": cell.text[:MAX_TYPED]}
        return None, (Problem("rate-unreadable", name, Severity.NOTE, values),)
    return rate, ()


def _unusable(cell: Cell, name: str) -> Problem | None:
    if cell.is_error:
        return Problem("formula-error", name, values={"typed": cell.text[:MAX_TYPED]})
    if cell.is_formula and cell.value is None:
        return Problem("formula-without-value", name)
    return None


def _number_count(value: float) -> int | Problem:
    if not math.isfinite(value):
        return Problem("count-unreadable", values={"typed": str(value)})
    if value < 0:
        return Problem("count-negative", values={"typed": f"{value:g}"})
    if value != int(value):
        return Problem("count-not-whole", values={"typed": f"{value:g}"})
    if value >= COUNT_LIMIT:
        return Problem("count-out-of-range", values={"count": int(value), "limit": COUNT_LIMIT})
    return int(value)


def _assumed(cell: Cell, name: str, count: int | None) -> Found:
    if count is None:
        return ()
    if cell.is_formula:
        return (Problem("formula-used", name, Severity.NOTE, {"count": count}),)
    if isinstance(cell.value, str) and not (cell.text.isascii() and cell.text.isdigit()):
        values = {"typed": cell.text[:MAX_TYPED], "count": count}
        return (Problem("text-number", name, Severity.NOTE, values),)
    return ()
