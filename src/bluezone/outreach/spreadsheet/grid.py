"""A sheet as rows of cells, wherever it came from; and which column means what.

Decides what a cell is before anybody asks what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from bluezone.outreach.problem import column_letters
from bluezone.outreach.spreadsheet.archive import Merge

Value = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        value: text, number, truth, date, or None; of a formula its saved result.
        is_formula: whether a formula stands there.
        is_error: whether the value is an error such as "#REF!".
    """

    value: Value = None
    is_formula: bool = False
    is_error: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands there, not even a formula."""
        return not self.is_formula and (self.value is None or not str(self.value).strip())

    @property
    def text(self) -> str:
        """What stands there as text."""
        if self.value is None:
            return ""
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        return f"{self.value:%d/%m/%Y}" if isinstance(self.value, date) else str(self.value).strip()


BLANK = Cell()


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet.

    Attributes:
        sheet: its name; empty for CSV.
        rows: row number (from 1) to its cells from column 1; blank rows are left out.
        merges: row number to the merged ranges that it is part of.
        hidden_rows: numbers of hidden rows.
    """

    sheet: str
    rows: dict[int, tuple[Cell, ...]]
    merges: Mapping[int, tuple[Merge, ...]] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()

    def cell(self, row: int, column: int) -> Cell:
        """A cell by row and column, both from 1."""
        cells = self.rows.get(row, ())
        return cells[column - 1] if 0 < column <= len(cells) else BLANK

    def merge_at(self, row: int, column: int) -> Merge | None:
        """The merged range that a cell is part of."""
        for merge in self.merges.get(row, ()):
            if merge.first_column <= column <= merge.last_column:
                return merge
        return None

    def title_at(self, row: int, column: int) -> str:
        """The text of a header cell; of a merged one that of the whole range."""
        merge = self.merge_at(row, column)
        return (self.cell(merge.first_row, merge.first_column) if merge else self.cell(row, column)).text

    def __iter__(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        return iter(sorted(self.rows.items()))


def range_text(merge: Merge) -> str:
    """A merged range as spreadsheets write it, such as "B4:C5"."""
    first = f"{column_letters(merge.first_column)}{merge.first_row}"
    return f"{first}:{column_letters(merge.last_column)}{merge.last_row}"
