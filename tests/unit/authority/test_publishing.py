"""Batches are made and files written between transactions: nobody waits for them, and nothing is lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bluezone.authority import publishing
from bluezone.authority.domain import batch_making
from bluezone.authority.domain.batch_making import Basis, BatchOrder, KeptBatch, MadeBatch, make_batch
from bluezone.authority.domain.batch_plan import Place
from bluezone.authority.domain.batches import PublicKey, assemble
from bluezone.authority.errors import BatchOvertaken, ObjectError
from bluezone.authority.publishing import MAX_TRIES, Publishing
from bluezone.authority.service import Authority
from bluezone.authority.storage import batches
from bluezone.authority.storage.objects import ObstoreObjects
from bluezone.authority.storage.tables import codes, keys
from bluezone.protocol.batch import Section, decode_body
from bluezone.protocol.batch_index import decode_index
from bluezone.protocol.errors import TimeWentBack
from bluezone.protocol.interval import DAY_S
from bluezone.protocol.upload import AnswerStatus
from tests.unit.authority.case import NOW, TODAY, code_request, make_case, published, running_authority


@contextmanager
def while_making(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Making a batch says that it has begun, and waits until it may end."""
    begun, may_end = threading.Event(), threading.Event()

    def slow(order: BatchOrder, basis: Basis) -> MadeBatch:
        begun.set()
        assert may_end.wait(10)
        return make_batch(order, basis)

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "make_batch", slow)
        yield begun, may_end


def overtaking(authority: Authority, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Another process is first, so many times: it keeps its batch while this one is being made."""
    loop, left = asyncio.get_running_loop(), iter(range(times))

    def overtaken(order: BatchOrder, basis: Basis) -> MadeBatch:
        made = make_batch(order, basis)
        if next(left, None) is not None:
            other = make_batch(replace(order, filler_secret=b"another process".ljust(32)), basis)
            kept = authority._database.run(lambda conn: batches.keep(conn, other))
            asyncio.run_coroutine_threadsafe(kept, loop).result(10)
        return made

    monkeypatch.setattr(publishing, "make_batch", overtaken)


async def teks_of(authority: Authority, seq: int) -> set[bytes]:
    body = (await authority.batch_file(f"{seq:08d}.body")).content
    return {tek for section in decode_body(body) for tek in section.teks}


async def test_phones_are_answered_while_a_batch_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_authority() as (authority, _):
        with while_making(monkeypatch) as (begun, may_end):
            building = asyncio.create_task(authority.build_batch())
            await asyncio.to_thread(begun.wait, 10)
            assert (await published(authority, make_case())).status is AnswerStatus.GOOD
            assert not building.done()
            may_end.set()
            assert await building == 1
        assert not make_case().teks & await teks_of(authority, 1)
        await authority.build_batch()
        # All but the running key, which is not over.
        assert len(make_case().teks & await teks_of(authority, 2)) == 6


async def test_a_new_batch_is_assembled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assembled: list[int] = []

    def noted(real: Iterable[PublicKey], plan: Mapping[Place, int], secret: bytes) -> list[Section]:
        assembled.append(threading.get_ident())
        return assemble(real, plan, secret)

    monkeypatch.setattr(batch_making, "assemble", noted)
    async with running_authority() as (authority, _):
        await published(authority, make_case())
        await authority.build_batch()
        assert len(assembled) == 1
        assert assembled[0] != threading.get_ident()


async def test_who_is_overtaken_makes_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_authority() as (authority, _):
        await published(authority, make_case())
        overtaking(authority, monkeypatch, 1)
        assert await authority.build_batch() == 2
        assert decode_index((await authority.index()).content, 84).last == 2
        assert len(make_case().teks & await teks_of(authority, 1)) == 6
        assert not make_case().teks & await teks_of(authority, 2)


async def test_who_is_overtaken_builds_nothing_that_is_no_longer_due(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_authority() as (authority, _):
        overtaking(authority, monkeypatch, 1)
        assert await authority.build_batch_if_due() is None
        await authority.maintain()
        assert decode_index((await authority.index()).content, 84).last == 1


async def test_who_is_always_overtaken_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_authority() as (authority, _):
        overtaking(authority, monkeypatch, MAX_TRIES)
        with pytest.raises(BatchOvertaken):
            await authority.build_batch()


async def test_keys_that_went_meanwhile_are_in_no_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that names them could never be made again."""
    async with running_authority() as (authority, _):
        await published(authority, make_case())
        forget = keys.delete().where(keys.c.tek == make_case().slots[0].tek)  # type: ignore[union-attr,arg-type]
        with while_making(monkeypatch) as (begun, may_end):
            building = asyncio.create_task(authority.build_batch())
            await asyncio.to_thread(begun.wait, 10)
            await authority._database.run(lambda conn: conn.execute(forget) and None)
            may_end.set()
            assert await building == 1
        assert len(make_case().teks & await teks_of(authority, 1)) == 5


async def test_no_batch_is_made_with_a_clock_that_was_set_back() -> None:
    async with running_authority() as (authority, clock):
        await authority.build_batch()
        clock.set_system(NOW - 1)
        with pytest.raises(TimeWentBack):
            await authority.build_batch()


async def test_a_batch_whose_keys_are_others_is_not_written() -> None:
    async with running_authority() as (authority, _):
        await authority.build_batch()
        kept = await authority._database.run(lambda conn: batches.find(conn, 1))
        assert kept.body() == (await authority.batch_file("00000001.body")).content
        with pytest.raises(ObjectError, match="cannot be made again"):
            KeptBatch(kept.manifest, kept.plan, bytes(32), kept.keys).body()


async def test_files_are_written_outside_of_transactions_that_may_be_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The port may run a function twice: here it always does, and the first time is taken back."""
    in_transaction = threading.local()
    written = []

    class Watched(ObstoreObjects):
        def put_new(self, name: str, data: bytes) -> bool:
            assert not getattr(in_transaction, "is_open", False)
            written.append(name)
            return super().put_new(name, data)

        def replace(self, name: str, data: bytes) -> None:
            assert not getattr(in_transaction, "is_open", False)
            written.append(name)
            super().replace(name, data)

        def delete(self, name: str) -> None:
            assert not getattr(in_transaction, "is_open", False)
            super().delete(name)

    async with running_authority() as (authority, clock):
        run = authority._database.run

        async def twice(call: Callable[[Connection], object]) -> object:
            def tried(conn: Connection) -> object:
                in_transaction.is_open = True
                try:
                    with conn.begin_nested() as savepoint:
                        call(conn)
                        savepoint.rollback()
                    return call(conn)
                finally:
                    in_transaction.is_open = False

            return await run(tried)

        monkeypatch.setattr(authority._database, "run", twice)
        authority.publishing._objects = authority._files._objects = Watched(ObstoreObjects.memory()._store)
        assert (await published(authority, make_case())).status is AnswerStatus.GOOD
        assert await authority.build_batch() == 1
        clock.advance(30 * DAY_S)
        assert await authority.build_batch() == 2
    assert written == [
        "00000001.body",
        "00000001.manifest",
        "index.json",
        "00000002.body",
        "00000002.manifest",
        "index.json",
    ]


async def test_of_two_processes_the_slower_one_leaves_no_old_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has looked, the other one builds and writes the index, and only then it writes what it saw."""
    async with running_authority() as (authority, clock):
        await authority.build_batch()
        objects = authority.publishing._objects
        objects.delete("index.json")
        looked, may_write = threading.Event(), threading.Event()

        class Slower(ObstoreObjects):
            def replace(self, name: str, data: bytes) -> None:
                looked.set()
                assert may_write.wait(10)
                super().replace(name, data)

        slower = Publishing(84, authority._database, Slower(objects._store))  # type: ignore[attr-defined]
        exporting = asyncio.create_task(slower.export(NOW))
        await asyncio.to_thread(looked.wait, 10)
        clock.advance(14_400)
        await authority.build_batch()
        assert decode_index((await authority.index()).content, 84).last == 2
        may_write.set()
        await exporting
        assert decode_index((await authority.index()).content, 84).last == 2


class FullDisk(ObstoreObjects):
    """Refuses what a test says."""

    refused: tuple[str, ...] = ()

    def put_new(self, name: str, data: bytes) -> bool:
        self._check("put_new")
        return super().put_new(name, data)

    def delete(self, name: str) -> None:
        self._check("delete")
        super().delete(name)

    def _check(self, what: str) -> None:
        if what in self.refused:
            raise ObjectError(f"the disk refused {what}")


async def test_links_are_forgotten_although_the_disk_is_full() -> None:
    async with running_authority() as (authority, clock):
        objects = authority.publishing._objects = FullDisk(ObstoreObjects.memory()._store)
        code = await authority.issue_code(TODAY)
        await authority.redeem(code_request(code, make_case().commitment))
        await authority.publishing.build(authority._next_order())
        clock.advance(DAY_S)
        objects.refused = ("put_new",)
        with pytest.raises(ObjectError):
            await authority.maintain()
        row = await authority._database.run(lambda conn: conn.execute(codes.select()).one())
        assert (row.commitment, row.certificate) == (None, None)


async def test_files_that_could_not_be_deleted_are_deleted_later(tmp_path: Path) -> None:
    async with running_authority() as (authority, clock):
        folder = tmp_path / "objects"
        objects = FullDisk(ObstoreObjects.folder(folder)._store)
        authority.publishing._objects = authority._files._objects = objects
        await authority.build_batch()
        clock.advance(22 * DAY_S)
        objects.refused = ("delete",)
        with pytest.raises(ObjectError):
            await authority.build_batch()
        # It is past its time already, so the index no longer names it.
        assert decode_index((await authority.index()).content, 84).first == 2
        objects.refused = ()
        await authority.maintain()
        names = {path.name for path in folder.iterdir()}
        assert names == {"00000002.body", "00000002.manifest", "index.json"}
