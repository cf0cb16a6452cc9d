"""Keeps which reminders were sent: each is claimed before it is sent, and so is sent at most once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from bluezone.outreach.instruction import Reminder
from bluezone.outreach.storage.tables import reminders


@dataclass(frozen=True, slots=True)
class SentReminder:
    """One reminder that was claimed.

    Attributes:
        unit_id: who was reminded.
        period: of which deadline.
        hours: before it; negative for after.
        claimed_at: seconds UTC.
        sent_to: the addresses that took it, why none did, or empty when nobody knows (a crash in between).
    """

    unit_id: str
    period: int
    hours: int
    claimed_at: int
    sent_to: str


def claim(conn: Connection, instruction_id: str, reminder: Reminder, now: int) -> bool:
    """Claims a reminder; False when it was claimed before."""
    if conn.execute(select(reminders.c.hours).where(_one(instruction_id, reminder))).first() is not None:
        return False
    kept = {"instruction_id": instruction_id, "unit_id": reminder.unit_id, "period": reminder.period}
    conn.execute(reminders.insert(), {**kept, "hours": reminder.hours, "claimed_at": now, "sent_to": ""})
    return True


def note_sent(conn: Connection, instruction_id: str, reminder: Reminder, sent_to: str) -> None:
    """Notes how a claimed reminder was sent."""
    conn.execute(reminders.update().where(_one(instruction_id, reminder)).values(sent_to=sent_to[:500]))


def list_sent(conn: Connection, instruction_id: str, period: int) -> list[SentReminder]:
    """Every reminder of a period, the newest first."""
    own = (reminders.c.instruction_id == instruction_id) & (reminders.c.period == period)
    query = select(reminders).where(own).order_by(reminders.c.claimed_at.desc(), reminders.c.unit_id)
    return [
        SentReminder(row.unit_id, row.period, row.hours, row.claimed_at, row.sent_to)
        for row in conn.execute(query)
    ]


def _one(instruction_id: str, reminder: Reminder) -> ColumnElement[bool]:
    return (
        (reminders.c.instruction_id == instruction_id)
        & (reminders.c.unit_id == reminder.unit_id)
        & (reminders.c.period == reminder.period)
        & (reminders.c.hours == reminder.hours)
    )
