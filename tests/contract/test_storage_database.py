"""The database port on every engine: transactions, collisions, the tables and their migrations."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, func, inspect, select, text

from bluezone.authority.domain.batch_plan import covered_windows
from bluezone.authority.domain.batches import assemble, count_places
from bluezone.authority.domain.codes import IssuedCode
from bluezone.authority.storage import activity, batches, codes, publish
from bluezone.authority.storage.schema import SCHEMA
from bluezone.authority.storage.tables import codes as code_table
from bluezone.database.errors import DatabaseUnavailable, DatabaseUrlInvalid, SchemaOutdated
from bluezone.database.port import Database, open_database
from bluezone.database.sqlite import MAX_GROUP, SqliteDatabase
from bluezone.protocol.batch import encode_body
from bluezone.protocol.certificate import Certificate
from bluezone.protocol.interval import DAY_S
from bluezone.protocol.manifest import next_manifest, sign_manifest
from tests.postgres import new_database
from tests.unit.authority.case import NOW, TODAY, Case, make_case, published, running_authority


async def empty_database(engine: str, folder: Path) -> Database:
    """A database without tables."""
    if engine == "postgresql":
        return open_database(await new_database())
    return open_database("sqlite://" if engine == "memory" else f"sqlite:///{folder / 'a.db'}")


@pytest.fixture(params=["file", "memory", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated database."""
    opened = await empty_database(request.param, tmp_path)
    await opened.run(SCHEMA.migrate)
    yield opened
    await opened.close()


@pytest.fixture(params=["file", "memory"])
async def sqlite_database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    """A migrated database of the engine that shares commits."""
    opened = await empty_database(request.param, tmp_path)
    assert isinstance(opened, SqliteDatabase)
    await opened.run(SCHEMA.migrate)
    yield opened
    await opened.close()


def add(number: int) -> IssuedCode:
    return IssuedCode(number.to_bytes(32, "big"), 1, NOW)


def accept(conn: Connection, case: Case) -> None:
    """Keeps the keys of a case as the service does."""
    certificate = Certificate(case.commitment, TODAY, NOW + DAY_S)
    publish.accept(conn, case.upload(bytes(109)), case.commitment, certificate, NOW)


def count(conn: Connection) -> int:
    return conn.scalar(select(func.count()).select_from(code_table)) or 0


async def test_one_failing_call_of_a_group_leaves_the_others(database: Database) -> None:
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


async def test_waiting_calls_share_a_commit(sqlite_database: SqliteDatabase) -> None:
    groups: list[int] = []
    commit = sqlite_database._commit
    sqlite_database._commit = lambda calls: groups.append(len(calls)) or commit(calls)  # type: ignore[method-assign,func-returns-value]
    await asyncio.gather(*(sqlite_database.run(count) for _ in range(100)))
    assert groups == [MAX_GROUP, 100 - MAX_GROUP]


async def test_calls_run_in_one_thread_which_is_not_the_loop_s(sqlite_database: SqliteDatabase) -> None:
    idents = await asyncio.gather(*(sqlite_database.run(lambda _: threading.get_ident()) for _ in range(5)))
    assert len(set(idents)) == 1
    assert idents[0] != threading.get_ident()


async def test_functions_never_run_on_the_event_loop(database: Database) -> None:
    """One that takes its time holds up nothing else of the process."""
    may_end = threading.Event()

    def slow(_conn: Connection) -> int:
        assert may_end.wait(10), "the event loop stood still"
        return threading.get_ident()

    waiting = asyncio.create_task(database.run(slow))
    await asyncio.sleep(0.05)
    may_end.set()
    assert await waiting != threading.get_ident()


async def test_a_server_runs_functions_next_to_each_other() -> None:
    database = open_database(await new_database())
    meeting = threading.Barrier(2, timeout=10)
    assert sorted(await asyncio.gather(*(database.run(lambda _: meeting.wait()) for _ in range(2)))) == [0, 1]
    await database.close()


async def test_what_was_begun_ends_although_nobody_waits_for_it(database: Database) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow(conn: Connection) -> None:
        begun.set()
        may_end.wait(10)
        codes.add(conn, add(1))

    impatient = asyncio.create_task(database.run(slow))
    await asyncio.to_thread(begun.wait, 10)
    impatient.cancel()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    for _ in range(500):
        if await database.run(count):
            break
        await asyncio.sleep(0.01)
    assert await database.run(count) == 1


async def test_a_closed_database_says_so_and_finishes_what_waited(database: Database) -> None:
    waiting = asyncio.create_task(database.run(count))
    await asyncio.sleep(0)
    await database.close()
    assert await waiting == 0
    with pytest.raises(DatabaseUnavailable):
        await database.run(count)


async def test_a_cancelled_caller_does_not_disturb_the_next(database: Database) -> None:
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


@pytest.mark.parametrize("url", ["nonsense", "mysql://somewhere:secret@host/db", "sqlite", ""])
def test_other_engines_are_refused_without_quoting_a_password(url: str) -> None:
    with pytest.raises(DatabaseUrlInvalid) as refused:
        open_database(url)
    assert "secret" not in str(refused.value)


async def test_a_server_that_is_not_there_is_a_sentence_without_the_password() -> None:
    database = open_database("postgresql://somebody:secret@127.0.0.1:1/nowhere")
    with pytest.raises(DatabaseUnavailable, match="does not answer") as refused:
        await database.run(count)
    assert "secret" not in str(refused.value)
    await database.close()


async def test_writers_that_read_first_lose_nothing(database: Database) -> None:
    """Each writes the number after the highest: only transactions that run as if alone count to fifty."""

    def next_number(conn: Connection) -> None:
        known = conn.scalars(select(code_table.c.code_hash)).all()
        highest = max((int.from_bytes(one, "big") for one in known), default=0)
        codes.add(conn, add(highest + 1))

    await asyncio.gather(*(database.run(next_number) for _ in range(50)))
    assert await database.run(count) == 50


async def test_the_same_upload_sent_twice_at_once_is_a_repeat(database: Database) -> None:
    case = make_case()
    kept = [database.run(lambda conn: accept(conn, case)) for _ in range(4)]
    assert await asyncio.gather(*kept) == [None] * 4


async def test_the_same_key_from_two_people_at_once_is_accepted_from_one(database: Database) -> None:
    first, second = make_case(), Case(b"another salt".ljust(16), make_case().slots)
    kept = [database.run(lambda conn, one=one: accept(conn, one)) for one in (first, second)]  # type: ignore[misc]
    results = await asyncio.gather(*kept, return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "Refused"]


async def test_counts_of_one_day_add_up_whoever_writes_them(database: Database) -> None:
    await asyncio.gather(
        *(database.run(lambda conn: activity.add(conn, {20_700: 3, 20_701: 1})) for _ in range(8))
    )
    assert await database.run(lambda conn: activity.between(conn, 20_700, 20_702)) == [
        (20_700, 24),
        (20_701, 8),
    ]
    assert await database.run(lambda conn: activity.between(conn, 20_701, 20_701)) == []


async def test_migrations_build_exactly_the_tables(database: Database) -> None:
    assert await database.run(SCHEMA.differences) == []
    await database.run(SCHEMA.migrate)
    await database.run(SCHEMA.check)
    names = await database.run(lambda conn: set(inspect(conn).get_table_names()))
    ours = {"activity", "batches", "codes", "configurations", "keys", "samples", "upload_files", "uploads"}
    assert names == {"alembic_version", *ours}


async def test_a_database_of_another_version_is_refused(database: Database) -> None:
    await database.run(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(SchemaOutdated, match="9999"):
        await database.run(SCHEMA.check)


@pytest.mark.parametrize("engine", ["file", "postgresql"])
async def test_an_empty_database_is_refused(engine: str, tmp_path: Path) -> None:
    database = await empty_database(engine, tmp_path)
    with pytest.raises(SchemaOutdated, match="upgrade"):
        await database.run(SCHEMA.check)
    await database.close()


async def test_two_processes_may_write(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = SqliteDatabase(f"sqlite:///{path}")
    await database.run(SCHEMA.migrate)
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
    await database.run(SCHEMA.migrate)

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


@pytest.mark.parametrize("engine", ["file", "postgresql"])
async def test_batches_that_were_made_before_plans_were_kept_can_be_made_again(
    engine: str, tmp_path: Path
) -> None:
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
        SCHEMA.migrate(conn, "0002")
        conn.execute(text("INSERT INTO batches VALUES (1, :time, :manifest, 24, 10, :secret, 1)"), row)
        conn.execute(
            text("INSERT INTO keys VALUES (:tek, :start, :period, 1)"),
            [{"tek": tek, "start": start, "period": period} for start, period, tek in real],
        )

    database = await empty_database(engine, tmp_path)
    await database.run(before)
    await database.run(SCHEMA.migrate)
    assert (await database.run(lambda conn: batches.find(conn, 1))).body() == body
    await database.close()
