"""Keeps reports, every version of them, and drafts until they become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from bluezone.outreach.report import Report
from bluezone.outreach.storage.codec import decode, encode
from bluezone.outreach.storage.tables import drafts, reports


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report belongs: which instruction, which period (from 0), whose."""

    instruction_id: str
    period: int
    unit_id: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed and not sent.

    Attributes:
        author: whose browser.
        based_on: version of the report that the form began from; 0 for none.
        saved_at: seconds UTC.
        texts: field to what was typed.
    """

    author: str
    based_on: int
    saved_at: int
    texts: dict[str, str]


def add(conn: Connection, report: Report, submitted_by: str) -> None:
    """Keeps one more version; no version is ever changed."""
    kept = {
        "instruction_id": report.instruction_id,
        "period": report.period,
        "unit_id": report.unit_id,
        "version": report.version,
        "submitted_at": report.submitted_at,
        "submitted_by": submitted_by,
        "data": encode(report),
    }
    conn.execute(reports.insert(), kept)


def versions(conn: Connection, place: Place) -> list[Report]:
    """Every version of one report, in order."""
    query = select(reports.c.data).where(_of_report(place)).order_by(reports.c.version)
    return [decode(data, Report) for data in conn.scalars(query)]


def authors(conn: Connection, place: Place) -> list[str]:
    """Who submitted each version, in order."""
    query = select(reports.c.submitted_by).where(_of_report(place)).order_by(reports.c.version)
    return list(conn.scalars(query))


def all_versions(conn: Connection, instruction_id: str, period: int) -> dict[str, list[Report]]:
    """Every version of every unit for a period."""
    own = (reports.c.instruction_id == instruction_id) & (reports.c.period == period)
    query = select(reports.c.data).where(own).order_by(reports.c.unit_id, reports.c.version)
    found: dict[str, list[Report]] = {}
    for data in conn.scalars(query):
        report = decode(data, Report)
        found.setdefault(report.unit_id, []).append(report)
    return found


def latest_before(conn: Connection, unit_id: str, earlier: Sequence[tuple[str, int]]) -> Report | None:
    """What counts of a unit in the most recent of some earlier periods in which it reported.

    Args:
        conn: a connection.
        unit_id: whose.
        earlier: instruction and period, the most recent first.
    """
    for instruction_id, period in earlier:
        known = versions(conn, Place(instruction_id, period, unit_id))
        if known:
            return known[-1]
    return None


def save_draft(conn: Connection, place: Place, draft: Draft) -> None:
    """Keeps what was typed in place of the same browser's earlier draft."""
    conn.execute(drafts.delete().where(_of_draft(place), drafts.c.author == draft.author))
    kept = {
        "instruction_id": place.instruction_id,
        "period": place.period,
        "unit_id": place.unit_id,
        "author": draft.author,
        "based_on": draft.based_on,
        "saved_at": draft.saved_at,
        "data": encode(draft.texts),
    }
    conn.execute(drafts.insert(), kept)


def list_drafts(conn: Connection, place: Place) -> list[Draft]:
    """All drafts of a report, the newest first."""
    query = select(drafts).where(_of_draft(place)).order_by(drafts.c.saved_at.desc(), drafts.c.author)
    return [
        Draft(row.author, row.based_on, row.saved_at, decode(row.data, dict[str, str]))
        for row in conn.execute(query)
    ]


def drop_draft(conn: Connection, place: Place, author: str) -> None:
    """Forgets a draft that became a report, or was thrown away."""
    conn.execute(drafts.delete().where(_of_draft(place), drafts.c.author == author))


def _of_report(place: Place) -> ColumnElement[bool]:
    return (
        (reports.c.instruction_id == place.instruction_id)
        & (reports.c.period == place.period)
        & (reports.c.unit_id == place.unit_id)
    )


def _of_draft(place: Place) -> ColumnElement[bool]:
    return (
        (drafts.c.instruction_id == place.instruction_id)
        & (drafts.c.period == place.period)
        & (drafts.c.unit_id == place.unit_id)
    )
