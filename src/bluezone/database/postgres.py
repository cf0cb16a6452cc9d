"""PostgreSQL behind the database port: serializable transactions, tried again when two of them collide.

Decides when a transaction is tried again. Leaves tables to who passes the functions, and durability to the
server (`synchronous_commit` is on unless its operator turned it off).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterator
from typing import TypeVar

import asyncpg
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

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
_SERVER_ERRORS = (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


class PostgresDatabase:
    """PostgreSQL by a pool of connections; each call is a transaction of its own, isolated as if alone."""

    def __init__(self, url: str) -> None:
        # At DEBUG SQLAlchemy logs every row; no key may reach a log.
        logging.getLogger("sqlalchemy.engine.Engine").setLevel(logging.WARNING)
        self._engine = create_async_engine(
            checked_url(url, ("postgresql",)).set(drivername="postgresql+asyncpg"),
            isolation_level="SERIALIZABLE",
            hide_parameters=True,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=_WAIT_FOR_CONNECTION_S,
            pool_pre_ping=True,
        )
        self._closed = False

    async def run(self, call: Callable[[Connection], T]) -> T:
        if self._closed:
            raise DatabaseUnavailable("the database is closed")
        met: set[str] = set()
        error: Exception = DatabaseUnavailable("the database was not asked")
        for number in range(MAX_TRIES):
            outcome = await self._try(call)
            if outcome.error is None:
                value: T = outcome.value
                return value
            error = outcome.error
            collision = _collision_in(error)
            # A unique violation that comes again after a fresh look is the function's own mistake.
            if collision is None or (collision == _UNIQUE_VIOLATION and collision in met):
                break
            met.add(collision)
            await asyncio.sleep(secrets.randbelow(min(_LONGEST_PAUSE_MS, 5 << number)) / 1000)
        if isinstance(error, SQLAlchemyError):
            raise DatabaseUnavailable(f"the database refused a statement ({kind_of(error)})") from None
        raise error

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            await self._engine.dispose()

    async def _try(self, call: Callable[[Connection], T]) -> Outcome:
        try:
            async with self._engine.connect() as conn:
                outcome = await conn.run_sync(_attempt, call)
                if outcome.error is None:
                    await conn.commit()
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
