"""Published files on their way out: read in a thread, the last ones kept in memory.

Decides the entity tag (SHA-256 of the bytes) and how much memory many downloads of the same batch
may take. Names of batches are immutable, so a kept one is never stale; index and
configuration are never kept.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

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

    async def read(self, name: str) -> PublishedFile:
        """A published file.

        Raises:
            ObjectMissing: there is none of this name.
        """
        if (kept := self._kept.get(name)) is not None:
            self._kept.move_to_end(name)
            return kept
        file = await asyncio.get_running_loop().run_in_executor(self._executor, self._load, name)
        if name not in (INDEX_NAME, CONFIGURATION_NAME):
            self._keep(name, file)
        return file

    def close(self) -> None:
        """Ends the threads."""
        self._executor.shutdown(wait=True)

    def _load(self, name: str) -> PublishedFile:
        content = self._objects.read(name)
        return PublishedFile(content, hashlib.sha256(content).hexdigest())

    def _keep(self, name: str, file: PublishedFile) -> None:
        if name in self._kept:
            return
        self._kept[name] = file
        self._kept_bytes += len(file.content)
        while self._kept_bytes > MAX_KEPT_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= len(dropped.content)
