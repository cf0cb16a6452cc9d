"""Finds the header of a sheet: which row it is, and which field each column holds.

Decides by titles alone, in either language, over one row or two. Leaves values to `reading`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from bluezone.outreach.problem import Place, Problem, Severity
from bluezone.outreach.spreadsheet.grid import Grid
from bluezone.outreach.units import plain
from bluezone.web.language import LANGUAGES, words_of

_HEADER_WITHIN = 40
_NEARLY = 92
_LONGEST_TITLE = 200
_IN_BRACKETS = re.compile(r"\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns of a sheet are.

    Attributes:
        last_row: the header's last row; data begins below.
        columns: field to column, from 1.
        problems: columns that were not used, or stand twice.
    """

    last_row: int
    columns: dict[str, int]
    problems: tuple[Problem, ...]


def find_header(grid: Grid, kind: str, needed: tuple[str, ...]) -> Header | None:
    """The header that names most fields; None where none names those needed and one more.

    Args:
        kind: "report" or "units", a table of `columns.toml`.
        needed: fields without which a row means nothing.
    """
    best: Header | None = None
    for number in [one for one, _ in grid][:_HEADER_WITHIN]:
        for depth in (1, 2):
            found = _header(grid, number, depth, kind)
            is_enough = all(name in found.columns for name in needed) and len(found.columns) > len(needed)
            if is_enough and (best is None or len(found.columns) > len(best.columns)):
                best = found
    return best


@cache
def marks(kind: str) -> frozenset[str]:
    """Words with a meaning of their own, as they are compared."""
    return frozenset(plain(text) for text in _tables()["marks"][kind])


def _header(grid: Grid, row: int, depth: int, kind: str) -> Header:
    width = max(len(grid.rows.get(one, ())) for one in range(row, row + depth))
    columns: dict[str, int] = {}
    problems = []
    for column in range(1, width + 1):
        titles = list(dict.fromkeys(grid.title_at(row + step, column) for step in range(depth)))
        title = " ".join(title for title in titles if title)
        if not title:
            continue
        name = _field_of(title, kind) or (_field_of(titles[-1], kind) if depth > 1 else "")
        place = Place(grid.sheet, row, column)
        if not name:
            if plain(title) not in ("tt", "stt", "no", "ghi chu", "note"):
                values = {"title": title[:60]}
                problems.append(Problem("column-ignored", "", Severity.NOTE, values, place))
        elif name in columns:
            problems.append(Problem("column-twice", name, Severity.ERROR, {"title": title[:60]}, place))
        else:
            columns[name] = column
    return Header(row + depth - 1, columns, tuple(problems))


def _field_of(title: str, kind: str) -> str:
    known, title = _titles(kind), title[:_LONGEST_TITLE]
    for text in (plain(title), plain(_IN_BRACKETS.sub("", title))):
        if text in known:
            return known[text]
    nearest = process.extractOne(plain(title[:80]), known.keys(), scorer=fuzz.ratio, score_cutoff=_NEARLY)
    return known[nearest[0]] if nearest else ""


@cache
def _titles(kind: str) -> dict[str, str]:
    """Every known title to its field."""
    found: dict[str, str] = {}
    for name, titles in _tables()[kind].items():
        labels = [words_of(language).text(f"field.{name}") for language in LANGUAGES]
        for title in (name, *titles, *(label for label in labels if label != f"field.{name}")):
            found.setdefault(plain(title), name)
            found.setdefault(plain(_IN_BRACKETS.sub("", title)), name)
    return found


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    text = files("bluezone.outreach.spreadsheet").joinpath("columns.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
