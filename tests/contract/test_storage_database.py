"""The database port: transactions, group commit, the tables and their migrations."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, func, inspect, select, text

from bluezone.authority.domain.batch_plan import covered_windows
from bluezone.authority.domain.batches import assemble, count_places
from bluezone.authority.domain.codes import IssuedCode
from bluezone.authority.errors import DatabaseUnavailable, SchemaOutdated, SettingsInvalid
from bluezone.authority.storage import batches, codes, schema
from bluezone.authority.storage.database import MAX_GROUP, SqliteDatabase
from bluezone.authority.storage.tables import codes as code_table
from bluezone.protocol.batch import encode_body
from bluezone.protocol.interval import DAY_S
from bluezone.protocol.manifest import next_manifest, sign_manifest
from tests.unit.authority.case import NOW, make_case, published, running_authority


@pytest.fixture(params=["file", "memory"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    """A migrated database."""
    opened = SqliteDatabase("sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'a.db'}")
    await opened.run(schema.migrate)
    yield opened
    await opened.close()


def add(number: int) -> IssuedCode:
    return IssuedCode(number.to_bytes(32, "big"), 1, NOW)


def count(conn: Connection) -> int:
    return conn.scalar(select(func.count()).select_from(code_table)) or 0


async def test_one_failing_call_of_a_group_leaves_the_others(database: SqliteDatabase) -> None:
    def broken(conn: Connection) -> None:
        codes.add(conn, add(1000))
        raise ValueError("decided otherwise")

    def refused(conn: Connection) -> None:
        codes.add(conn, add(1001))
        conn.execute(text("INSERT INTO nowhere VALUES (1)"))

    calls = [database.run(lambda conn, n=n: codes.add(conn, add(n))) for n in range(MAX_GROUP + 10)]  # type: ignore[misc]
    results = await asyncio.gather(
        *calls[:20], database.run(broken), database.run(refused), *calls[20:], return_exceptions=True
    )
    errors = [error for error in results if isinstance(error, BaseException)]
    assert [type(error) for error in errors] == [ValueError, DatabaseUnavailable]
    assert await database.run(count) == MAX_GROUP + 10


async def test_waiting_calls_share_a_commit(database: SqliteDatabase) -> None:
    groups: list[int] = []
    commit = database._commit
    database._commit = lambda calls: groups.append(len(calls)) or commit(calls)  # type: ignore[method-assign,func-returns-value]
    await asyncio.gather(*(database.run(count) for _ in range(100)))
    assert groups == [MAX_GROUP, 100 - MAX_GROUP]


async def test_calls_run_in_one_thread_which_is_not_the_loop_s(database: SqliteDatabase) -> None:
    idents = await asyncio.gather(*(database.run(lambda _: threading.get_ident()) for _ in range(5)))
    assert len(set(idents)) == 1
    assert idents[0] != threading.get_ident()


async def test_a_closed_database_says_so_and_finishes_what_waited(database: SqliteDatabase) -> None:
    waiting = asyncio.create_task(database.run(count))
    await asyncio.sleep(0)
    await database.close()
    assert await waiting == 0
    with pytest.raises(DatabaseUnavailable):
        await database.run(count)


async def test_a_cancelled_caller_does_not_disturb_the_next(database: SqliteDatabase) -> None:
    impatient = asyncio.create_task(database.run(count))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await database.run(count) == 0


async def test_the_file_is_durable_and_forgets(tmp_path: Path) -> None:
    database = SqliteDatabase(f"sqlite:///{tmp_path / 'a.db'}")
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    values = [
        await database.run(lambda conn, p=p: conn.exec_driver_sql(f"PRAGMA {p}").scalar())  # type: ignore[misc]
        for p in pragmas
    ]
    await database.close()
    assert values == ["wal", 2, 1, 1]


async def test_a_file_that_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    database = SqliteDatabase(f"sqlite:///{tmp_path / 'missing' / 'a.db'}")
    with pytest.raises(DatabaseUnavailable, match="SQLITE_CANTOPEN"):
        await database.run(count)
    await database.close()


async def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"no database at all" * 100)
    database = SqliteDatabase(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(DatabaseUnavailable):
        await database.run(count)
    await database.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://somewhere/db"])
def test_other_engines_are_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid):
        SqliteDatabase(url)


async def test_migrations_build_exactly_the_tables(database: SqliteDatabase) -> None:
    assert await database.run(schema.differences) == []
    await database.run(schema.migrate)
    await database.run(schema.check_schema)
    names = await database.run(lambda conn: set(inspect(conn).get_table_names()))
    ours = {"batches", "codes", "configurations", "keys", "samples", "upload_files", "uploads"}
    assert names == {"alembic_version", *ours}


async def test_a_database_of_another_version_is_refused(database: SqliteDatabase) -> None:
    await database.run(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(SchemaOutdated, match="9999"):
        await database.run(schema.check_schema)


async def test_an_empty_database_is_refused(tmp_path: Path) -> None:
    database = SqliteDatabase(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(SchemaOutdated, match="upgrade"):
        await database.run(schema.check_schema)
    await database.close()


async def test_two_processes_may_write(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = SqliteDatabase(f"sqlite:///{path}")
    await database.run(schema.migrate)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(database.run(lambda conn: codes.add(conn, add(1))))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    other.execute("COMMIT")
    await waiting
    assert await database.run(count) == 1
    other.close()
    await database.close()


async def test_what_a_transaction_has_read_stays_true_until_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = SqliteDatabase(f"sqlite:///{path}")
    await database.run(schema.migrate)

    def read_then_write(conn: Connection) -> None:
        before = count(conn)
        other = sqlite3.connect(path, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("DELETE FROM codes")
        other.close()
        codes.add(conn, add(before))

    await database.run(read_then_write)
    assert await database.run(count) == 1
    await database.close()


async def test_t16_the_database_holds_neither_salt_nor_leaves_nor_codes() -> None:
    async with running_authority() as (authority, _):
        case = make_case()
        await published(authority, case)
        code = await authority.issue_code(NOW // 86400)
        dump = await authority._database.run(_dump)
        assert all(tek in dump for tek in case.teks)
        assert case.salt not in dump
        assert not any(slot.leaf in dump for slot in case.slots)
        assert code.encode() not in dump


def _dump(conn: Connection) -> bytes:
    """Every value of every table."""
    found = []
    for table in inspect(conn).get_table_names():
        for row in conn.exec_driver_sql(f"SELECT * FROM {table}"):
            found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"|".join(found)


async def test_batches_that_were_made_before_plans_were_kept_can_be_made_again(tmp_path: Path) -> None:
    """A batch by the old rule: every window padded to ten, every other place of a real key likewise."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    window, secret = (NOW - 14 * DAY_S) // 14_400 * 24, bytes(range(32))
    real = [(window + 240, 24, bytes([n]) * 16) for n in range(13)] + [(window + 264, 7, b"odd" + bytes(13))]
    plan = dict.fromkeys(covered_windows(NOW), 10)
    plan |= {place: max(10, count) for place, count in count_places(real).items()}
    body = encode_body(assemble(real, dict(sorted(plan.items())), secret))
    manifest = next_manifest(None, region=1, time=NOW, tek_period=24, body=body)
    row = {"manifest": sign_manifest(manifest, [key]).encode(), "secret": secret, "time": NOW}

    def before(conn: Connection) -> None:
        config = schema._config()
        config.attributes["connection"] = conn
        command.upgrade(config, "0002")
        conn.execute(text("INSERT INTO batches VALUES (1, :time, :manifest, 24, 10, :secret, 1)"), row)
        conn.execute(
            text("INSERT INTO keys VALUES (:tek, :start, :period, 1)"),
            [{"tek": tek, "start": start, "period": period} for start, period, tek in real],
        )

    database = SqliteDatabase(f"sqlite:///{tmp_path / 'a.db'}")
    await database.run(before)
    await database.run(schema.migrate)
    assert (await database.run(lambda conn: batches.rebuild(conn, 1))).body == body
    await database.close()
