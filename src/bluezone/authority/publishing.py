"""Building batches and writing the published files, each between short transactions.

Decides the order of things. A batch is made in a thread from what one transaction found, and kept by another
if that still holds; files are written from what was committed. The database's one writer is so never held
for longer than a few rows take: a phone's request must not wait for a batch, or the wait would tell it from
cover traffic. What a batch holds is decided in domain, what is forgotten in domain/retention.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from bluezone.authority.domain.batch_making import Basis, BatchOrder, MadeBatch, make_batch
from bluezone.authority.domain.retention import Cutoffs, cutoffs
from bluezone.authority.errors import BatchOvertaken
from bluezone.authority.storage import batches, configurations, export, retention
from bluezone.authority.storage.objects import Objects
from bluezone.database.port import Database
from bluezone.protocol.batch_index import INDEX_FORMAT, BatchIndex
from bluezone.protocol.manifest import Head, decode_manifest

# Another process (a command beside the service) may be first; more often than this it is not.
MAX_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Outstanding:
    """What has to be done about the files.

    Attributes:
        past: the newest number that is past its time; 0 when none is.
        manifests: the file of each other published batch's manifest, and whether it was exported.
    """

    past: int
    manifests: list[tuple[bytes, bool]]


class Publishing:
    """The batches of one region and their files.

    Args:
        region: u16.
        database: where batches are kept.
        objects: where the files go.
    """

    def __init__(self, region: int, database: Database, objects: Objects) -> None:
        self._region = region
        self._database = database
        self._objects = objects

    async def build(self, order: BatchOrder) -> MadeBatch:
        """Makes, signs and keeps the next batch; `export` then publishes it.

        Raises:
            TimeWentBack, ChainForked, ObjectError, DatabaseUnavailable; BatchOvertaken after some tries.
        """
        made = await self.build_if(lambda _: True, order)
        assert made is not None
        return made

    async def build_if(self, is_wanted: Callable[[Head | None], bool], order: BatchOrder) -> MadeBatch | None:
        """The same, if a batch is to follow the newest one that the database holds; otherwise None."""
        for _ in range(MAX_TRIES):
            basis = await self._database.run(lambda conn: _basis(conn, order.time, is_wanted))
            if basis is None:
                return None
            made = await asyncio.to_thread(self._make, order, basis)
            try:
                await self._database.run(lambda conn, made=made: batches.keep(conn, made))  # type: ignore[misc]
            except BatchOvertaken as error:
                overtaken = error
            else:
                return made
        raise overtaken

    async def export(self, now: int, *, made: MadeBatch | None = None, verify: bool = False) -> None:
        """Forgets what is past its time, writes what is not written yet, and deletes old files.

        Args:
            now: seconds UTC.
            made: the newest batch, if this process has just made it: its body need not be made again.
            verify: also compare every file that was written earlier with what was signed; for the start.

        Raises:
            ObjectError, DatabaseUnavailable: the rest is done by the next call.
        """
        limits = cutoffs(now)
        found = await self._database.run(lambda conn: _forget_and_look(conn, limits))
        written = []
        for manifest, exported in found.manifests:
            if exported and not (verify and not await asyncio.to_thread(self._is_whole, manifest)):
                continue
            await self._write(manifest, made)
            written.append(decode_manifest(manifest).manifest.seq)
        if written:
            await self._database.run(lambda conn: batches.mark_exported(conn, written))
        await self._offer(found.past)
        if found.past:
            await self._delete(found.past)

    def _make(self, order: BatchOrder, basis: Basis) -> MadeBatch:
        export.check_not_published(self._objects, basis.next_seq)
        return make_batch(order, basis)

    def _is_whole(self, manifest: bytes) -> bool:
        return export.is_whole(self._objects, manifest)

    async def _write(self, manifest: bytes, made: MadeBatch | None) -> None:
        if made is not None and made.signed.encode() == manifest:
            body = made.body
        else:
            seq = decode_manifest(manifest).manifest.seq
            kept = await self._database.run(lambda conn: batches.find(conn, seq))
            body = await asyncio.to_thread(kept.body)
        await asyncio.to_thread(export.write_batch, self._objects, manifest, body)

    async def _offer(self, past: int) -> None:
        """Writes index and configuration until they say what the database says.

        Two processes may do this at once. The last one to write has looked again after it wrote, so the files
        are never left older than the database.
        """

        def look(conn: Connection) -> dict[str, bytes]:
            return _offered(conn, self._region, past)

        while await asyncio.to_thread(self._replace, await self._database.run(look)):
            pass

    def _replace(self, files: dict[str, bytes]) -> bool:
        return any(export.replace_if_other(self._objects, name, data) for name, data in files.items())

    async def _delete(self, past: int) -> None:
        # Rows go after the files: a crash between the two leaves nothing that nobody knows of.
        numbers = await self._database.run(lambda conn: retention.batches_until(conn, past))
        for seq in numbers:
            await asyncio.to_thread(export.delete_batch, self._objects, seq)
        await self._database.run(lambda conn: retention.forget_batches(conn, past))


def _basis(conn: Connection, time: int, is_wanted: Callable[[Head | None], bool]) -> Basis | None:
    return batches.basis(conn, time) if is_wanted(batches.head(conn)) else None


def _forget_and_look(conn: Connection, limits: Cutoffs) -> _Outstanding:
    retention.forget(conn, limits)
    past = retention.newest_past(conn, limits)
    return _Outstanding(past, batches.manifests(conn, past))


def _offered(conn: Connection, region: int, past: int) -> dict[str, bytes]:
    files = {}
    if (configuration := configurations.newest(conn)) is not None:
        files[export.CONFIGURATION_NAME] = configuration
    if (offered := batches.exported_range(conn, past)) is not None:
        index = BatchIndex(format=INDEX_FORMAT, region=region, first=offered[0], last=offered[1])
        files[export.INDEX_NAME] = index.encode()
    return files
