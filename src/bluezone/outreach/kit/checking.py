"""Checks a finished kit: signature, checksums, nothing lacking, nothing besides, and what a build checks."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bluezone.outreach.kit.checks import check_file, subjects
from bluezone.outreach.kit.items import catalogue
from bluezone.outreach.kit.manifest import PROOFS, Manifest, changed_files, read_manifest
from bluezone.outreach.kit.unit_file import LANGUAGES

# What lies in a kit and is none of its files; the key is put there by whoever checks it without this program.
_BESIDES = frozenset({*PROOFS, "kit.pub"})
_FROM_DESKTOPS = frozenset({"Thumbs.db", "desktop.ini"})
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class KitReport:
    """What was looked at and what is wrong.

    Attributes:
        file_count: files that the manifest names.
        item_count: different items among them.
        faults: a sentence each.
    """

    file_count: int
    item_count: int
    faults: tuple[str, ...]


def check_kit(folder: Path, key: Ed25519PublicKey | None, show: Callable[[float], None]) -> KitReport:
    """Looks at everything again.

    Args:
        folder: of the kit.
        key: whose signature the manifest must carry; None: not asked.
        show: gets the share that is done, 0..1.

    Raises:
        KitDamaged: there is no manifest, or it is not one.
        SignatureInvalid: it was not signed with this key.
    """
    manifest = read_manifest(folder, key)
    changed = list(changed_files(folder, manifest))
    faults = [sentence for _, sentence in changed]
    faults += listing_faults(manifest)
    faults += _unlisted(folder, manifest)
    # What is not the file that was built and checked needs no second word.
    known = {folder / entry.path for entry, _ in changed}
    everything = [subject for subject in subjects(folder, manifest) if subject.path not in known]
    for number, subject in enumerate(everything, 1):
        faults += check_file(subject)
        show(number / len(everything))
    return KitReport(len(manifest.files), len({entry.item for entry in manifest.files}), tuple(faults))


def listing_faults(manifest: Manifest) -> Iterator[str]:
    """What the manifest lacks of a whole kit in its languages, and what it has besides; a sentence each."""
    if not manifest.languages or not set(manifest.languages) <= set(LANGUAGES):
        yield f"the manifest names no languages, or other ones than {', '.join(LANGUAGES)}"
    yield from (f"{one.item} ({one.language}) is missing: {one.why}" for one in manifest.missing)
    missing = {(one.item, one.language) for one in manifest.missing}
    planned = {
        f"{item.id}/{plan.name_in(language)}": item.id
        for item in catalogue()
        for language in item.languages_for(manifest.languages)
        if (item.id, language) not in missing
        for plan in item.files
    }
    listed = Counter(entry.path for entry in manifest.files)
    yield from (f"{path} is missing in the manifest" for path in planned if path not in listed)
    yield from (f"{path} is listed {count} times" for path, count in listed.items() if count > 1)
    for entry in manifest.files:
        if entry.path not in planned:
            yield f"{entry.path} is none of the files that this kit should have"
        elif entry.item != planned[entry.path]:
            yield f"{entry.path} is listed for {entry.item}; it belongs to {planned[entry.path]}"


def _unlisted(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Files that somebody could take for a part of the kit."""
    listed = {entry.path for entry in manifest.files} | _BESIDES
    found = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = (Path(place) / name).relative_to(folder).as_posix()
            if name.startswith(".") or name in _FROM_DESKTOPS or path in listed:
                continue
            found += 1
            if found > _MOST_NAMED:
                yield "more files lie in the folder that the manifest does not list"
                return
            shown = path if path.isprintable() else repr(path)
            yield f"{shown} lies in the folder, and the manifest does not list it"
