"""The database as a port, and the choice of an engine by its address.

Decides nothing about tables. What happens in a transaction is a plain function of a SQLAlchemy
connection, so that the same functions serve every engine.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bluezone.database.errors import DatabaseUrlInvalid

T = TypeVar("T")
_SQLITE_FILE = "sqlite:///"


class Database(Protocol):
    """Runs functions in transactions.

    A function runs in a thread that is not the event loop's, next to others where the engine allows it. It
    may run more than once before its transaction succeeds, so it does nothing but use its connection; and it
    sees the database as if it were alone: what it has read is still true when it writes. Who stops waiting
    for it does not stop it.
    """

    async def run(self, call: Callable[[Connection], T]) -> T:
        """Runs one function in a transaction; when this returns, its writes survive a power failure.

        Raises:
            DatabaseUnavailable: nothing was written. Every error of the function itself comes through,
                and nothing was written then either.
        """
        ...

    async def close(self) -> None:
        """Lets what is queued finish, then closes the connection."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one function: its value, or the error that undid it."""

    value: Any = None
    error: Exception | None = None


def open_database(url: str) -> Database:
    """The database at an address; connects when it is first used.

    Args:
        url: `sqlite:///file.db`, `sqlite://` (in memory) or `postgresql://user@host/name`.

    Raises:
        DatabaseUrlInvalid: the address is not understood.
    """
    if backend_of(url) == "postgresql":
        if importlib.util.find_spec("psycopg") is None:
            raise DatabaseUrlInvalid(
                "a postgresql database needs a package that is not installed; install bluezone[postgres]"
            )
        from bluezone.database.postgres import PostgresDatabase  # noqa: PLC0415 - only where it is installed

        return PostgresDatabase(url)
    from bluezone.database.sqlite import SqliteDatabase  # noqa: PLC0415 - its sibling is imported late too

    return SqliteDatabase(url)


def checked_url(url: str, engines: tuple[str, ...] = ("sqlite", "postgresql")) -> URL:
    """An address in its parts.

    Raises:
        DatabaseUrlInvalid: it is no address, or not of one of these engines. Never quotes it: it may hold a
            password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseUrlInvalid(
            "the database is not given as an address such as sqlite:///authority.db"
        ) from None
    if parsed.get_backend_name() not in engines:
        raise DatabaseUrlInvalid(
            f"a {parsed.get_backend_name()} database is not supported, only {' and '.join(engines)}"
        )
    return parsed


def backend_of(url: str) -> str:
    """The engine of an address: `sqlite` or `postgresql`.

    Raises:
        DatabaseUrlInvalid: the address is not understood.
    """
    return checked_url(url).get_backend_name()


def url_in_folder(url: str, folder: Path) -> str:
    """The address with a relative file of SQLite placed in a folder; any other address as it is."""
    if url.startswith(_SQLITE_FILE) and not url.startswith(_SQLITE_FILE + "/"):
        return f"{_SQLITE_FILE}{folder / url.removeprefix(_SQLITE_FILE)}"
    return url


def kind_of(error: BaseException) -> str:
    """The kind of a database error, for a sentence: its text may quote a row, so only the kind goes on."""
    original = getattr(error, "orig", None) or error
    for name in ("sqlite_errorname", "sqlstate"):
        if kind := getattr(original, name, None):
            return str(kind)
    return type(error if isinstance(error, SQLAlchemyError) else original).__name__
