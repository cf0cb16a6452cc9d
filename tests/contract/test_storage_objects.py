"""The published files: the port on a folder and in memory, and the repair after a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from bluezone.authority.errors import ChainForked, ObjectMissing
from bluezone.authority.home import create_home, open_authority
from bluezone.authority.keys import region_of
from bluezone.authority.service import Authority
from bluezone.authority.settings import load_settings
from bluezone.authority.storage import export
from bluezone.authority.storage.objects import Objects, ObstoreObjects
from bluezone.clock import ManualClock
from bluezone.protocol.batch_index import decode_index
from bluezone.protocol.manifest import check_body, decode_manifest, verify_signatures
from tests.unit.authority.case import NOW, make_case, published, running_authority, seeded


@pytest.fixture(params=["folder", "memory"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    """An empty store."""
    return ObstoreObjects.memory() if request.param == "memory" else ObstoreObjects.folder(tmp_path / "o")


def test_a_new_file_is_written_once(objects: Objects) -> None:
    assert not objects.exists("a")
    assert objects.put_new("a", b"one")
    assert not objects.put_new("a", b"two")
    assert objects.read("a") == b"one"
    assert objects.exists("a")


def test_replacing_and_deleting(objects: Objects) -> None:
    objects.replace("a", b"one")
    objects.replace("a", b"")
    assert objects.read("a") == b""
    objects.delete("a")
    objects.delete("a")
    with pytest.raises(ObjectMissing):
        objects.read("a")


async def new_home(home: Path) -> Authority:
    """An authority in a folder, as `init` makes it, with a running clock that stands still."""
    await create_home(
        home, lambda keys: region_of(keys, name="Test", number=84, address="http://127.0.0.1:1"), 1
    )
    return reopened(home)


def reopened(home: Path) -> Authority:
    return open_authority(load_settings(home, {}), clock=ManualClock(system=NOW), random_bytes=seeded())


async def test_a_crash_between_commit_and_files_is_repaired(tmp_path: Path) -> None:
    home = tmp_path / "home"
    authority = await new_home(home)
    await authority.start()
    await published(authority, make_case())
    # What `build_batch` commits, and then the power fails.
    await authority.publishing.build(authority._next_order())
    await authority.close()
    assert list((home / "objects").iterdir()) == []

    authority = reopened(home)
    await authority.start()
    signed = decode_manifest((await authority.batch_file("00000001.manifest")).content)
    verify_signatures(signed, authority.region.signers)
    check_body(signed.manifest, (await authority.batch_file("00000001.body")).content)
    assert decode_index((await authority.index()).content, 84).last == 1
    assert await authority.build_batch() == 2
    await authority.close()


@pytest.mark.parametrize("damage", ["missing", "cut"])
async def test_lost_or_damaged_files_come_back_byte_by_byte(tmp_path: Path, damage: str) -> None:
    home = tmp_path / "home"
    authority = await new_home(home)
    await authority.start()
    await published(authority, make_case())
    await authority.build_batch()
    await authority.build_batch()
    await authority.close()
    files = sorted((home / "objects").iterdir())
    before = {path.name: path.read_bytes() for path in files}
    assert len(before) == 5
    for path in files:
        path.unlink() if damage == "missing" else path.write_bytes(path.read_bytes()[:50])

    authority = reopened(home)
    await authority.start()
    await authority.close()
    assert {path.name: path.read_bytes() for path in (home / "objects").iterdir()} == before


async def test_an_old_copy_of_the_database_signs_no_second_batch_of_one_number() -> None:
    async with running_authority() as (authority, _):
        authority.publishing._objects.put_new(export.manifest_name(1), b"published before the restore")
        with pytest.raises(ChainForked, match="old copy"):
            await authority.build_batch()
        assert (await authority.health()).head is None


async def test_the_index_never_names_a_batch_whose_files_are_not_there() -> None:
    async with running_authority() as (authority, _):
        await authority.build_batch()
        await authority.publishing.build(authority._next_order())
        assert decode_index((await authority.index()).content, 84).last == 1
        await authority.maintain()
        assert decode_index((await authority.index()).content, 84).last == 2
