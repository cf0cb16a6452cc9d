"""Keeps instructions, who was sent them, and who has opened them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from bluezone.outreach.errors import InstructionUnknown
from bluezone.outreach.instruction import Instruction
from bluezone.outreach.storage.codec import decode, encode
from bluezone.outreach.storage.tables import instructions, recipients


@dataclass(frozen=True, slots=True)
class Recipient:
    """One unit that was asked.

    Attributes:
        unit_id: which.
        sent_at: seconds UTC, when the instruction was handed over to it; None when it could not be.
        sent_to: the addresses that took it, or why none did.
        opened_at: seconds UTC, when the unit first looked at it.
    """

    unit_id: str
    sent_at: int | None
    sent_to: str
    opened_at: int | None


def add(conn: Connection, instruction: Instruction, now: int) -> None:
    """Keeps a new instruction."""
    conn.execute(instructions.insert(), {"made_at": now, **_row(instruction)})


def replace(conn: Connection, instruction: Instruction) -> None:
    """Keeps an instruction in place of what it was."""
    own = instructions.c.instruction_id == instruction.instruction_id
    conn.execute(instructions.update().where(own).values(_row(instruction)))


def find(conn: Connection, instruction_id: str) -> Instruction:
    """The instruction of an id.

    Raises:
        InstructionUnknown.
    """
    own = instructions.c.instruction_id == instruction_id
    data = conn.scalar(select(instructions.c.data).where(own))
    if data is None:
        raise InstructionUnknown("there is no such instruction")
    return decode(data, Instruction)


def of_offices(conn: Connection, office_ids: Collection[str]) -> list[Instruction]:
    """The instructions that these offices wrote, the newest first."""
    query = select(instructions.c.data).where(instructions.c.office_id.in_(office_ids))
    newest = query.order_by(instructions.c.made_at.desc(), instructions.c.instruction_id)
    return [decode(data, Instruction) for data in conn.scalars(newest)]


def asking(conn: Connection, unit_id: str) -> list[Instruction]:
    """The instructions that were sent to a unit, the newest first."""
    joined = instructions.join(recipients, recipients.c.instruction_id == instructions.c.instruction_id)
    query = select(instructions.c.data).select_from(joined).where(recipients.c.unit_id == unit_id)
    newest = query.order_by(instructions.c.made_at.desc(), instructions.c.instruction_id)
    return [decode(data, Instruction) for data in conn.scalars(newest)]


def open_ones(conn: Connection) -> list[Instruction]:
    """Every instruction that was sent and is not closed."""
    is_open = instructions.c.opened_at.is_not(None) & instructions.c.closed_at.is_(None)
    return [decode(data, Instruction) for data in conn.scalars(select(instructions.c.data).where(is_open))]


def before(conn: Connection, instruction: Instruction) -> Instruction | None:
    """The instruction that the same office sent before this one, if there is one."""
    made_at = select(instructions.c.made_at).where(
        instructions.c.instruction_id == instruction.instruction_id
    )
    earlier = (
        (instructions.c.office_id == instruction.office_id)
        & instructions.c.opened_at.is_not(None)
        & (instructions.c.made_at < made_at.scalar_subquery())
    )
    query = select(instructions.c.data).where(earlier).order_by(instructions.c.made_at.desc()).limit(1)
    data = conn.scalar(query)
    return None if data is None else decode(data, Instruction)


def add_recipients(conn: Connection, instruction_id: str, unit_ids: Collection[str]) -> None:
    """Notes whom an instruction asks."""
    rows = [{"instruction_id": instruction_id, "unit_id": one, "sent_to": ""} for one in unit_ids]
    if rows:
        conn.execute(recipients.insert(), rows)


def ask_also(conn: Connection, instruction_id: str, unit_id: str) -> None:
    """Notes that a unit is asked, too, such as one that was added below the office meanwhile."""
    if not is_asked(conn, instruction_id, unit_id):
        add_recipients(conn, instruction_id, [unit_id])


def ask_all(conn: Connection, instruction_id: str, unit_ids: Collection[str]) -> None:
    """Notes that many units are asked; whoever is asked already stays as noted."""
    own = recipients.c.instruction_id == instruction_id
    known = set(conn.scalars(select(recipients.c.unit_id).where(own)))
    add_recipients(conn, instruction_id, [one for one in unit_ids if one not in known])


def is_asked(conn: Connection, instruction_id: str, unit_id: str) -> bool:
    """Whether an instruction asks a unit."""
    return conn.scalar(select(recipients.c.unit_id).where(_one(instruction_id, unit_id))) is not None


def note_sent(conn: Connection, instruction_id: str, unit_id: str, sent_to: str, at: int | None) -> None:
    """Notes that an instruction was handed over to a unit, or (at None) why it was not."""
    values: dict[str, object] = {"sent_to": sent_to[:500]}
    if at is not None:
        values["sent_at"] = at
    conn.execute(recipients.update().where(_one(instruction_id, unit_id)).values(values))


def note_opened(conn: Connection, instruction_id: str, unit_id: str, now: int) -> None:
    """Notes that a unit has looked at an instruction; only the first time counts."""
    first = _one(instruction_id, unit_id) & recipients.c.opened_at.is_(None)
    conn.execute(recipients.update().where(first).values(opened_at=now))


def list_recipients(conn: Connection, instruction_id: str) -> dict[str, Recipient]:
    """Everybody an instruction asks, by unit."""
    query = select(recipients).where(recipients.c.instruction_id == instruction_id)
    return {
        row.unit_id: Recipient(row.unit_id, row.sent_at, row.sent_to, row.opened_at)
        for row in conn.execute(query)
    }


def _one(instruction_id: str, unit_id: str) -> ColumnElement[bool]:
    return (recipients.c.instruction_id == instruction_id) & (recipients.c.unit_id == unit_id)


def _row(instruction: Instruction) -> dict[str, object]:
    return {
        "instruction_id": instruction.instruction_id,
        "office_id": instruction.office_id,
        "opened_at": instruction.opened_at,
        "closed_at": instruction.closed_at,
        "data": encode(instruction),
    }
