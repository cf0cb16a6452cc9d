"""SQLite's group commit: what one call of a group was told stays true whatever happens to the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bluezone.database.errors import DatabaseUnavailable
from bluezone.database.port import open_database

_PAGES = 40


def _prepare(conn: Connection) -> None:
    conn.execute(text("CREATE TABLE kept (name TEXT, content BLOB)"))
    conn.execute(text(f"PRAGMA max_page_count={_PAGES}"))


def _insert(name: str, size: int) -> Callable[[Connection], str]:
    def call(conn: Connection) -> str:
        conn.execute(text("INSERT INTO kept VALUES (:name, zeroblob(:size))"), {"name": name, "size": size})
        return f"{name} stored"

    return call


async def test_a_full_disk_takes_back_nobody_elses_answer(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'full.db'}")
    try:
        await database.run(
            lambda conn: conn.execute(text("CREATE TABLE kept (name TEXT, content BLOB)")).close()
        )
        await database.run(lambda conn: conn.execute(text(f"PRAGMA max_page_count={_PAGES}")).close())
        before, too_large, after = await asyncio.gather(
            database.run(_insert("before", 10)),
            database.run(_insert("too large", _PAGES * 4096)),
            database.run(_insert("after", 10)),
            return_exceptions=True,
        )
        assert (before, after) == ("before stored", "after stored")
        assert isinstance(too_large, DatabaseUnavailable)
        names = await database.run(
            lambda conn: conn.scalars(text("SELECT name FROM kept ORDER BY name")).all()
        )
        assert list(names) == ["after", "before"]
    finally:
        await database.close()


@pytest.mark.parametrize("size", [10, _PAGES * 4096])
async def test_alone_it_is_stored_or_refused(tmp_path: Path, size: int) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'full.db'}")
    try:
        await database.run(
            lambda conn: conn.execute(text("CREATE TABLE kept (name TEXT, content BLOB)")).close()
        )
        await database.run(lambda conn: conn.execute(text(f"PRAGMA max_page_count={_PAGES}")).close())
        if size == 10:
            assert await database.run(_insert("one", size)) == "one stored"
        else:
            with pytest.raises(DatabaseUnavailable):
                await database.run(_insert("one", size))
        count = await database.run(lambda conn: conn.scalar(text("SELECT count(*) FROM kept")))
        assert count == (1 if size == 10 else 0)
    finally:
        await database.close()
