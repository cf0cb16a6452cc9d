"""A report as typed into a form: what can be read is read, what cannot is told, nothing is lost."""

from __future__ import annotations

from datetime import date

from bluezone.outreach.form import FORM_FIELDS, read_form, typed_again
from bluezone.outreach.problem import Problem
from bluezone.outreach.report import Report
from tests.unit.outreach.case import DUE_AT, report


def read(texts: dict[str, str]) -> tuple[Report, tuple[Problem, ...]]:
    return read_form(
        texts, instruction_id="i1", period=0, unit_id="nghia-phu", version=2, submitted_at=DUE_AT,
        today=date(2020, 8, 19),
    )  # fmt: skip


def test_a_form_becomes_a_report_and_a_form_again() -> None:
    texts = typed_again(report(difficulties="Sóng yếu.", teams=3))
    made, problems = read(texts)
    assert problems == ()
    assert set(texts) == set(FORM_FIELDS)
    assert made == report(difficulties="Sóng yếu.", teams=3, version=2, at=DUE_AT)


def test_what_cannot_be_read_is_told_by_field_and_the_rest_is_kept() -> None:
    made, problems = read(
        {"population": "11.000", "leaflets": "nhiều", "as_of": "32/08/2020", "smartphones": "6,5"}
    )
    assert {(one.code, one.field) for one in problems} == {
        ("count-unreadable", "leaflets"), ("date-impossible", "as_of"), ("count-not-whole", "smartphones"),
    }  # fmt: skip
    assert made.figures.population == 11_000
    assert made.figures.leaflets is None


def test_an_empty_form_is_read_too() -> None:
    made, problems = read({})
    assert problems == ()
    assert made.as_of == date(2020, 8, 19)
    assert made.figures.population is None


def test_unknown_fields_do_nothing() -> None:
    assert read({"rolled": "x", "version": "99", "unit_id": "nghia-duc"})[0].unit_id == "nghia-phu"
