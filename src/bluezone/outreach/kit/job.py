"""What an item's builder is given and must do: the port between the kit and its fourteen items.

A builder gets a pure description (`Job`) and writes every file that the item's plan names into the job's own
empty folder. Checks, moving files into the kit, retries and the manifest are not its business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Protocol

from bluezone.outreach.kit.items import Item
from bluezone.outreach.kit.unit_file import Unit

PACKAGE = "bluezone.outreach.kit"
Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A finished file.

    Attributes:
        item: id of its item.
        path: below the kit's folder, with `/`.
        bytes: its length.
        sha256: 64 hex digits.
    """

    item: str
    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Job:
    """One item in one language for one unit.

    Attributes:
        item: what to build.
        language: of its words.
        unit: for whom.
        words: all texts of the language, the unit's facts filled in (`wording.words_for`).
        logo_png: the unit's logo as a PNG; None without one.
        folder: empty, of this job alone; files are written here under the names of the item's plan.
        cache: a folder that all units share, for what is the same for each; a builder may keep files in a
            folder of its own below it, under names that change with their content.
        others: finished files of other items; only for items that are built last.
    """

    item: Item
    language: str
    unit: Unit
    words: Mapping[str, Any]
    logo_png: bytes | None
    folder: Path
    cache: Path
    others: tuple[BuiltFile, ...] = ()

    def path(self, name: str) -> Path:
        """Where a file of the plan goes; `{lang}` in its name stands for the language."""
        return self.folder / name.replace("{lang}", self.language)


class ItemBuilder(Protocol):
    """Makes one item, or a family of them."""

    def inputs(self, job: Job) -> Iterable[bytes]:
        """What the files depend on besides unit, logo, words and plan: sources, templates, recordings.

        `package_files` yields files of this package. A file is built again when one of these bytes changes.
        """

    def build(self, job: Job, report: Report) -> None:
        """Writes every planned file into `job.folder`.

        Args:
            job: what to build.
            report: to be called with the share that is done (0..1), also between long steps: it raises
                `BuildStopped` when somebody asked to stop, which a builder lets through.

        Raises:
            ItemFailed: with a sentence that says what to do.
        """


def package_files(*names: str) -> Iterator[bytes]:
    """The content of files, or of whole folders, of this package, each after its name."""
    for name in names:
        yield from _content(files(PACKAGE).joinpath(name))


def _content(entry: Traversable) -> Iterator[bytes]:
    if entry.is_dir():
        for child in sorted(entry.iterdir(), key=lambda one: one.name):
            if child.name != "__pycache__":
                yield from _content(child)
    else:
        yield entry.name.encode() + b"\0"
        yield entry.read_bytes()
