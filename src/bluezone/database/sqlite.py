"""SQLite behind the database port: one writer thread, many calls per commit.

Decides how transactions share a commit. Leaves tables to who passes the functions.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from bluezone.database.errors import DatabaseUnavailable
from bluezone.database.port import Outcome, checked_url, kind_of

T = TypeVar("T")
Call = Callable[[Connection], Any]
MAX_GROUP = 64
BUSY_TIMEOUT_MS = 10_000


class SqliteDatabase:
    """SQLite with group commit: up to 64 waiting calls share one commit, each in its own savepoint.

    A commit waits for the disk; one disk wait for 64 uploads is what makes `synchronous=FULL` cheap. FULL it
    must be: a phone marks its keys as published before it sends them, so an upload that was answered and
    then lost in a power failure would never come again.
    """

    def __init__(self, url: str) -> None:
        self._engine = _open_engine(url)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="bluezone-database")
        self._waiting: deque[tuple[Call, asyncio.Future[Outcome]]] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._closed = False

    async def run(self, call: Callable[[Connection], T]) -> T:
        if self._closed:
            raise DatabaseUnavailable("the database is closed")
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
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

    def _commit(self, calls: list[Call]) -> list[Outcome]:
        outcomes, is_whole = list[Outcome](), True
        try:
            with self._engine.begin() as conn:
                for call in calls:
                    outcomes.append(_attempt(conn, call))
                    is_whole = _is_in_transaction(conn)
                    if not is_whole:
                        break
        except SQLAlchemyError as error:
            failure = DatabaseUnavailable(f"the database did not commit ({kind_of(error)})")
            return [Outcome(error=failure)] * len(calls)
        if is_whole or len(calls) == 1:
            return outcomes
        # What the others of the group were told would not be true: each is tried again by itself.
        return [one for call in calls for one in self._commit([call])]


def _is_in_transaction(conn: Connection) -> bool:
    """Not after a full or failing disk: SQLite then takes back the whole transaction, no mere savepoint."""
    driver = conn.connection.dbapi_connection
    return driver is not None and bool(driver.in_transaction)


def _attempt(conn: Connection, call: Call) -> Outcome:
    try:
        with conn.begin_nested():
            return Outcome(value=call(conn))
    except SQLAlchemyError as error:
        return Outcome(error=DatabaseUnavailable(f"the database refused a statement ({kind_of(error)})"))
    except Exception as error:
        return Outcome(error=error)


def _open_engine(url: str) -> Engine:
    # At DEBUG SQLAlchemy logs every row; whatever level its parents are set to, no key may reach a log.
    logging.getLogger("sqlalchemy.engine.Engine").setLevel(logging.WARNING)
    engine = create_engine(checked_url(url, ("sqlite",)), hide_parameters=True)
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin_immediate)
    return engine


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
