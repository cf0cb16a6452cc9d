"""What must be true of every file of a kit: run after each item's build, and again by `bluezone kit check`.

Decides which checks a kind of file gets. A check is a function from a `Subject` to sentences, one for each
thing that is wrong. A file with a sentence is not in the kit.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bluezone.outreach.kit.errors import KitError
from bluezone.outreach.kit.items import FilePlan, Item, catalogue
from bluezone.outreach.kit.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Subject:
    """One file to be checked.

    Attributes:
        path: where it lies.
        item: that it belongs to.
        plan: what was promised of it.
        language: of its words.
        unit: facts of the unit, as in the manifest.
    """

    path: Path
    item: Item
    plan: FilePlan
    language: str
    unit: dict[str, Any]


Check = Callable[[Subject], Iterable[str]]

# suffix -> "module:function" of this folder, imported when such a file is checked.
CHECKS: dict[str, tuple[str, ...]] = {
    ".pdf": ("qr:check_pdf", "reading:check_pdf", "sheet:check_pdf"),
    ".png": ("qr:check_picture", "reading:check_picture"),
    ".docx": ("qr:check_office", "reading:check_office"),
    ".pptx": ("qr:check_office", "reading:check_office", "slides:check_slides"),
    ".txt": ("reading:check_text",),
    ".mp3": ("sound:check_sound",),
    ".wav": ("sound:check_sound",),
    ".mp4": ("film:check_film",),
    ".srt": ("film:check_subtitles",),
}


def check_file(subject: Subject) -> Iterator[str]:
    """Everything that is wrong with one file, as sentences that begin with its name."""
    name = subject.path.name
    if not subject.path.is_file():
        yield f"{name} was not made"
        return
    length = subject.path.stat().st_size
    if not 0 < length <= subject.plan.limit_bytes:
        yield f"{name} has {length} bytes; it may have 1 to {subject.plan.limit_bytes}"
    for check in _checks(subject.path.suffix):
        yield from (f"{name}: {sentence}" for sentence in _sentences(check, subject))


def subjects(folder: Path, manifest: Manifest) -> Iterator[Subject]:
    """Every file of a finished kit, as it was planned."""
    listed = {entry.path for entry in manifest.files}
    for item in catalogue():
        for language in item.languages:
            for plan in item.files:
                path = f"{item.id}/{plan.name_in(language)}"
                if path in listed:
                    yield Subject(folder / path, item, plan, language, manifest.unit)


def _sentences(check: Check, subject: Subject) -> Iterator[str]:
    try:
        yield from check(subject)
    except KitError:
        # A stop, or a program that is not there: nothing about the file.
        raise
    except Exception as error:
        # What a reader raises at a damaged file its documentation does not say; each kind was seen.
        yield f"cannot be read ({type(error).__name__}: {error})"


def _checks(suffix: str) -> Iterator[Check]:
    for name in CHECKS.get(suffix, ()):
        module, function = name.split(":")
        yield getattr(importlib.import_module(f"{__name__}.{module}"), function)
