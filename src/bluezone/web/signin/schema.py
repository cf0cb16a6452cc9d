"""Brings the tables of signing in to this version; they have a version table of their own."""

from __future__ import annotations

from pathlib import Path

from bluezone.database.schema import Schema
from bluezone.web.signin.tables import metadata


def signin_schema(upgrade_command: str) -> Schema:
    """The tables of signing in, within the database of any application.

    Args:
        upgrade_command: what the application's operator runs to bring an old database to this version.
    """
    return Schema(Path(__file__).parent / "migrations", metadata, upgrade_command, "signin_version")
