"""What is wrong with something that came in: a stable code, the field, the place, and what a sentence needs.

A problem is a value, not a text: its sentence stands in the catalogues under `problem.<code>`, in
Vietnamese and in English, and `wording` fills it in. An error stops what came in, a warning goes on with
it, a note only says how something was read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file.

    Attributes:
        sheet: name of the sheet; empty for CSV.
        row: from 1, as spreadsheets count; 0 for the whole file.
        column: from 1; 0 for the whole row.
    """

    sheet: str = ""
    row: int = 0
    column: int = 0

    @property
    def cell(self) -> str:
        """The cell as spreadsheets call it, such as `C7`; the row's number alone for a whole row."""
        return f"{column_letters(self.column)}{self.row or ''}" if self.column else str(self.row or "")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        code: stable; `problem.<code>` is its sentence in the catalogues.
        field: the field it is about (a name of `figures.FIELDS`, or another field's); empty for the whole.
        severity: whether it stops what came in.
        values: what the sentence is filled with; numbers stay numbers, so that each language groups them.
        place: where in a file, when it came from one.
    """

    code: str
    field: str = ""
    severity: Severity = Severity.ERROR
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)
    place: Place | None = None

    @property
    def key(self) -> str:
        """Its key in the catalogues."""
        return f"problem.{self.code}"

    def at(self, place: Place) -> Problem:
        """The same problem with its place."""
        return replace(self, place=place)

    def __str__(self) -> str:
        where = f"{self.place.cell}: " if self.place and self.place.cell else ""
        values = ", ".join(f"{name} {value}" for name, value in self.values.items())
        return (
            f"{where}{self.code}"
            + (f" ({self.field})" if self.field else "")
            + (f": {values}" if values else "")
        )


def errors_in(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Only those that stop what came in."""
    return tuple(one for one in problems if one.severity is Severity.ERROR)


def column_letters(number: int) -> str:
    """The name of a spreadsheet's column: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
