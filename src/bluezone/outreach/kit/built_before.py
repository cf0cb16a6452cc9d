"""What earlier builds left in a kit: which item was made from which inputs, so that none is made twice.

Decides what becomes of files that are no longer part of the kit: nothing that says the wrong thing stays
where it would be printed, and nothing that somebody wrote is lost.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Lock

from bluezone.outreach.kit.errors import OutputUnusable
from bluezone.outreach.kit.job import BuiltFile, Job
from bluezone.outreach.kit.manifest import describe

FOLDER = ".build"
# Below it: what was built earlier from other inputs, and what somebody changed since it was built.
OLD, CHANGED = "old", "changed"
_NAME = "built.json"
_FORMAT = "bz1-kit-built-1"
_FULL = (errno.ENOSPC, errno.EDQUOT)
UNWRITABLE = frozenset({*_FULL, errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def alone_in(kit: Path) -> Iterator[None]:
    """Makes the folder of a kit and keeps other builds out of it.

    Raises:
        OutputUnusable: it cannot be written, or another build works in it.
    """
    try:
        (kit / FOLDER).mkdir(parents=True, exist_ok=True)
        lock = (kit / FOLDER / "lock").open("wb")
    except OSError as error:
        raise unwritable(error, kit) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise OutputUnusable(
                f"another build works in {kit}; wait for it, or take another folder"
            ) from None
        yield


def unwritable(error: OSError, folder: Path) -> OutputUnusable:
    """A sentence for an error in writing.

    Args:
        error: that the system gave.
        folder: that was written to.
    """
    if error.errno in _FULL:
        return OutputUnusable(f"the disk of {folder} is full: make room and run the same command again")
    where = error.filename or folder
    return OutputUnusable(
        f"{where} cannot be written ({error.strerror}): take another folder, or get the right to write there"
    )


class BuiltBefore:
    """The record of a kit's folder; threads may share it.

    Args:
        kit: the folder.

    Attributes:
        put_aside: `OLD` or `CHANGED`, and the path of each file that was taken out of the kit and kept.
    """

    def __init__(self, kit: Path) -> None:
        self._kit = kit
        self._path = kit / FOLDER / _NAME
        self._lock = Lock()
        self._rows = self._read()
        self.put_aside: list[tuple[str, str]] = []

    def find(self, task: str, digest: str) -> tuple[BuiltFile, ...] | None:
        """The files of a task if they were built from just these inputs, and nobody touched them since."""
        with self._lock:
            row = self._rows.get(task)
        if row is None or row[0] != digest:
            return None
        return row[1] if all(self._is_intact(entry) or self._put_back(entry) for entry in row[1]) else None

    def keep(self, task: str, digest: str, entries: tuple[BuiltFile, ...]) -> None:
        """Remembers what was built, at once: a build can be stopped at any time."""
        with self._lock:
            self._rows[task] = (digest, entries)
            rows = {name: [key, [asdict(one) for one in built]] for name, (key, built) in self._rows.items()}
            half = self._path.with_suffix(".half")
            half.write_text(json.dumps({"format": _FORMAT, "rows": rows}), encoding="utf-8")
            half.replace(self._path)

    def make_room(self, path: str) -> None:
        """Takes a file out of the kit because it is made anew; it is kept only if somebody changed it."""
        if self._is_own(path):
            (self._kit / path).unlink()
        else:
            self.set_aside(path)

    def set_aside(self, path: str) -> None:
        """Takes a file out of the kit and keeps it below `FOLDER`; what is not there is no fault."""
        there = self._kit / path
        if not there.is_file():
            return
        kind = OLD if self._is_own(path) else CHANGED
        kept = self._kit / FOLDER / kind / path
        kept.parent.mkdir(parents=True, exist_ok=True)
        number = 1
        # What was built can be built again; what somebody wrote is never written over.
        while kind == CHANGED and kept.exists():
            number += 1
            kept = kept.with_name(f"{there.stem}-{number}{there.suffix}")
        there.replace(kept)
        with self._lock:
            self.put_aside.append((kind, path))

    def _put_back(self, entry: BuiltFile) -> bool:
        """Puts a file that was set aside into the kit again, where it is just the one that is needed."""
        old, there = self._kit / FOLDER / OLD, self._kit / entry.path
        if there.exists() or not _is(entry, old):
            return False
        there.parent.mkdir(parents=True, exist_ok=True)
        (old / entry.path).replace(there)
        return True

    def _is_own(self, path: str) -> bool:
        with self._lock:
            entries = [entry for _, built in self._rows.values() for entry in built if entry.path == path]
        return any(map(self._is_intact, entries))

    def _is_intact(self, entry: BuiltFile) -> bool:
        return _is(entry, self._kit)

    def _read(self) -> dict[str, tuple[str, tuple[BuiltFile, ...]]]:
        # Only a record of earlier work: whatever is wrong with it, building again is right.
        try:
            document = json.loads(self._path.read_bytes())
            if document["format"] != _FORMAT:
                return {}
            return {
                name: (str(key), tuple(BuiltFile(**one) for one in built))
                for name, (key, built) in document["rows"].items()
            }
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}


def _is(entry: BuiltFile, folder: Path) -> bool:
    try:
        return describe(entry.item, folder / entry.path, folder) == entry
    except OSError:
        return False


def digest_of(job: Job, inputs: Iterable[bytes]) -> str:
    """A digest of everything that a job's files depend on."""
    digest = hashlib.sha256()
    about = {
        "item": repr(job.item),
        "language": job.language,
        "unit": job.unit.facts(),
        "words": job.words,
        "others": [asdict(one) for one in job.others],
    }
    # The length goes first, so that no two lists of inputs look alike.
    for part in (json.dumps(about, sort_keys=True).encode(), job.logo_png or b"", *inputs):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()
