"""The form of an instruction: typed texts to an instruction, and back, so that a refused one stays typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from bluezone.outreach.figures import FIELDS, Denominator
from bluezone.outreach.instruction import (
    MAX_TEXT,
    REPEAT_DAYS,
    USUAL_FIELDS,
    USUAL_REMINDERS,
    Instruction,
    Signer,
    Target,
)
from bluezone.outreach.numerals import read_count, read_date, read_rate
from bluezone.outreach.problem import Problem

LINES = ("legal_basis", "tasks", "addressed_to", "copies_to")
PLAIN = ("number", "subject", "place", "kit_address")
SIGNER = ("signer_office", "signer_name", "signer_on_behalf")
TEXTS = (
    *PLAIN,
    *LINES,
    *SIGNER,
    "issued_on",
    "due_day",
    "due_time",
    "repeat_days",
    "period_count",
    "reminders",
    "target_share",
    "target_denominator",
)
_TIME = re.compile(r"([01]?\d|2[0-3])[:hHg]([0-5]\d)?")
_HOURS = re.compile(r"-?\d{1,3}")


@dataclass(frozen=True, slots=True)
class TypedInstruction:
    """A form as it was typed.

    Attributes:
        texts: name of `TEXTS` to what was typed.
        asked: names of figures that were ticked.
        recipients: ids of units that were ticked; none for all directly below.
    """

    texts: Mapping[str, str]
    asked: tuple[str, ...]
    recipients: tuple[str, ...] = ()


def read_instruction(
    typed: TypedInstruction, *, instruction_id: str, office_id: str, utc_offset_minutes: int
) -> tuple[Instruction, tuple[Problem, ...]]:
    """The instruction that a form holds, and everything in it that cannot be read.

    Args:
        typed: the form.
        instruction_id: of the one that is edited; empty for a new one.
        office_id: who writes it.
        utc_offset_minutes: of the civil dates.
    """
    texts = {name: typed.texts.get(name, "").strip() for name in TEXTS}
    problems: list[Problem] = []
    issued_on = _date(texts["issued_on"], "issued_on", problems)
    due_at = _due_at(texts, utc_offset_minutes, problems)
    instruction = Instruction(
        instruction_id=instruction_id,
        office_id=office_id,
        number=texts["number"],
        issued_on=issued_on,
        subject=texts["subject"],
        due_at=due_at,
        recipients=typed.recipients,
        legal_basis=_lines(texts["legal_basis"]),
        tasks=_lines(texts["tasks"]),
        asked=tuple(name for name in FIELDS if name in typed.asked),
        target=_target(texts, problems),
        repeat_days=_whole(texts["repeat_days"] or "0", "repeat_days", problems),
        period_count=_whole(texts["period_count"] or "1", "period_count", problems),
        reminder_hours=_hours(texts["reminders"], problems),
        kit_address=texts["kit_address"][:MAX_TEXT],
        addressed_to=_lines(texts["addressed_to"]),
        copies_to=_lines(texts["copies_to"]),
        place=texts["place"][:MAX_TEXT],
        signer=Signer(*(texts[name][:200] for name in SIGNER)),
        utc_offset_minutes=utc_offset_minutes,
    )
    return instruction, tuple(problems)


def typed_instruction(instruction: Instruction) -> TypedInstruction:
    """An instruction as texts for its form."""
    due = datetime.fromtimestamp(instruction.due_at, UTC) + timedelta(minutes=instruction.utc_offset_minutes)
    target = instruction.target
    texts = {name: str(getattr(instruction, name)) for name in PLAIN}
    texts |= {name: "\n".join(getattr(instruction, name)) for name in LINES}
    signer = instruction.signer
    texts |= dict(zip(SIGNER, (signer.office, signer.name, signer.on_behalf), strict=True))
    texts |= {
        "issued_on": instruction.issued_on.isoformat(),
        "due_day": due.date().isoformat(),
        "due_time": f"{due:%H:%M}",
        "repeat_days": str(instruction.repeat_days),
        "period_count": str(instruction.period_count),
        "reminders": ", ".join(str(hours) for hours in instruction.reminder_hours),
        "target_share": f"{float(target.share * 100):g}" if target else "",
        "target_denominator": str(target.denominator if target else Denominator.SMARTPHONES),
    }
    return TypedInstruction(texts, instruction.asked, instruction.recipients)


def begun(today: date, place: str) -> TypedInstruction:
    """An empty form: two days from today at 17:00, as such letters usually ask."""
    texts = dict.fromkeys(TEXTS, "")
    texts |= {
        "issued_on": today.isoformat(),
        "due_day": (today + timedelta(days=2)).isoformat(),
        "due_time": "17:00",
        "repeat_days": "0",
        "period_count": "1",
        "reminders": ", ".join(str(hours) for hours in USUAL_REMINDERS),
        "target_denominator": str(Denominator.SMARTPHONES),
        "place": place,
    }
    return TypedInstruction(texts, USUAL_FIELDS)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _date(text: str, field: str, problems: list[Problem]) -> date:
    read = read_date(text)
    if isinstance(read, date):
        return read
    problems.append(
        Problem(read.code, field, values=read.values) if read else Problem("field-missing", field)
    )
    return date(2000, 1, 1)


def _due_at(texts: Mapping[str, str], utc_offset_minutes: int, problems: list[Problem]) -> int:
    day = _date(texts["due_day"], "due_at", problems)
    found = _TIME.fullmatch(texts["due_time"] or "17:00")
    if found is None:
        problems.append(Problem("time-unreadable", "due_at", values={"typed": texts["due_time"][:40]}))
        return 0
    hour, minute = int(found[1]), int(found[2] or 0)
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    return int(local.timestamp()) - utc_offset_minutes * 60


def _target(texts: Mapping[str, str], problems: list[Problem]) -> Target | None:
    if not texts["target_share"]:
        return None
    share = read_rate(texts["target_share"].removesuffix("%") + "%")
    try:
        return Target(share or Fraction(0), Denominator(texts["target_denominator"]))
    except ValueError:
        problems.append(Problem("target-invalid", "target"))
        return None


def _whole(text: str, field: str, problems: list[Problem]) -> int:
    read = read_count(text)
    if isinstance(read, int) and (field != "repeat_days" or read in REPEAT_DAYS):
        return read
    problems.append(Problem("count-unreadable", field, values={"typed": text[:40]}))
    return 1


def _hours(text: str, problems: list[Problem]) -> tuple[int, ...]:
    parts: Sequence[str] = [part for part in re.split(r"[,;\s]+", text) if part]
    if any(not _HOURS.fullmatch(part) for part in parts):
        problems.append(Problem("reminders-invalid", "reminder_hours"))
        return ()
    return tuple(int(part) for part in parts)
