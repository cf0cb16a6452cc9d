"""Reports: what a unit may say about itself, which versions there are, and which one counts.

Decides what is impossible (refused), what is strange (a warning that goes on with the report), and that
a report is never changed, only followed by its next version. Rates are computed, never typed. Leaves
reading forms and files to `form` and `spreadsheet`, adding up to `rollup`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bluezone.outreach.errors import ReportOutdated, ReportRefused
from bluezone.outreach.figures import COUNT_LIMIT, CUMULATIVE, FIELDS, Figures, Share, Summary
from bluezone.outreach.instruction import Instruction
from bluezone.outreach.problem import Problem, Severity, errors_in
from bluezone.outreach.units import Unit

STAFF_FIELDS = ("staff_smartphones", "staff_installed")
RESIDENT_FIELDS = ("population", "smartphones", "residents_installed", "residents_new")
TEXT_FIELDS = ("difficulties", "proposals", "reporter", "reporter_phone")
MAX_TEXT = {"difficulties": 2000, "proposals": 2000, "reporter": 120, "reporter_phone": 20}
_PHONE = re.compile(r"\+?\d{8,12}")
_REGISTER_TOLERANCE = Fraction(1, 4)
_JUMP = Fraction(30, 100)


@dataclass(frozen=True, slots=True)
class Report:
    """One version of what a unit reports for one period.

    Attributes:
        instruction_id: which instruction it answers.
        period: from 0.
        unit_id: who reports.
        version: from 1; each correction is one more.
        as_of: civil date for which the figures hold.
        figures: what was counted.
        difficulties: free text; may be empty.
        proposals: free text; may be empty.
        reporter: whom to ask; a role or a name.
        reporter_phone: of the reporter.
        submitted_at: seconds UTC, of this version.
        rolled: for a report that was rolled up from units below: the exact summary; else None.
    """

    instruction_id: str
    period: int
    unit_id: str
    version: int
    as_of: date
    figures: Figures
    difficulties: str = ""
    proposals: str = ""
    reporter: str = ""
    reporter_phone: str = ""
    submitted_at: int = 0
    rolled: Summary | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which two versions differ.

    Attributes:
        field: its name.
        before: in the earlier version.
        after: in the later version.
    """

    field: str
    before: object
    after: object


def standing(versions: Sequence[Report], at: int | None = None) -> Report | None:
    """The version that counts at an instant (seconds UTC; None: now): the last one submitted by then.

    Args:
        versions: of one unit and period, in order.
    """
    known = [one for one in versions if at is None or one.submitted_at <= at]
    return known[-1] if known else None


def differences(before: Report, after: Report) -> tuple[Difference, ...]:
    """Every field in which two versions differ; version and time do not count."""
    found = [
        Difference(name, getattr(before, name), getattr(after, name)) for name in ("as_of", *TEXT_FIELDS)
    ]
    found += [Difference(name, before.figures.get(name), after.figures.get(name)) for name in FIELDS]
    return tuple(one for one in found if one.before != one.after)


def check_version(stored: Report | None, offered: Report) -> None:
    """That a report follows the version that its officer saw, so its version is one more than the stored one.

    Raises:
        ReportOutdated: somebody else stored a version meanwhile; `differences` says where the two differ.
    """
    if stored is not None and offered.version != stored.version + 1:
        raise ReportOutdated(stored.version)


def accept_report(
    report: Report,
    *,
    unit: Unit,
    instruction: Instruction,
    now: int,
    previous: Report | None = None,
) -> tuple[Problem, ...]:
    """Passes a report that may be stored; returns its warnings.

    Args:
        now: seconds UTC.
        previous: what counts for this unit in the last period it reported for.

    Raises:
        ReportRefused: with every problem.
    """
    today = instruction.civil_date(now)
    problems = check_report(report, unit=unit, instruction=instruction, today=today, previous=previous)
    if errors_in(problems):
        raise ReportRefused("the report cannot be accepted as it is", errors_in(problems))
    return problems


def check_report(
    report: Report,
    *,
    unit: Unit,
    instruction: Instruction,
    today: date,
    previous: Report | None = None,
) -> tuple[Problem, ...]:
    """Everything that is wrong or strange with a report; see `accept_report`."""
    problems = [*_check_unit(unit, today), *_check_given(report, unit, instruction), *_check_texts(report)]
    problems += _check_date(report.as_of, today, instruction, previous)
    if report.rolled is None:  # sums of units that did not all give the same are compared row by row
        problems += check_figures(report.figures)
    if not errors_in(problems):
        problems += _check_register(report.figures, unit)
        if previous is not None:
            problems += _check_growth(report.figures, previous.figures)
    return tuple(problems)


def check_figures(figures: Figures) -> tuple[Problem, ...]:
    """What figures say about each other, without knowing whose they are."""
    problems = [
        Problem("count-out-of-range", name, values={"count": count, "limit": COUNT_LIMIT})
        for name in FIELDS
        if (count := figures.get(name)) is not None and not 0 <= count < COUNT_LIMIT
    ]
    if problems:
        return tuple(problems)
    problems += _above(figures, "residents_installed", "population", "installed-above-population")
    problems += _above(figures, "residents_installed", "smartphones", "installed-above-smartphones")
    problems += _above(figures, "staff_installed", "staff_smartphones", "staff-installed-above-smartphones")
    problems += _above(figures, "residents_new", "residents_installed", "new-above-installed")
    problems += _above(figures, "smartphones", "population", "smartphones-above-population")
    return tuple(problems)


def check_typed_rate(typed: Fraction, share: Share, field: str) -> Problem | None:
    """A rate that somebody typed is never used; where it is off by more than its rounding, a warning says so.

    Args:
        typed: 68/100 for "68 %".
        share: the one it should be.
        field: name of the rate's column.
    """
    if share.rate is None or abs(share.rate - typed) <= Fraction(5, 10_000):
        return None
    values = {"typed": typed, "rate": share.rate, "part": share.part, "whole": share.whole}
    return Problem("rate-typed-wrong", field, Severity.WARNING, values)


def _above(figures: Figures, part: str, whole: str, code: str) -> Iterator[Problem]:
    small, large = figures.get(part), figures.get(whole)
    if small is not None and large is not None and small > large:
        yield Problem(code, part, values={"part": small, "whole": large})


def _check_unit(unit: Unit, today: date) -> Iterator[Problem]:
    if not unit.is_active(today):
        yield Problem("unit-removed", "unit_id", values={"unit": unit.name, "day": unit.removed_on})


def _check_given(report: Report, unit: Unit, instruction: Instruction) -> Iterator[Problem]:
    asked = instruction.asked if unit.has_residents else STAFF_FIELDS
    if report.rolled is None and not unit.has_residents:
        for name in RESIDENT_FIELDS:
            if report.figures.get(name) is not None:
                yield Problem("unit-without-residents", name, values={"unit": unit.name})
    for name in FIELDS if report.rolled is None else ():
        if name in asked and name in instruction.asked and report.figures.get(name) is None:
            yield Problem("field-missing", name)
    if report.rolled is None and all(report.figures.get(name) is None for name in FIELDS):
        yield Problem("report-empty")


def _check_texts(report: Report) -> Iterator[Problem]:
    for name, limit in MAX_TEXT.items():
        text: str = getattr(report, name)
        if len(text) > limit:
            yield Problem("text-too-long", name, values={"limit": limit})
        if any(not (c.isprintable() or c in "\n\r\t\u00a0") for c in text):
            yield Problem("text-unprintable", name)
    if not report.reporter.strip():
        yield Problem("field-missing", "reporter")
    digits = re.sub(r"[\s.\-()]", "", report.reporter_phone)
    if not digits:
        yield Problem("field-missing", "reporter_phone")
    elif not _PHONE.fullmatch(digits):
        yield Problem("phone-invalid", "reporter_phone")


def _check_date(
    as_of: date, today: date, instruction: Instruction, previous: Report | None
) -> Iterator[Problem]:
    if as_of > today:
        yield Problem("date-in-future", "as_of", values={"day": as_of, "today": today})
    elif previous is not None and as_of < previous.as_of:
        yield Problem("date-before-previous", "as_of", values={"day": as_of, "before": previous.as_of})
    elif as_of < instruction.issued_on:
        yield Problem(
            "date-before-issue", "as_of", Severity.WARNING, {"day": as_of, "issued": instruction.issued_on}
        )


def _check_register(figures: Figures, unit: Unit) -> Iterator[Problem]:
    for name in ("population", "smartphones"):
        given, known = figures.get(name), getattr(unit, name)
        if given is not None and known and abs(given - known) > known * _REGISTER_TOLERANCE:
            yield Problem(
                "differs-from-register", name, Severity.WARNING, {"count": given, "register": known}
            )


def _check_growth(now: Figures, before: Figures) -> Iterator[Problem]:
    for name in CUMULATIVE:
        later, earlier = now.get(name), before.get(name)
        if later is not None and earlier is not None and later < earlier:
            yield Problem("cumulative-falls", name, values={"count": later, "before": earlier})
    installed, earlier = now.residents_installed, before.residents_installed
    if installed is None or earlier is None or installed < earlier:
        return
    if now.residents_new is not None and now.residents_new != installed - earlier:
        values = {"count": now.residents_new, "computed": installed - earlier}
        yield Problem("new-differs", "residents_new", Severity.WARNING, values)
    if now.population and Fraction(installed - earlier, now.population) > _JUMP:
        yield Problem("sudden-rise", "residents_installed", Severity.WARNING, {"rise": installed - earlier})
