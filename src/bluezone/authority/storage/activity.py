"""Keeps how often the index of batches was fetched, a number for each UTC day and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from bluezone.authority.storage.tables import activity


def add(conn: Connection, counts: Mapping[int, int]) -> None:
    """Adds to the numbers of days.

    Args:
        conn: of the transaction.
        counts: day (since 1970-01-01) to how many fetches to add.
    """
    for day, count in counts.items():
        more = activity.c.index_downloads + count
        row = activity.update().where(activity.c.day == day).values(index_downloads=more)
        if conn.execute(row).rowcount == 0:
            conn.execute(activity.insert(), {"day": day, "index_downloads": count})


def between(conn: Connection, first_day: int, end_day: int) -> list[tuple[int, int]]:
    """Day and number, from a first day to an end (exclusive), the oldest first."""
    days = (activity.c.day >= first_day) & (activity.c.day < end_day)
    rows = conn.execute(
        select(activity.c.day, activity.c.index_downloads).where(days).order_by(activity.c.day)
    )
    return [(row.day, row.index_downloads) for row in rows]
