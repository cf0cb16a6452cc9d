"""Problems and values as sentences of a language: for pages, files and the terminal.

Decides how a value inside a sentence is written. The sentences stand in the catalogues.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from bluezone.outreach.numerals import count_text, date_text, percent_text
from bluezone.outreach.problem import Place, Problem
from bluezone.web.language import Words


def sentence(problem: Problem, words: Words) -> str:
    """What is wrong, with its place where it came from a file: "Ô C7: ..."."""
    values = {name: value_text(value, words.language) for name, value in problem.values.items()}
    label = words.text(f"field.{problem.field}") if problem.field else ""
    said = words.text(problem.key, **{"field": label, **values})
    return f"{place_text(problem.place, words)}: {said}" if problem.place else said


def place_text(place: Place, words: Words) -> str:
    """Where in a file: cell, or row, or sheet, or the whole of it."""
    if place.column:
        where = words.text("place.cell", cell=place.cell)
    elif place.row:
        where = words.text("place.row", row=place.row)
    else:
        return words.text("place.sheet", sheet=place.sheet) if place.sheet else words.text("place.file")
    return where


def value_text(value: object, language: str) -> str:
    """One value: counts grouped, rates as percentages, dates in the language's order."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        return count_text(value, language)
    if isinstance(value, Fraction):
        return percent_text(value, language)
    return date_text(value, language) if isinstance(value, date) else str(value)
