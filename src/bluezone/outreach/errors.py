"""Errors of local government's outreach: one family, a stable code each, a sentence for who reads it.

OutreachError
├── Refusal                  something that came in is not accepted; carries every problem
│   ├── UnitsRefused         a list of units that is not a tree
│   ├── InstructionRefused   an instruction that cannot be sent
│   ├── ReportRefused        impossible or missing figures
│   └── SpreadsheetRefused   a file that is not read at all: too large, with macros, broken
├── UnitUnknown              no unit of this id
├── InstructionUnknown       no instruction of this id
├── PeriodUnknown            the instruction has no such deadline
├── InstructionClosed        the instruction is closed, or was not sent yet
├── ReportOutdated           somebody else stored a newer version meanwhile
├── UnitsOutdated            somebody else replaced the list of units meanwhile
├── UploadMissing            the file that was looked at is gone
├── LetterError              a letter that cannot be written
│   ├── LetterOutdated       somebody else saved this letter meanwhile
│   └── TypesettingFailed    the typesetter did not make the PDF
└── HomeError                the folder of outreach
    ├── HomeExists           there is already one in it
    ├── HomeIncomplete       a file is missing or cannot be read
    └── SettingsInvalid      a setting is unknown or out of range
"""

from __future__ import annotations

from collections.abc import Sequence

from bluezone.outreach.problem import Problem

_SHOWN = 20


class OutreachError(Exception):
    """Outreach cannot do what it was asked to."""

    code: str = "outreach"


class Refusal(OutreachError):
    """Something that came in is not accepted; nothing of it was stored, and every problem is told at once."""

    code = "refused"

    def __init__(self, sentence: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(sentence + "".join(f"\n  {problem}" for problem in problems[:_SHOWN]))
        self.problems = tuple(problems)


class UnitsRefused(Refusal):
    """A list of units is not a tree, or a line of it cannot be used."""

    code = "units-refused"


class InstructionRefused(Refusal):
    """An instruction cannot be sent as it is."""

    code = "instruction-refused"


class ReportRefused(Refusal):
    """A report has figures that cannot be, or lacks some that were asked for; nothing was stored."""

    code = "report-refused"


class SpreadsheetRefused(Refusal):
    """A spreadsheet is not read at all: too large, with macros, or not a spreadsheet."""

    code = "spreadsheet-refused"


class UnitUnknown(OutreachError):
    """No unit of this id is known."""

    code = "unit-unknown"


class InstructionUnknown(OutreachError):
    """No instruction of this id is known."""

    code = "instruction-unknown"


class PeriodUnknown(OutreachError):
    """The instruction has no such period."""

    code = "period-unknown"


class InstructionClosed(OutreachError):
    """The instruction is closed, or was not sent yet; what was typed is kept as a draft."""

    code = "instruction-closed"


class ReportOutdated(OutreachError):
    """Somebody else stored a newer version of this report meanwhile; both are kept for comparison."""

    code = "report-outdated"

    def __init__(self, stored_version: int) -> None:
        super().__init__(
            f"version {stored_version} of this report was stored meanwhile; compare the two and send again"
        )
        self.stored_version = stored_version


class UnitsOutdated(OutreachError):
    """Somebody else replaced the list of units meanwhile; nothing was changed. Look at the new list again."""

    code = "units-outdated"


class UploadMissing(OutreachError):
    """The file that was looked at is gone; send it again."""

    code = "upload-missing"


class LetterError(OutreachError):
    """A letter cannot be written."""

    code = "letter"


class LetterOutdated(LetterError):
    """Somebody else saved this letter meanwhile; nothing was changed."""

    code = "letter-outdated"


class TypesettingFailed(LetterError):
    """The typesetter did not make the PDF of a letter."""

    code = "typesetting-failed"


class HomeError(OutreachError):
    """Something is wrong with the folder of outreach."""

    code = "outreach-home"


class HomeExists(HomeError):
    """The folder already holds an outreach; nothing is overwritten."""

    code = "outreach-home-exists"


class HomeIncomplete(HomeError):
    """A file of outreach is missing or unreadable."""

    code = "outreach-home-incomplete"


class SettingsInvalid(HomeError):
    """A setting of outreach is unknown or out of range."""

    code = "outreach-settings-invalid"
