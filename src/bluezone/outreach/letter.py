"""Official letters as content: what stands in each place of the form, and in which order.

Decides the parts of a letter in the layout of Decree 30/2020/NĐ-CP, appendix I, and how an instruction
becomes one. Leaves what a roll-up's letter says to `report_letter`, pages, fonts and files to `documents`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Protocol, TypeVar, cast

from bluezone.outreach.figures import Denominator
from bluezone.outreach.instruction import NOBODY, Instruction, Signer, expected_units
from bluezone.outreach.numerals import date_text, percent_text
from bluezone.outreach.plain_text import printable_text
from bluezone.outreach.units import Unit, UnitTree


class Say(Protocol):
    """How a sentence is said in the letter's language."""

    def __call__(self, key: str, **values: object) -> str:
        """The message of a key with its values filled in."""
        ...


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the text of a letter.

    Attributes:
        number: with its symbol, such as "110/VH-TT-CNTT"; may begin with "/" while it has none.
        issued_on: civil date.
        place: where it is signed.
        subject: what stands after "V/v".
        addressed_to: lines after "Kính gửi".
        copies_to: lines of "Nơi nhận".
        signer: who signs.
    """

    number: str
    issued_on: date
    place: str
    subject: str
    addressed_to: tuple[str, ...]
    copies_to: tuple[str, ...] = ()
    signer: Signer = NOBODY


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered section's title."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """Lines with a dash."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        title: its header.
        width: relative to the others.
        is_number: aligned to the right.
    """

    title: str
    width: int
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose cells are already written in the letter's language.

    Attributes:
        title: above it.
        columns: from the left.
        rows: one text per column.
        total: the last row; empty for none.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: a share from 0 to 1 and how it is written."""

    label: str
    share: Fraction
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Shares as bars.

    Attributes:
        title: names the denominator.
        bars: from the top.
        target: a line across them; None for none.
        target_text: how it is written.
    """

    title: str
    bars: tuple[Bar, ...]
    target: Fraction | None = None
    target_text: str = ""


Part = Heading | Paragraph | Items | Table | Chart


@dataclass(frozen=True, slots=True)
class Letter:
    """A whole letter; every text is in its language.

    Attributes:
        language: "vi" for the official form, "en" for the courtesy translation.
        body: upper line on the left, the body above; empty for none.
        office: lower line on the left, who issues.
        number: "Số: 110/VH-TT-CNTT".
        subject: "V/v ...".
        state: the state's name, on the right.
        motto: below it.
        place_and_date: in italics.
        issued_on: the same civil date.
        courtesy: what a translation says about itself; empty in the official form.
        to_label: "Kính gửi:".
        addressed_to: whom.
        parts: the text.
        copies_label: "Nơi nhận:".
        copies_to: lines with a dash.
        signer: who signs.
    """

    language: str
    body: str
    office: str
    number: str
    subject: str
    state: str
    motto: str
    place_and_date: str
    issued_on: date
    courtesy: str
    to_label: str
    addressed_to: tuple[str, ...]
    parts: tuple[Part, ...]
    copies_label: str
    copies_to: tuple[str, ...]
    signer: Signer


def put_into_frame(unit: Unit, frame: Frame, parts: tuple[Part, ...], say: Say, language: str) -> Letter:
    """A letter around its text.

    Args:
        unit: who issues it.
        frame: number, date, addressees and signer.
        parts: the text.
        say: the language's sentences.
        language: "vi" or "en".
    """
    letter = Letter(
        language=language,
        body=(unit.body or unit.name) if unit.office else "",
        office=unit.office or unit.body or unit.name,
        number=say("letter.number", number=_numbered(frame.number)),
        subject=say("letter.subject", subject=frame.subject),
        state=say("letter.state"),
        motto=say("letter.motto"),
        place_and_date=f"{frame.place}, {long_date(frame.issued_on, language)}",
        issued_on=frame.issued_on,
        courtesy="" if language == "vi" else say("letter.courtesy"),
        to_label=say("letter.to"),
        addressed_to=frame.addressed_to,
        parts=_closed(parts, language),
        copies_label=say("letter.copies"),
        copies_to=frame.copies_to or (say("letter.copies.as-above"), say("letter.copies.archive")),
        signer=frame.signer,
    )
    return printable(letter)


def frame_of(instruction: Instruction, tree: UnitTree) -> Frame:
    """The frame of an instruction's own letter."""
    names = tuple(tree.get(one).name for one in expected_units(instruction, tree, 0))
    return Frame(
        instruction.number,
        instruction.issued_on,
        instruction.place,
        instruction.subject,
        instruction.addressed_to or names,
        instruction.copies_to,
        instruction.signer,
    )


def write_instruction(instruction: Instruction, tree: UnitTree, say: Say, language: str = "vi") -> Letter:
    """The letter that instructs: legal basis, tasks, what to report and until when, where the kit is."""
    unit = tree.get(instruction.office_id)
    parts: list[Part] = [Paragraph(line) for line in instruction.legal_basis]
    parts.append(Paragraph(say("instruction.request", office=acting(unit))))
    tasks = list(instruction.tasks)
    if instruction.target is not None:
        share = percent_text(instruction.target.share, language, 0)
        tasks.append(say(f"instruction.target.{instruction.target.denominator}", share=share))
    if instruction.kit_address:
        tasks.append(say("instruction.kit", address=instruction.kit_address))
    tasks.append(_report_task(instruction, say, language))
    parts += [Paragraph(f"{number}. {task}") for number, task in enumerate(tasks, 1)]
    asked = "; ".join(_small_first(say(f"field.{name}")) for name in instruction.asked)
    parts += [Paragraph(say("instruction.asked", fields=asked)), Paragraph(say("instruction.closing"))]
    return put_into_frame(unit, frame_of(instruction, tree), tuple(parts), say, language)


def acting(unit: Unit) -> str:
    """Who acts for a unit, as a sentence says it."""
    return unit.office or unit.body or unit.name


_T = TypeVar("_T")


def printable(value: _T) -> _T:
    """The same letter, or part of one, whose every text can be put into a document."""
    made: Any = value
    if isinstance(value, str):
        made = printable_text(value)
    elif isinstance(value, tuple):
        made = tuple(printable(one) for one in value)
    elif is_dataclass(value) and not isinstance(value, type):
        made = replace(value, **{one.name: printable(getattr(value, one.name)) for one in fields(value)})
    return cast(_T, made)


def long_date(day: date, language: str) -> str:
    """The date line of a letter; in Vietnamese, days below 10 and months below 3 have two digits."""
    if language == "en":
        return date_text(day, language)
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def rate_name(denominator: Denominator, say: Say) -> str:
    """A rate's name with what it is divided by."""
    return say(f"rate.{denominator}")


def _report_task(instruction: Instruction, say: Say, language: str) -> str:
    day = instruction.civil_date(instruction.due_at)
    minute = (instruction.due_at // 60 + instruction.utc_offset_minutes) % (24 * 60)
    values = {"time": f"{minute // 60:02}:{minute % 60:02}", "day": date_text(day, language)}
    if instruction.repeat_days:
        every = say(f"instruction.every.{instruction.repeat_days}")
        return say("instruction.due.repeated", every=every, count=instruction.period_count, **values)
    return say("instruction.due", **values)


def _small_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _numbered(number: str) -> str:
    return f"{' ' * 10}{number}" if number.startswith("/") or not number else number


def _closed(parts: tuple[Part, ...], language: str) -> tuple[Part, ...]:
    """In the official form the last paragraph ends with "./."."""
    if language == "vi" and parts and isinstance(parts[-1], Paragraph):
        return (*parts[:-1], Paragraph(parts[-1].text.rstrip(".") + "./."))
    return parts
