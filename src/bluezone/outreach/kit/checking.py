"""Checks a finished kit: the signature, every checksum, every item there, and all that a build checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bluezone.outreach.kit.checks import check_file, subjects
from bluezone.outreach.kit.items import catalogue
from bluezone.outreach.kit.manifest import changed_files, read_manifest


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
    faults = [sentence for _, sentence in changed_files(folder, manifest)]
    planned = {subject.path for subject in subjects(folder, manifest)}
    faults += [
        f"{entry.path} belongs to no item of the catalogue"
        for entry in manifest.files
        if folder / entry.path not in planned
    ]
    faults += [f"{one.item} ({one.language}) is missing: {one.why}" for one in manifest.missing]
    there = {entry.item for entry in manifest.files}
    known = {one.item for one in manifest.missing}
    faults += [f"{item.id} is missing" for item in catalogue() if item.id not in there | known]
    everything = list(subjects(folder, manifest))
    for number, subject in enumerate(everything, 1):
        faults += check_file(subject)
        show(number / len(everything))
    return KitReport(len(manifest.files), len(there), tuple(faults))
