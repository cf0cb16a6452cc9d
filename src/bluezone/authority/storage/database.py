"""The database as a port, and SQLite behind it: one writer thread, many calls per commit.

Decides how transactions run. What happens in one is a plain function of a SQLAlchemy connection, so
that the same functions serve PostgreSQL (`AsyncConnection.run_sync`).
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bluezone.authority.errors import DatabaseUnavailable, SettingsInvalid

T = TypeVar("T")
Call = Callable[[Connection], Any]
MAX_GROUP = 64
BUSY_TIMEOUT_MS = 10_000


class Database(Protocol):
    """Runs functions in transactions."""

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
class _Outcome:
    value: Any = None
    error: Exception | None = None


class SqliteDatabase:
    """SQLite with group commit: up to 64 waiting calls share one commit, each in its own savepoint.

    A commit waits for the disk; one disk wait for 64 uploads is what makes `synchronous=FULL` cheap. FULL it
    must be: a phone marks its keys as published before it sends them, so an upload that was answered and
    then lost in a power failure would never come again.
    """

    def __init__(self, url: str) -> None:
        self._engine = _open_engine(url)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="authority-database")
        self._waiting: deque[tuple[Call, asyncio.Future[_Outcome]]] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._closed = False

    async def run(self, call: Callable[[Connection], T]) -> T:
        if self._closed:
            raise DatabaseUnavailable("the database is closed")
        future: asyncio.Future[_Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((call, future))
        if self._draining is None or self._draining.done():
            self._draining = asyncio.create_task(self._drain())
        outcome = await future
        if outcome.error is not None:
            raise outcome.error
        value: T = outcome.value
        return value

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._draining is not None:
            await self._draining
        # The connection belongs to the writer thread, so that thread closes it.
        self._executor.submit(self._engine.dispose)
        self._executor.shutdown(wait=True)

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(MAX_GROUP, len(self._waiting)))]
            try:
                outcomes = await loop.run_in_executor(
                    self._executor, self._commit, [call for call, _ in group]
                )
            except BaseException:
                for _, future in (*group, *self._waiting):
                    future.cancel()
                self._waiting.clear()
                raise
            for (_, future), outcome in zip(group, outcomes, strict=True):
                if not future.done():
                    future.set_result(outcome)

    def _commit(self, calls: list[Call]) -> list[_Outcome]:
        try:
            with self._engine.begin() as conn:
                outcomes = [_attempt(conn, call) for call in calls]
        except SQLAlchemyError as error:
            # The text of a database error may quote a row: only its kind goes on.
            failure = DatabaseUnavailable(f"the database did not commit ({_kind(error)})")
            return [_Outcome(error=failure)] * len(calls)
        return outcomes


def _attempt(conn: Connection, call: Call) -> _Outcome:
    try:
        with conn.begin_nested():
            return _Outcome(value=call(conn))
    except SQLAlchemyError as error:
        return _Outcome(error=DatabaseUnavailable(f"the database refused a statement ({_kind(error)})"))
    except Exception as error:
        return _Outcome(error=error)


def _kind(error: SQLAlchemyError) -> str:
    original = getattr(error, "orig", None)
    return getattr(original, "sqlite_errorname", None) or type(error).__name__


def _open_engine(url: str) -> Engine:
    # At DEBUG SQLAlchemy logs every row; whatever level its parents are set to, no key may reach a log.
    logging.getLogger("sqlalchemy.engine.Engine").setLevel(logging.WARNING)
    engine = create_engine(_checked(url), hide_parameters=True)
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsInvalid(
            "the database is not given as an address such as sqlite:///authority.db"
        ) from None
    if parsed.get_backend_name() != "sqlite":
        raise SettingsInvalid(f"a {parsed.get_backend_name()} database is not supported, only sqlite")
    return parsed


def _prepare_connection(dbapi_connection: Any, _record: Any) -> None:
    # Python's sqlite3 would begin transactions by its own rules; SQLAlchemy's "begin" event does it instead.
    dbapi_connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        # What is deleted is overwritten: forgetting a link must not leave it in the file.
        "secure_delete=ON",
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(conn: Connection) -> None:
    # Two processes (the service and a command) may write; taking the lock first means that what a
    # transaction has read is still true when it writes.
    conn.exec_driver_sql("BEGIN IMMEDIATE")
