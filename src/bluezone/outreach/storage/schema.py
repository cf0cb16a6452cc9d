"""Brings the tables of outreach, and those of signing in, to this version; checks that they are."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from bluezone.database.schema import Schema
from bluezone.outreach.storage.tables import metadata
from bluezone.web.signin.schema import signin_schema

_UPGRADE = "bluezone outreach upgrade"
SCHEMA = Schema(Path(__file__).parent / "migrations", metadata, _UPGRADE, "outreach_version")
SIGNIN_SCHEMA = signin_schema(_UPGRADE)


def migrate(conn: Connection) -> None:
    """Runs every step that is missing, of both."""
    SIGNIN_SCHEMA.migrate(conn)
    SCHEMA.migrate(conn)


def check(conn: Connection) -> None:
    """That the tables of both are those of this version.

    Raises:
        SchemaOutdated.
    """
    SIGNIN_SCHEMA.check(conn)
    SCHEMA.check(conn)
