"""What earlier builds left in a kit: which item was made from which inputs, so that none is made twice."""

from __future__ import annotations

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
_NAME = "built.json"
_FORMAT = "bz1-kit-built-1"


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
        raise OutputUnusable(f"the folder {kit} cannot be written: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise OutputUnusable(
                f"another build works in {kit}; wait for it, or take another folder"
            ) from None
        yield


class BuiltBefore:
    """The record of a kit's folder; threads may share it.

    Args:
        kit: the folder.
    """

    def __init__(self, kit: Path) -> None:
        self._kit = kit
        self._path = kit / FOLDER / _NAME
        self._lock = Lock()
        self._rows = self._read()

    def find(self, task: str, digest: str) -> tuple[BuiltFile, ...] | None:
        """The files of a task if they were built from just these inputs, and nobody touched them since."""
        with self._lock:
            row = self._rows.get(task)
        if row is None or row[0] != digest:
            return None
        return row[1] if all(self._is_intact(entry) for entry in row[1]) else None

    def keep(self, task: str, digest: str, entries: tuple[BuiltFile, ...]) -> None:
        """Remembers what was built, at once: a build can be stopped at any time."""
        with self._lock:
            self._rows[task] = (digest, entries)
            rows = {name: [key, [asdict(one) for one in built]] for name, (key, built) in self._rows.items()}
            half = self._path.with_suffix(".half")
            half.write_text(json.dumps({"format": _FORMAT, "rows": rows}), encoding="utf-8")
            half.replace(self._path)

    def _is_intact(self, entry: BuiltFile) -> bool:
        try:
            return describe(entry.item, self._kit / entry.path, self._kit) == entry
        except OSError:
            return False

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
