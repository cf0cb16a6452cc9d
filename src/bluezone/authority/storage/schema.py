"""Brings the authority's tables to this version, and checks that they are."""

from __future__ import annotations

from pathlib import Path

from bluezone.authority.storage.tables import metadata
from bluezone.database.schema import Schema

SCHEMA = Schema(Path(__file__).parent / "migrations", metadata, "bluezone authority upgrade")
