"""Instructions: complete or refused, periods and deadlines, who is asked, who is reminded when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from bluezone.outreach.errors import InstructionRefused
from bluezone.outreach.figures import Denominator
from bluezone.outreach.instruction import (
    Instruction,
    Reminder,
    Target,
    Timeliness,
    accept_instruction,
    due_reminders,
    expected_units,
    period_at,
    timeliness,
)
from bluezone.outreach.units import UnitTree
from bluezone.outreach.wording import sentence
from bluezone.web.language import words_of
from tests.unit.outreach.case import DAY_S, DUE_AT, INSTRUCTION, PHU, TREE, UNITS

HOUR_S = 3600
DAILY = replace(INSTRUCTION, repeat_days=1, period_count=3)

REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"number": " "}, "field-missing", "number"),
    ({"subject": ""}, "field-missing", "subject"),
    ({"subject": "x" * 301}, "text-too-long", "subject"),
    ({"tasks": ("x" * 2001,)}, "text-too-long", "tasks"),
    ({"tasks": ("x",) * 41}, "too-many-lines", "tasks"),
    ({"asked": ()}, "asked-invalid", "asked"),
    ({"asked": ("password",)}, "asked-invalid", "asked"),
    ({"target": Target(Fraction(3, 2), Denominator.POPULATION)}, "target-invalid", "target"),
    ({"issued_on": date(2020, 8, 20)}, "deadline-before-issue", "due_at"),
    ({"repeat_days": 3}, "repeat-invalid", "repeat_days"),
    ({"period_count": 2}, "period-count-invalid", "period_count"),
    ({"repeat_days": 1, "period_count": 0}, "period-count-invalid", "period_count"),
    ({"reminder_hours": (999,)}, "reminders-invalid", "reminder_hours"),
    ({"office_id": "x"}, "unit-unknown", "office_id"),
    ({"recipients": ("dak-nong",)}, "recipient-not-below", "recipients"),
    ({"recipients": ("nghia-phu", "nghia-phu")}, "recipient-twice", "recipients"),
    ({"office_id": "nghia-phu"}, "no-recipients", "recipients"),
]


@pytest.mark.parametrize(("changes", "code", "field"), REFUSED, ids=[f"{c}-{f}" for _, c, f in REFUSED])
def test_an_incomplete_instruction_is_refused(changes: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(InstructionRefused) as refused:
        accept_instruction(replace(INSTRUCTION, **changes), TREE)
    (problem,) = [one for one in refused.value.problems if one.code == code]
    assert problem.field == field
    for language in ("vi", "en"):
        said = sentence(problem, words_of(language))
        assert "{" not in said
        assert not said.startswith("problem.")
        assert "field." not in said


def test_a_complete_one_is_accepted() -> None:
    assert accept_instruction(INSTRUCTION, TREE) == ()
    assert accept_instruction(DAILY, TREE) == ()


@pytest.mark.parametrize(
    ("at", "period"),
    [
        (0, 0),
        (DUE_AT, 0),
        (DUE_AT + 1, 1),
        (DUE_AT + DAY_S, 1),
        (DUE_AT + DAY_S + 1, 2),
        (DUE_AT + 9 * DAY_S, 2),
    ],
)
def test_a_period_ends_with_its_deadline(at: int, period: int) -> None:
    assert period_at(DAILY, at) == period
    assert period_at(INSTRUCTION, at) == 0
    assert DAILY.due_of(2) == DUE_AT + 2 * DAY_S


@pytest.mark.parametrize(
    ("first_at", "now", "expected"),
    [
        (None, DUE_AT, Timeliness.AWAITED),
        (None, DUE_AT + 1, Timeliness.MISSING),
        (DUE_AT, DUE_AT + 9, Timeliness.ON_TIME),
        (DUE_AT + 1, DUE_AT + 9, Timeliness.LATE),
    ],
)
def test_the_deadline_itself_is_in_time(first_at: int | None, now: int, expected: Timeliness) -> None:
    assert timeliness(INSTRUCTION, 0, first_at, now) is expected


def test_civil_dates_are_those_of_viet_nam() -> None:
    midnight = DUE_AT + 8 * HOUR_S  # 00:00 on 20 August in Viet Nam, 17:00 UTC on the 19th
    assert INSTRUCTION.civil_date(midnight - 1) == date(2020, 8, 19)
    assert INSTRUCTION.civil_date(midnight) == date(2020, 8, 20)


def test_everybody_directly_below_is_asked_unless_named() -> None:
    assert len(expected_units(INSTRUCTION, TREE, 0)) == 5
    assert expected_units(replace(INSTRUCTION, recipients=("dak-nia",)), TREE, 0) == ("dak-nia",)
    gone = UnitTree(
        replace(PHU, removed_on=date(2020, 8, 20)) if u.unit_id == "nghia-phu" else u for u in UNITS
    )
    assert "nghia-phu" in expected_units(DAILY, gone, 0)
    assert "nghia-phu" not in expected_units(DAILY, gone, 1)


def reminders(now: int, **changes: Any) -> tuple[Reminder, ...]:
    given: dict[str, Any] = {
        "reported": ("nghia-phu", "nghia-duc", "dak-nia"),
        "opened": ("phong-y-te",),
        "sent": (),
    }
    instruction: Instruction = changes.pop("instruction", INSTRUCTION)
    return due_reminders(instruction, TREE, 0, now, **(given | changes))


def test_who_has_not_reported_is_reminded_before_and_after() -> None:
    assert reminders(DUE_AT - 24 * HOUR_S - 1) == ()
    before = reminders(DUE_AT - 24 * HOUR_S)
    assert [(one.unit_id, one.hours, one.has_opened) for one in before] == [
        ("dak-r-moan", 24, False),
        ("phong-y-te", 24, True),
    ]
    assert {one.hours for one in reminders(DUE_AT - HOUR_S)} == {3}
    assert {one.hours for one in reminders(DUE_AT + HOUR_S)} == {-1}
    assert {one.hours for one in reminders(DUE_AT + 99 * HOUR_S)} == {-24}


def test_a_reminder_is_sent_once_and_a_missed_one_is_not_made_up_for() -> None:
    sent = [one.key for one in reminders(DUE_AT - 24 * HOUR_S)]
    assert reminders(DUE_AT - 23 * HOUR_S, sent=sent) == ()
    # After a day without power there is one reminder, not four.
    assert len(reminders(DUE_AT + 2 * HOUR_S, sent=sent)) == 2


def test_nobody_is_reminded_of_drafts_closed_ones_or_what_was_just_sent() -> None:
    late = DUE_AT + HOUR_S
    assert reminders(late, instruction=replace(INSTRUCTION, opened_at=None)) == ()
    assert reminders(late, instruction=replace(INSTRUCTION, closed_at=late)) == ()
    just_sent = replace(INSTRUCTION, opened_at=DUE_AT - 2 * HOUR_S)
    assert reminders(DUE_AT - HOUR_S, instruction=just_sent) == ()
    assert len(reminders(late, instruction=just_sent)) == 2
