"""Keeps which reminders were sent: each is claimed before each try, and so is sent at most once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from bluezone.outreach.instruction import Reminder
from bluezone.outreach.storage.tables import reminders


@dataclass(frozen=True, slots=True)
class SentReminder:
    """One reminder that was claimed.

    Attributes:
        unit_id: who was reminded.
        period: of which deadline.
        hours: before it; negative for after.
        claimed_at: for the last try, seconds UTC.
        sent_to: the addresses that took it, why none did, or empty when nobody knows (a crash in between).
        tries: how often it was claimed.
        failed_at: when nothing had taken the last try, seconds UTC; None when it was sent or nobody knows.
    """

    unit_id: str
    period: int
    hours: int
    claimed_at: int
    sent_to: str
    tries: int
    failed_at: int | None

    @property
    def key(self) -> tuple[str, int, int]:
        """What names it within its instruction."""
        return (self.unit_id, self.period, self.hours)


def find(conn: Connection, instruction_id: str, reminder: Reminder) -> SentReminder | None:
    """What is known of a reminder; None when it was never claimed."""
    row = conn.execute(select(reminders).where(_one(instruction_id, reminder))).one_or_none()
    return None if row is None else _sent(row)


def claim(conn: Connection, instruction_id: str, reminder: Reminder, now: int, tries: int) -> None:
    """Claims a reminder for its first try, or for one more.

    Args:
        conn: a connection.
        instruction_id: of which instruction.
        reminder: which.
        now: seconds UTC.
        tries: this one included.
    """
    values = {"claimed_at": now, "sent_to": "", "tries": tries, "failed_at": None}
    if conn.execute(reminders.update().where(_one(instruction_id, reminder)).values(values)).rowcount:
        return
    kept = {"instruction_id": instruction_id, "unit_id": reminder.unit_id, "period": reminder.period}
    conn.execute(reminders.insert(), {**kept, "hours": reminder.hours, **values})


def note_sent(
    conn: Connection, instruction_id: str, reminder: Reminder, sent_to: str, failed_at: int | None
) -> None:
    """Notes how a claimed reminder was sent, or (with an instant) why nothing took it."""
    values = {"sent_to": sent_to[:500], "failed_at": failed_at}
    conn.execute(reminders.update().where(_one(instruction_id, reminder)).values(values))


def list_sent(conn: Connection, instruction_id: str, period: int) -> list[SentReminder]:
    """Every reminder of a period, the newest first."""
    own = (reminders.c.instruction_id == instruction_id) & (reminders.c.period == period)
    query = select(reminders).where(own).order_by(reminders.c.claimed_at.desc(), reminders.c.unit_id)
    return [_sent(row) for row in conn.execute(query)]


def _sent(row: Row[Any]) -> SentReminder:
    return SentReminder(
        row.unit_id, row.period, row.hours, row.claimed_at, row.sent_to, row.tries, row.failed_at
    )


def _one(instruction_id: str, reminder: Reminder) -> ColumnElement[bool]:
    return (
        (reminders.c.instruction_id == instruction_id)
        & (reminders.c.unit_id == reminder.unit_id)
        & (reminders.c.period == reminder.period)
        & (reminders.c.hours == reminder.hours)
    )
