"""Instructions: what an office asks of the units below it, until when, and whom it reminds.

Decides what a complete instruction is, which period an instant belongs to, whether a report came in time,
and which reminders are due. Leaves sending to the senders and keeping to storage.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from bluezone.outreach.errors import InstructionRefused, PeriodUnknown
from bluezone.outreach.figures import FIELDS, Denominator
from bluezone.outreach.problem import Problem, errors_in
from bluezone.outreach.units import UnitTree

VIETNAM_OFFSET_MINUTES = 7 * 60
MAX_PERIODS = 366
MAX_LINES = 40
MAX_TEXT = 2000
MAX_NUMBER = 60
REPEAT_DAYS = (0, 1, 7, 14, 30)
# Hours before (negative: after) the deadline at which whoever has not reported is reminded.
USUAL_REMINDERS = (24, 3, -1, -24)
USUAL_FIELDS = tuple(name for name in FIELDS if name not in ("teams", "households"))
_HOUR_S = 3600
_DAY_S = 86_400


class Timeliness(StrEnum):
    """How a unit stands with a deadline."""

    ON_TIME = "on-time"
    LATE = "late"
    MISSING = "missing"
    AWAITED = "awaited"


@dataclass(frozen=True, slots=True)
class Target:
    """What the office wants to reach.

    Attributes:
        share: of the denominator, such as 50/100.
        denominator: against what.
    """

    share: Fraction
    denominator: Denominator


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs.

    Attributes:
        office: such as "TRƯỞNG PHÒNG".
        name: empty until somebody signs.
        on_behalf: such as "KT. TRƯỞNG PHÒNG" for a deputy; empty for the holder of the office.
    """

    office: str = ""
    name: str = ""
    on_behalf: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Above the signature: on whose behalf, then the office."""
        return tuple(line for line in (self.on_behalf, self.office) if line)


NOBODY = Signer()


@dataclass(frozen=True, slots=True)
class Instruction:
    """An official letter that asks for reports.

    Attributes:
        instruction_id: stable.
        office_id: the unit that issues it; those asked are below it.
        number: with its symbol, such as "110/VH-TT-CNTT".
        issued_on: civil date.
        subject: what stands after "V/v".
        due_at: seconds UTC, deadline of the first period.
        recipients: ids of the units asked; empty for all units directly below that exist that day.
        legal_basis: one line each.
        tasks: one paragraph each.
        asked: names of `figures.FIELDS` that a report must have, where the unit has residents.
        target: what is to be reached; None for none. Its denominator also ranks.
        repeat_days: days from one deadline to the next; 0 for a single one.
        period_count: how many deadlines there are.
        reminder_hours: hours before the deadline (negative: after) at which to remind.
        kit_address: where the campaign's materials are.
        addressed_to: lines after "Kính gửi"; empty for the names of the recipients.
        copies_to: lines of "Nơi nhận".
        place: where it is signed, such as "Gia Nghĩa".
        signer: who signs.
        opened_at: seconds UTC, when it was sent; None for a draft.
        closed_at: seconds UTC, when it was closed; None while it is open.
        utc_offset_minutes: of the civil dates.
    """

    instruction_id: str
    office_id: str
    number: str
    issued_on: date
    subject: str
    due_at: int
    recipients: tuple[str, ...] = ()
    legal_basis: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    asked: tuple[str, ...] = USUAL_FIELDS
    target: Target | None = None
    repeat_days: int = 0
    period_count: int = 1
    reminder_hours: tuple[int, ...] = USUAL_REMINDERS
    kit_address: str = ""
    addressed_to: tuple[str, ...] = ()
    copies_to: tuple[str, ...] = ()
    place: str = ""
    signer: Signer = NOBODY
    opened_at: int | None = None
    closed_at: int | None = None
    utc_offset_minutes: int = VIETNAM_OFFSET_MINUTES

    @property
    def denominator(self) -> Denominator:
        """By which rate units are ranked: the target's, else against the population."""
        return self.target.denominator if self.target else Denominator.POPULATION

    def due_of(self, period: int) -> int:
        """The deadline of a period (from 0), seconds UTC."""
        return self.due_at + period * self.repeat_days * _DAY_S

    def civil_date(self, at: int) -> date:
        """The civil date of an instant (seconds UTC)."""
        return (datetime.fromtimestamp(at, UTC) + timedelta(minutes=self.utc_offset_minutes)).date()


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder that is due.

    Attributes:
        unit_id: whom to remind.
        period: of which deadline.
        hours: before it (negative: after); together these name the reminder, so that it is sent once.
        has_opened: whether the unit has opened the instruction at all.
    """

    unit_id: str
    period: int
    hours: int
    has_opened: bool

    @property
    def key(self) -> tuple[str, int, int]:
        """What is remembered once it was sent."""
        return (self.unit_id, self.period, self.hours)


def period_at(instruction: Instruction, at: int) -> int:
    """The period (from 0) of an instant: the first whose deadline has not passed, else the last."""
    if at <= instruction.due_at or not instruction.repeat_days:
        return 0
    passed = -(-(at - instruction.due_at) // (instruction.repeat_days * _DAY_S))
    return min(passed, instruction.period_count - 1)


def check_period(instruction: Instruction, period: int) -> None:
    """That an instruction has this period (from 0).

    Raises:
        PeriodUnknown: it has fewer deadlines.
    """
    if not 0 <= period < instruction.period_count:
        raise PeriodUnknown("the instruction has no such period")


def expected_units(instruction: Instruction, tree: UnitTree, period: int) -> tuple[str, ...]:
    """Ids of the units asked for a period; a unit removed before its deadline is no longer asked."""
    day = instruction.civil_date(instruction.due_of(period))
    asked = instruction.recipients or tuple(unit.unit_id for unit in tree.children(instruction.office_id))
    return tuple(one for one in asked if one in tree and tree.get(one).is_active(day))


def timeliness(instruction: Instruction, period: int, first_at: int | None, now: int) -> Timeliness:
    """How a unit stands: what counts is its first version; a correction after the deadline is not late.

    Args:
        first_at: seconds UTC, when the first version came; None for never.
        now: seconds UTC.
    """
    due = instruction.due_of(period)
    if first_at is None:
        return Timeliness.AWAITED if now <= due else Timeliness.MISSING
    return Timeliness.ON_TIME if first_at <= due else Timeliness.LATE


def due_reminders(
    instruction: Instruction,
    tree: UnitTree,
    period: int,
    now: int,
    *,
    reported: Collection[str],
    opened: Collection[str],
    sent: Collection[tuple[str, int, int]],
) -> tuple[Reminder, ...]:
    """Whom to remind now: of several reminders that are due only the latest, so that nobody gets two at once.

    Args:
        now: seconds UTC.
        reported: ids of units that have reported for this period.
        opened: ids of units that have opened the instruction.
        sent: keys of reminders that were sent.
    """
    if instruction.opened_at is None or instruction.closed_at is not None:
        return ()
    due = instruction.due_of(period)
    passed = [hours for hours in instruction.reminder_hours if due - hours * _HOUR_S <= now]
    if not passed or due - min(passed) * _HOUR_S <= instruction.opened_at:
        return ()
    waiting = (one for one in expected_units(instruction, tree, period) if one not in reported)
    found = (Reminder(one, period, min(passed), one in opened) for one in waiting)
    return tuple(reminder for reminder in found if reminder.key not in sent)


def accept_instruction(instruction: Instruction, tree: UnitTree) -> tuple[Problem, ...]:
    """Passes an instruction that can be sent; returns its warnings.

    Raises:
        InstructionRefused: with every problem.
    """
    problems = check_instruction(instruction, tree)
    if errors_in(problems):
        raise InstructionRefused("the instruction cannot be sent as it is", errors_in(problems))
    return problems


def check_instruction(instruction: Instruction, tree: UnitTree) -> tuple[Problem, ...]:
    """Everything that is wrong with an instruction."""
    return (*_check_words(instruction), *_check_schedule(instruction), *_check_recipients(instruction, tree))


def _check_words(one: Instruction) -> Iterator[Problem]:
    for name, limit in (("number", MAX_NUMBER), ("subject", 300)):
        text = getattr(one, name)
        if not text.strip():
            yield Problem("field-missing", name)
        elif len(text) > limit:
            yield Problem("text-too-long", name, values={"limit": limit})
    for name in ("legal_basis", "tasks", "addressed_to", "copies_to"):
        lines = getattr(one, name)
        if len(lines) > MAX_LINES:
            yield Problem("too-many-lines", name, values={"limit": MAX_LINES})
        if any(len(line) > MAX_TEXT for line in lines):
            yield Problem("text-too-long", name, values={"limit": MAX_TEXT})
    if not one.asked or any(name not in FIELDS for name in one.asked):
        yield Problem("asked-invalid", "asked")
    if one.target and not 0 < one.target.share <= 1:
        yield Problem("target-invalid", "target")


def _check_schedule(one: Instruction) -> Iterator[Problem]:
    if one.civil_date(one.due_at) < one.issued_on:
        yield Problem("deadline-before-issue", "due_at")
    if one.repeat_days not in REPEAT_DAYS:
        yield Problem("repeat-invalid", "repeat_days")
    if not 1 <= one.period_count <= MAX_PERIODS or (one.period_count > 1 and not one.repeat_days):
        yield Problem("period-count-invalid", "period_count", values={"limit": MAX_PERIODS})
    if len(one.reminder_hours) > 10 or any(not -24 * 30 <= hours <= 24 * 30 for hours in one.reminder_hours):
        yield Problem("reminders-invalid", "reminder_hours")


def _check_recipients(one: Instruction, tree: UnitTree) -> Iterator[Problem]:
    if one.office_id not in tree:
        yield Problem("unit-unknown", "office_id", values={"typed": one.office_id[:60]})
        return
    below = {unit.unit_id for unit in tree.descendants(one.office_id)}
    for unit_id in one.recipients:
        if unit_id not in below:
            yield Problem("recipient-not-below", "recipients", values={"typed": unit_id[:60]})
    if len(set(one.recipients)) < len(one.recipients):
        yield Problem("recipient-twice", "recipients")
    if 1 <= one.period_count <= MAX_PERIODS and not expected_units(one, tree, 0):
        yield Problem("no-recipients", "recipients")
