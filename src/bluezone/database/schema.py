"""Brings the tables of a place to this version, and checks that they are.

Alembic's steps lie in a folder `migrations` inside the package of their place; there is no configuration
file. Places that share a database keep a version table each.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, FunctionElement, LargeBinary, MetaData, text
from sqlalchemy.ext.compiler import compiles

from bluezone.database.errors import SchemaOutdated

NAMING_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
}
# Two processes that start together migrate one after the other. The number only has to be the same for all.
_MIGRATION_LOCK = text("SELECT pg_advisory_xact_lock(20200817)")


class EmptyBytes(FunctionElement[bytes]):
    """A column's default of no bytes, in the words of each engine."""

    type = LargeBinary()
    inherit_cache = True


@compiles(EmptyBytes, "postgresql")
def _empty_on_postgresql(*_: Any, **__: Any) -> str:
    return "''::bytea"


@compiles(EmptyBytes)
def _empty_elsewhere(*_: Any, **__: Any) -> str:
    return "x''"


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of one place.

    Attributes:
        migrations: folder of alembic's steps.
        metadata: the tables as this version knows them.
        upgrade_command: what an operator runs to bring an old database to this version.
        version_table: keeps the name of the last step.
    """

    migrations: Path
    metadata: MetaData
    upgrade_command: str
    version_table: str = "alembic_version"

    def migrate(self, conn: Connection, revision: str = "head") -> None:
        """Runs every step up to a revision that is missing; does nothing when none is."""
        if conn.dialect.name == "postgresql":
            conn.execute(_MIGRATION_LOCK)
        config = self._config()
        config.attributes.update(connection=conn, metadata=self.metadata, version_table=self.version_table)
        command.upgrade(config, revision)

    def check(self, conn: Connection) -> None:
        """That the tables are those of this version.

        Raises:
            SchemaOutdated: steps are missing, or the database is of a newer version.
        """
        options = {"version_table": self.version_table}
        current = MigrationContext.configure(conn, opts=options).get_current_revision()
        wanted = ScriptDirectory.from_config(self._config()).get_current_head()
        if current != wanted:
            raise SchemaOutdated(
                f"the database has the tables of version {current or 'none'}, this program needs {wanted}: "
                f"run `{self.upgrade_command}`"
            )

    def differences(self, conn: Connection, *, beside: tuple[MetaData, ...] = ()) -> list[object]:
        """What the steps build differently from the tables; empty when they agree.

        Args:
            conn: a connection.
            beside: the tables of other places in the same database.
        """
        others = {name for metadata in beside for name in metadata.tables}

        def is_own(name: str | None, kind: str, _parents: Any) -> bool:
            return kind != "table" or (name not in others and "_version" not in (name or ""))

        options = {"version_table": self.version_table, "include_name": is_own}
        found: list[object] = compare_metadata(MigrationContext.configure(conn, opts=options), self.metadata)
        return found

    def _config(self) -> Config:
        config = Config()
        # The configuration reader takes % for an interpolation.
        config.set_main_option("script_location", str(self.migrations).replace("%", "%%"))
        return config


def run_steps() -> None:
    """Alembic's steps on the connection that `migrate` handed over: the whole of each `migrations/env.py`."""
    given = context.config.attributes
    context.configure(
        connection=given["connection"],
        target_metadata=given["metadata"],
        version_table=given["version_table"],
    )
    with context.begin_transaction():
        context.run_migrations()
