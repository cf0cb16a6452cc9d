"""Keeps the texts of letters as the office has edited them; the figures always come from the reports."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Connection, select

from bluezone.outreach.errors import LetterOutdated
from bluezone.outreach.storage.codec import decode, encode
from bluezone.outreach.storage.tables import letters

T = TypeVar("T")


def find(conn: Connection, instruction_id: str, period: int, kind: type[T]) -> tuple[T, int] | None:
    """The edited texts and their revision, if anybody edited them."""
    own = (letters.c.instruction_id == instruction_id) & (letters.c.period == period)
    row = conn.execute(select(letters).where(own)).one_or_none()
    return None if row is None else (decode(row.data, kind), row.revision)


def save(conn: Connection, instruction_id: str, period: int, texts: object, *, seen: int, now: int) -> None:
    """Keeps edited texts.

    Args:
        conn: a connection.
        instruction_id: whose letter.
        period: from 0.
        texts: to be kept.
        seen: the revision that was edited; 0 for none.
        now: seconds UTC.

    Raises:
        LetterOutdated: somebody else saved meanwhile; nothing was changed.
    """
    own = (letters.c.instruction_id == instruction_id) & (letters.c.period == period)
    stored = conn.scalar(select(letters.c.revision).where(own)) or 0
    if stored != seen:
        raise LetterOutdated("somebody else saved this letter meanwhile; compare and save again")
    conn.execute(letters.delete().where(own))
    kept = {"instruction_id": instruction_id, "period": period, "revision": seen + 1}
    conn.execute(letters.insert(), {**kept, "saved_at": now, "data": encode(texts)})
