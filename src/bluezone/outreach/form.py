"""A report as it was typed into a form: texts in, a report and everything that could not be read out.

Decides how each field is read. Leaves what is impossible to `report`, and keeping what was typed (drafts)
to storage: texts are never changed or lost here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bluezone.outreach.figures import FIELDS, Figures
from bluezone.outreach.numerals import read_count, read_date
from bluezone.outreach.plain_text import plain_text
from bluezone.outreach.problem import Problem
from bluezone.outreach.report import TEXT_FIELDS, Report

FORM_FIELDS = ("as_of", *FIELDS, *TEXT_FIELDS)


def read_figures(texts: Mapping[str, str]) -> tuple[Figures, tuple[Problem, ...]]:
    """The figures among typed texts (field to text), and a problem for each that is no count."""
    counts: dict[str, int] = {}
    problems = []
    for name in FIELDS:
        read = read_count(texts.get(name, ""))
        if isinstance(read, Problem):
            problems.append(Problem(read.code, name, values=read.values))
        elif read is not None:
            counts[name] = read
    return Figures(**counts), tuple(problems)


def read_form(
    texts: Mapping[str, str],
    *,
    instruction_id: str,
    period: int,
    unit_id: str,
    version: int,
    submitted_at: int,
    today: date,
) -> tuple[Report, tuple[Problem, ...]]:
    """The report that a form holds; only without problems may it go on to `report.accept_report`.

    Args:
        texts: name of `FORM_FIELDS` to what was typed.
        version: one more than the version that the form was filled from.
        submitted_at: seconds UTC.
        today: stands for the date of the figures when none was typed.
    """
    figures, problems = read_figures(texts)
    as_of = read_date(texts.get("as_of", ""))
    if isinstance(as_of, Problem):
        problems += (Problem(as_of.code, "as_of", values=as_of.values),)
    words = {name: plain_text(texts.get(name, "")) for name in TEXT_FIELDS}
    report = Report(
        instruction_id,
        period,
        unit_id,
        version,
        as_of if isinstance(as_of, date) else today,
        figures,
        words["difficulties"],
        words["proposals"],
        words["reporter"],
        words["reporter_phone"],
        submitted_at,
    )
    return report, problems


def typed_again(report: Report) -> dict[str, str]:
    """A report as texts for a form, so that it can be corrected."""
    texts = {"as_of": report.as_of.strftime("%d/%m/%Y")}
    texts |= {name: str(getattr(report, name)) for name in TEXT_FIELDS}
    for name in FIELDS:
        count = report.figures.get(name)
        texts[name] = "" if count is None else str(count)
    return texts
