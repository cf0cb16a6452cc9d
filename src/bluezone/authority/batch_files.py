"""Published files on their way out: read in a thread, the last ones kept in memory.

Decides the entity tag (SHA-256 of the bytes) and how much memory many downloads of the same batch
may take: a new batch is asked for by many phones at once, and is loaded once for all of them. Names of
batches are immutable, so a kept one is never stale; index and configuration are never kept or shared.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from bluezone.authority.storage.export import CONFIGURATION_NAME, INDEX_NAME
from bluezone.authority.storage.objects import Objects
from bluezone.protocol.batch import MAX_BODY_LENGTH

MAX_KEPT_BYTES = 2 * MAX_BODY_LENGTH


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """The bytes of a file and its entity tag (64 hex digits)."""

    content: bytes
    etag: str


class BatchFiles:
    """Reads published files."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._executor = ThreadPoolExecutor(2, thread_name_prefix="authority-objects")
        self._kept: OrderedDict[str, PublishedFile] = OrderedDict()
        self._kept_bytes = 0
        self._loading: dict[str, asyncio.Future[PublishedFile]] = {}

    async def read(self, name: str) -> PublishedFile:
        """A published file.

        Raises:
            ObjectMissing: there is none of this name.
        """
        if (kept := self._kept.get(name)) is not None:
            self._kept.move_to_end(name)
            return kept
        if name in (INDEX_NAME, CONFIGURATION_NAME):
            return await self._start(name)
        if (loading := self._loading.get(name)) is None:
            loading = self._loading[name] = self._start(name)
            loading.add_done_callback(partial(self._loaded, name))
        # Whoever goes away meanwhile leaves the file to the others that wait for it.
        return await asyncio.shield(loading)

    def close(self) -> None:
        """Ends the threads."""
        self._executor.shutdown(wait=True)

    def _start(self, name: str) -> asyncio.Future[PublishedFile]:
        return asyncio.get_running_loop().run_in_executor(self._executor, self._load, name)

    def _loaded(self, name: str, loading: asyncio.Future[PublishedFile]) -> None:
        del self._loading[name]
        if not loading.cancelled() and loading.exception() is None:
            self._keep(name, loading.result())

    def _load(self, name: str) -> PublishedFile:
        content = self._objects.read(name)
        return PublishedFile(content, hashlib.sha256(content).hexdigest())

    def _keep(self, name: str, file: PublishedFile) -> None:
        self._kept[name] = file
        self._kept_bytes += len(file.content)
        while self._kept_bytes > MAX_KEPT_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= len(dropped.content)
