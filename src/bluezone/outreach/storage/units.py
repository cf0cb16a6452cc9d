"""Keeps the units, whole: a tree is only ever replaced by another tree."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from bluezone.outreach.storage.codec import decode, encode
from bluezone.outreach.storage.tables import editions, units
from bluezone.outreach.units import Unit

_EDITION = "units"


def replace_units(conn: Connection, listed: Iterable[Unit]) -> int:
    """Keeps these units in place of those that were; returns the number of the new edition."""
    conn.execute(units.delete())
    rows = [
        {"unit_id": unit.unit_id, "position": position, "data": encode(unit)}
        for position, unit in enumerate(listed)
    ]
    if rows:
        conn.execute(units.insert(), rows)
    number = edition(conn) + 1
    conn.execute(editions.delete().where(editions.c.name == _EDITION))
    conn.execute(editions.insert(), {"name": _EDITION, "number": number})
    return number


def edition(conn: Connection) -> int:
    """The number of the edition in force; 0 before the first."""
    return conn.scalar(select(editions.c.number).where(editions.c.name == _EDITION)) or 0


def load_units(conn: Connection) -> list[Unit]:
    """All units in their order."""
    return [decode(data, Unit) for data in conn.scalars(select(units.c.data).order_by(units.c.position))]
