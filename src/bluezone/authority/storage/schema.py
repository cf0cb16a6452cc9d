"""Brings the tables to this version, and checks that they are.

Alembic's steps lie in `migrations/` inside the package; there is no configuration file.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bluezone.authority.errors import SchemaOutdated
from bluezone.authority.storage.tables import metadata

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(conn: Connection) -> None:
    """Runs every step that is missing; does nothing when none is."""
    config = _config()
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def check_schema(conn: Connection) -> None:
    """That the tables are those of this version.

    Raises:
        SchemaOutdated: steps are missing, or the database is of a newer version.
    """
    current = MigrationContext.configure(conn).get_current_revision()
    wanted = ScriptDirectory.from_config(_config()).get_current_head()
    if current != wanted:
        raise SchemaOutdated(
            f"the database has the tables of version {current or 'none'}, this program needs {wanted}: "
            "run `bluezone authority upgrade`"
        )


def differences(conn: Connection) -> list[object]:
    """What the steps build differently from storage/tables; empty when they agree."""
    found: list[object] = compare_metadata(MigrationContext.configure(conn), metadata)
    return found


def _config() -> Config:
    config = Config()
    # The configuration reader takes % for an interpolation.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
