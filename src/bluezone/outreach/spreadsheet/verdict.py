"""What is said about a file of reports: of the file, each row and each cell; nothing is dropped unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bluezone.outreach.problem import Place, Problem, Severity
from bluezone.outreach.report import Report


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """One cell.

    Attributes:
        place: where it is.
        field: what it holds.
        shown: what stands there.
        problems: what is wrong with it or was assumed; empty for fine.
    """

    place: Place
    field: str
    shown: str
    problems: tuple[Problem, ...] = ()

    @property
    def severity(self) -> Severity | None:
        """The worst of its problems; None for fine."""
        order = list(Severity)
        return min((one.severity for one in self.problems), key=order.index, default=None)


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """One row.

    Attributes:
        row: its number.
        unit_id: whose row it is; None when that is not clear.
        typed_unit: what stands there for the unit.
        cells: those of known columns, from the left.
        problems: of the row as a whole.
        report: to be stored; None when anything stops it, or for a row that repeats another.
    """

    row: int
    unit_id: str | None
    typed_unit: str
    cells: tuple[CellVerdict, ...]
    problems: tuple[Problem, ...]
    report: Report | None

    def every_problem(self) -> Iterator[Problem]:
        """Of the row and of its cells."""
        yield from self.problems
        for cell in self.cells:
            yield from cell.problems


@dataclass(frozen=True, slots=True)
class Verdict:
    """A whole file.

    Attributes:
        sheet: the sheet that was read.
        columns: fields of its columns, from the left.
        rows: from the top.
        problems: of the file, its sheets and its header.
    """

    sheet: str
    columns: tuple[str, ...]
    rows: tuple[RowVerdict, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def reports(self) -> tuple[Report, ...]:
        """What may be stored."""
        return tuple(row.report for row in self.rows if row.report is not None)

    def every_problem(self) -> tuple[Problem, ...]:
        """Of the file, then of each row."""
        return (*self.problems, *(problem for row in self.rows for problem in row.every_problem()))
