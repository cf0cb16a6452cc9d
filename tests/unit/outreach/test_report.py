"""The rules of reports, as tables: what is impossible, what is strange, which version counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from bluezone.outreach.errors import ReportOutdated, ReportRefused
from bluezone.outreach.figures import Figures, Share
from bluezone.outreach.problem import Problem, Severity, errors_in
from bluezone.outreach.report import (
    Report,
    accept_report,
    check_report,
    check_typed_rate,
    check_version,
    differences,
    standing,
)
from bluezone.outreach.units import Unit
from bluezone.outreach.wording import sentence
from bluezone.web.language import words_of
from tests.unit.outreach.case import DUE_AT, INSTRUCTION, OFFICE, PHU, report

PREVIOUS = report(residents_installed=2_600, residents_new=100, as_of=date(2020, 8, 18), leaflets=800)


def found(one: Report, unit: Unit = PHU, previous: Report | None = None) -> list[tuple[str, str]]:
    """Code and field of every problem."""
    today = INSTRUCTION.civil_date(DUE_AT)
    problems = check_report(one, unit=unit, instruction=INSTRUCTION, today=today, previous=previous)
    return [(problem.code, problem.field) for problem in problems]


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"residents_installed": 6_001}, "installed-above-smartphones", "residents_installed"),
    (
        {"residents_installed": 11_001, "smartphones": None},
        "installed-above-population",
        "residents_installed",
    ),
    ({"staff_installed": 31}, "staff-installed-above-smartphones", "staff_installed"),
    ({"residents_new": 3_001}, "new-above-installed", "residents_new"),
    ({"smartphones": 11_001}, "smartphones-above-population", "smartphones"),
    ({"population": -1}, "count-out-of-range", "population"),
    ({"leaflets": 10**9}, "count-out-of-range", "leaflets"),
    ({"population": None}, "field-missing", "population"),
    ({"as_of": date(2020, 8, 20)}, "date-in-future", "as_of"),
    ({"reporter": "  "}, "field-missing", "reporter"),
    ({"reporter_phone": ""}, "field-missing", "reporter_phone"),
    ({"reporter_phone": "hỏi văn thư"}, "phone-invalid", "reporter_phone"),
    ({"difficulties": "x" * 2001}, "text-too-long", "difficulties"),
    ({"proposals": "a\x00b"}, "text-unprintable", "proposals"),
]


@pytest.mark.parametrize(("changes", "code", "field"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_cannot_be_is_refused(changes: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(ReportRefused) as refused:
        accept_report(report(**changes), unit=PHU, instruction=INSTRUCTION, now=DUE_AT)
    assert (code, field) in [(one.code, one.field) for one in refused.value.problems]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"residents_installed": 6_000},
        {"staff_installed": 0, "staff_smartphones": 0},
        {"as_of": date(2020, 8, 19)},
        {"teams": None, "households": None},
        {"difficulties": "Nhiều máy đời cũ.\nSóng yếu."},
    ],
    ids=str,
)
def test_what_can_be_is_accepted(changes: dict[str, Any]) -> None:
    assert accept_report(report(**changes), unit=PHU, instruction=INSTRUCTION, now=DUE_AT) == ()


GROWING: list[tuple[dict[str, Any], str, Severity]] = [
    ({"residents_installed": 2_599, "residents_new": 0}, "cumulative-falls", Severity.ERROR),
    ({"leaflets": 799}, "cumulative-falls", Severity.ERROR),
    ({"as_of": date(2020, 8, 17)}, "date-before-previous", Severity.ERROR),
    ({"residents_new": 399}, "new-differs", Severity.WARNING),
    ({"residents_installed": 5_999, "residents_new": 3_399}, "sudden-rise", Severity.WARNING),
    ({"population": 15_000}, "differs-from-register", Severity.WARNING),
]


@pytest.mark.parametrize(("changes", "code", "severity"), GROWING, ids=lambda value: str(value)[:40])
def test_a_report_is_compared_with_the_one_before(
    changes: dict[str, Any], code: str, severity: Severity
) -> None:
    today = INSTRUCTION.civil_date(DUE_AT)
    problems = check_report(
        report(**changes), unit=PHU, instruction=INSTRUCTION, today=today, previous=PREVIOUS
    )
    assert [one.severity for one in problems if one.code == code] == [severity]
    if severity is Severity.WARNING:
        assert not errors_in(problems)


def test_equal_figures_are_no_fall_and_a_smaller_period_is_none() -> None:
    same = report(residents_installed=2_600, residents_new=0, leaflets=800)
    assert found(same, previous=PREVIOUS) == []


def test_an_office_reports_its_staff_alone() -> None:
    only_staff = replace(report("phong-y-te"), figures=Figures(staff_smartphones=12, staff_installed=11))
    assert found(only_staff, OFFICE) == []
    assert ("field-missing", "population") in found(only_staff, PHU)
    assert ("field-missing", "staff_installed") in found(
        replace(only_staff, figures=Figures(staff_smartphones=12)), OFFICE
    )


def test_an_office_cannot_count_residents_again() -> None:
    assert ("unit-without-residents", "residents_installed") in found(report("phong-y-te"), OFFICE)


def test_a_removed_unit_takes_no_report() -> None:
    removed = replace(PHU, removed_on=date(2020, 8, 19))
    assert ("unit-removed", "unit_id") in found(report(), removed)
    assert found(report(), replace(PHU, removed_on=date(2020, 8, 20))) == []


def test_the_later_version_counts_from_when_it_came() -> None:
    first, second = report(at=100), report(at=200, version=2)
    assert standing([first, second]) is second
    assert standing([first, second], 199) is first
    assert standing([first, second], 99) is None


def test_two_officers_cannot_overwrite_each_other() -> None:
    stored = report(version=2)
    check_version(None, report(version=1))
    check_version(stored, report(version=3))
    with pytest.raises(ReportOutdated) as outdated:
        check_version(stored, report(version=2, leaflets=901))
    assert outdated.value.stored_version == 2


def test_two_versions_differ_in_their_content_alone() -> None:
    later = report(version=2, at=DUE_AT, leaflets=901, difficulties="Sóng yếu.")
    assert [(one.field, one.before, one.after) for one in differences(report(), later)] == [
        ("difficulties", "", "Sóng yếu."),
        ("leaflets", 900, 901),
    ]


def test_the_ward_of_2020_would_have_been_told() -> None:
    share = Share.of(2_121, 3_073)
    problem = check_typed_rate(Fraction(68, 100), share, "rate_smartphones")
    assert problem is not None
    assert "2.121" in sentence(problem, words_of("vi"))
    assert "69,02\u00a0%" in sentence(problem, words_of("vi"))
    assert "69.02%" in sentence(problem, words_of("en"))
    assert check_typed_rate(Fraction(690, 1000), share, "rate_smartphones") is None


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_problem_has_a_sentence_with_its_numbers(language: str) -> None:
    words = words_of(language)
    for changes, code, _ in REFUSED:
        problems = check_report(
            report(**changes), unit=PHU, instruction=INSTRUCTION, today=INSTRUCTION.civil_date(DUE_AT)
        )
        said = sentence(next(one for one in problems if one.code == code), words)
        assert not said.startswith("problem.")
        assert "{" not in said
        assert "field." not in said


def test_a_problem_prints_itself_for_logs() -> None:
    assert (
        str(Problem("count-negative", "leaflets", values={"typed": "-3"}))
        == "count-negative (leaflets): typed -3"
    )
