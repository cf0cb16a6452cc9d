"""The published files: a folder, or memory, behind one port that S3 can follow.

Decides only how bytes get in and out. Every call is synchronous: the caller chooses the thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, MemoryStore

from bluezone.authority.errors import ObjectError, ObjectMissing


class Objects(Protocol):
    """A flat collection of named files."""

    def put_new(self, name: str, data: bytes) -> bool:
        """Writes a file that does not exist; False, and nothing written, when it does."""
        ...

    def replace(self, name: str, data: bytes) -> None:
        """Writes a file, whether it exists or not; readers see the old bytes or the new, never half."""
        ...

    def read(self, name: str) -> bytes:
        """The bytes of a file.

        Raises:
            ObjectMissing: there is no such file.
        """
        ...

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        ...

    def delete(self, name: str) -> None:
        """Removes a file, if it exists."""
        ...


class ObstoreObjects:
    """The port on top of obstore."""

    def __init__(self, store: LocalStore | MemoryStore) -> None:
        self._store = store

    @classmethod
    def folder(cls, path: Path) -> ObstoreObjects:
        """Files in a local folder, which is made when it is missing."""
        return cls(LocalStore(prefix=path, mkdir=True))

    @classmethod
    def memory(cls) -> ObstoreObjects:
        """Files that end with the process: for simulations and tests."""
        return cls(MemoryStore())

    def put_new(self, name: str, data: bytes) -> bool:
        try:
            obstore.put(self._store, name, data, mode="create")
        except AlreadyExistsError:
            return False
        except (BaseError, OSError) as error:
            raise _failed("write", name) from error
        return True

    def replace(self, name: str, data: bytes) -> None:
        try:
            obstore.put(self._store, name, data)
        except (BaseError, OSError) as error:
            raise _failed("write", name) from error

    def read(self, name: str) -> bytes:
        try:
            return bytes(obstore.get(self._store, name).bytes())
        except FileNotFoundError:
            raise ObjectMissing(f"there is no published file {name}") from None
        except (BaseError, OSError) as error:
            raise _failed("read", name) from error

    def exists(self, name: str) -> bool:
        try:
            obstore.head(self._store, name)
        except FileNotFoundError:
            return False
        except (BaseError, OSError) as error:
            raise _failed("read", name) from error
        return True

    def delete(self, name: str) -> None:
        try:
            obstore.delete(self._store, name)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise _failed("delete", name) from error


def _failed(verb: str, name: str) -> ObjectError:
    return ObjectError(f"could not {verb} the published file {name}")
