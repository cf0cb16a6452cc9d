"""PostgreSQL behind the database port: serializable transactions, tried again when two of them collide.

Decides when a transaction is tried again. Leaves tables to who passes the functions, and durability to the
server (`synchronous_commit` is on unless its operator turned it off). Functions run in threads, as many as
there are connections, and pauses between two tries are spent there too: the event loop never waits.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import psycopg
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError

from bluezone.database.errors import DatabaseUnavailable
from bluezone.database.port import Outcome, checked_url, kind_of

T = TypeVar("T")
CONNECTIONS = 10
MAX_TRIES = 20
_WAIT_FOR_CONNECTION_S = 30
_LONGEST_PAUSE_MS = 500
# Serialization failure and deadlock; a unique violation too, because two transactions that would have been
# fine one after the other may meet at the index first (PostgreSQL manual, section 13.5).
_COLLISIONS = {"40001", "40P01"}
_UNIQUE_VIOLATION = "23505"
_SERVER_ERRORS = (SQLAlchemyError, OSError, psycopg.Error)


class PostgresDatabase:
    """PostgreSQL by a pool of connections; each call is a transaction of its own, isolated as if alone."""

    def __init__(self, url: str) -> None:
        # At DEBUG SQLAlchemy logs every row; no key may reach a log.
        logging.getLogger("sqlalchemy.engine.Engine").setLevel(logging.WARNING)
        self._engine = create_engine(
            checked_url(url, ("postgresql",)).set(drivername="postgresql+psycopg"),
            isolation_level="SERIALIZABLE",
            hide_parameters=True,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args={"connect_timeout": _WAIT_FOR_CONNECTION_S},
        )
        self._executor = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="bluezone-database")
        self._closed = False

    async def run(self, call: Callable[[Connection], T]) -> T:
        if self._closed:
            raise DatabaseUnavailable("the database is closed")
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._carry_out, call)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            await asyncio.to_thread(self._executor.shutdown)
            self._engine.dispose()

    def _carry_out(self, call: Callable[[Connection], T]) -> T:
        met: set[str] = set()
        error: Exception = DatabaseUnavailable("the database was not asked")
        for number in range(MAX_TRIES):
            outcome = self._try(call)
            if outcome.error is None:
                value: T = outcome.value
                return value
            error = outcome.error
            collision = _collision_in(error)
            # A unique violation that comes again after a fresh look is the function's own mistake.
            if collision is None or (collision == _UNIQUE_VIOLATION and collision in met):
                break
            met.add(collision)
            time.sleep(secrets.randbelow(min(_LONGEST_PAUSE_MS, 5 << number)) / 1000)
        if isinstance(error, SQLAlchemyError):
            raise DatabaseUnavailable(f"the database refused a statement ({kind_of(error)})") from None
        raise error

    def _try(self, call: Callable[[Connection], T]) -> Outcome:
        try:
            with self._engine.connect() as conn:
                outcome = _attempt(conn, call)
                if outcome.error is None:
                    conn.commit()
                return outcome
        except _SERVER_ERRORS as error:
            if _collision_in(error) is not None:
                return Outcome(error=error)
            return Outcome(error=DatabaseUnavailable(f"the database does not answer ({kind_of(error)})"))


def _attempt(conn: Connection, call: Callable[[Connection], T]) -> Outcome:
    try:
        return Outcome(value=call(conn))
    except Exception as error:
        return Outcome(error=error)


def _collision_in(error: BaseException) -> str | None:
    """The state of a collision that an error, or what it was made from, tells of."""
    for one in _chain(error):
        state = getattr(getattr(one, "orig", None), "sqlstate", None)
        if state in _COLLISIONS or state == _UNIQUE_VIOLATION:
            return str(state)
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        # Also what was hidden by `raise ... from None`: a rule may have turned a collision into its own word.
        error = error.__cause__ or error.__context__
