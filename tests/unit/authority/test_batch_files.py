"""Published files on their way out: one load for all who ask at once, and what is not kept."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from bluezone.authority import batch_files
from bluezone.authority.batch_files import BatchFiles
from bluezone.authority.errors import ObjectMissing
from bluezone.authority.storage.export import CONFIGURATION_NAME, INDEX_NAME
from bluezone.authority.storage.objects import ObstoreObjects

BODY = "00000001.body"


class SlowObjects(ObstoreObjects):
    """Files in memory whose reads wait for a sign, and are counted."""

    def __init__(self) -> None:
        super().__init__(ObstoreObjects.memory()._store)
        self.reads: Counter[str] = Counter()
        self.may_read = threading.Event()

    def read(self, name: str) -> bytes:
        self.reads[name] += 1
        self.may_read.wait(10)
        return super().read(name)


@pytest.fixture
def objects() -> SlowObjects:
    """One batch's body, the index and the configuration."""
    made = SlowObjects()
    for name in (BODY, INDEX_NAME, CONFIGURATION_NAME):
        made.replace(name, name.encode())
    return made


@pytest.fixture
async def files(objects: SlowObjects) -> AsyncIterator[BatchFiles]:
    """What reads them."""
    made = BatchFiles(objects)
    yield made
    objects.may_read.set()
    made.close()


async def test_many_first_readers_load_a_batch_once(files: BatchFiles, objects: SlowObjects) -> None:
    readers = [asyncio.create_task(files.read(BODY)) for _ in range(200)]
    await asyncio.sleep(0)
    objects.may_read.set()
    found = await asyncio.gather(*readers, files.read(BODY))
    assert objects.reads[BODY] == 1
    assert len({id(one.content) for one in found}) == 1
    assert (await files.read(BODY)).content == BODY.encode()
    assert objects.reads[BODY] == 1


async def test_a_reader_that_goes_away_leaves_the_file_to_the_others(
    files: BatchFiles, objects: SlowObjects
) -> None:
    first, second = asyncio.create_task(files.read(BODY)), asyncio.create_task(files.read(BODY))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    objects.may_read.set()
    assert (await second).content == BODY.encode()
    assert first.cancelled()
    assert objects.reads[BODY] == 1


async def test_a_file_that_is_missing_is_looked_for_again(files: BatchFiles, objects: SlowObjects) -> None:
    objects.may_read.set()
    missing = await asyncio.gather(*(files.read("00000002.body") for _ in range(5)), return_exceptions=True)
    assert [type(one) for one in missing] == [ObjectMissing] * 5
    objects.put_new("00000002.body", b"built meanwhile")
    assert (await files.read("00000002.body")).content == b"built meanwhile"


@pytest.mark.parametrize("name", [INDEX_NAME, CONFIGURATION_NAME])
async def test_what_changes_is_always_read_anew(files: BatchFiles, objects: SlowObjects, name: str) -> None:
    objects.may_read.set()
    await files.read(name)
    objects.replace(name, b"newer")
    assert (await files.read(name)).content == b"newer"


async def test_memory_is_bounded_and_the_last_used_stay(
    files: BatchFiles, objects: SlowObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_files, "MAX_KEPT_BYTES", 3 * len(BODY))
    objects.may_read.set()
    names = [f"{seq:08d}.body" for seq in range(1, 5)]
    for name in names:
        objects.replace(name, name.encode())
    for name in (*names[:3], names[0], names[3], names[0]):
        await files.read(name)
    assert objects.reads == dict.fromkeys(names, 1)
    await files.read(names[1])
    assert objects.reads[names[1]] == 2
