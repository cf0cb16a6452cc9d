"""Errors of local government's outreach: one family, a stable code each, a sentence for who reads it.

OutreachError
├── UnitError
│   ├── UnitUnknown          no unit of this id
│   └── UnitsRefused         a list of units that is not a tree; carries every problem
├── InstructionRefused       an instruction that cannot be sent; carries every problem
├── ReportError
│   ├── ReportRefused        impossible or missing figures; carries every problem
│   └── ReportOutdated       somebody else stored a newer version meanwhile; carries both
├── SpreadsheetRefused       a file that is not read at all: too large, with macros, broken
└── LetterError              a letter that cannot be written
    └── TypesettingFailed    the typesetter did not make the PDF
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bluezone.outreach.problem import Problem
    from bluezone.outreach.report import Report


class OutreachError(Exception):
    """Outreach cannot do what it was asked to."""

    code: str = "outreach"


class _WithProblems(OutreachError):
    """An error that carries everything that is wrong, so that it can be put right in one go."""

    def __init__(self, sentence: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(sentence + "".join(f"\n  {problem}" for problem in problems[:20]))
        self.problems = tuple(problems)


class UnitError(OutreachError):
    """Something is wrong with a unit or with the tree of units."""

    code = "unit"


class UnitUnknown(UnitError):
    """No unit of this id is known."""

    code = "unit-unknown"


class UnitsRefused(_WithProblems, UnitError):
    """A list of units is not a tree, or a line of it cannot be used."""

    code = "units-refused"


class InstructionRefused(_WithProblems):
    """An instruction cannot be sent as it is."""

    code = "instruction-refused"


class ReportError(OutreachError):
    """Something is wrong with a report."""

    code = "report"


class ReportRefused(_WithProblems, ReportError):
    """A report has figures that cannot be, or lacks some that were asked for; nothing was stored."""

    code = "report-refused"


class ReportOutdated(ReportError):
    """Somebody else stored a newer version of this report meanwhile; both are kept for comparison."""

    code = "report-outdated"

    def __init__(self, sentence: str, *, stored: Report, offered: Report) -> None:
        super().__init__(sentence)
        self.stored = stored
        self.offered = offered


class SpreadsheetRefused(_WithProblems):
    """A spreadsheet is not read at all: too large, with macros, or not a spreadsheet."""

    code = "spreadsheet-refused"


class LetterError(OutreachError):
    """A letter cannot be written."""

    code = "letter"


class TypesettingFailed(LetterError):
    """The typesetter did not make the PDF of a letter."""

    code = "typesetting-failed"
