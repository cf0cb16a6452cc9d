"""`manifest.json`: which files a kit has, which items are missing and why, and who signed that.

The signature is Ed25519 over the bytes of the file, in `manifest.json.sig` (64 bytes), so that anybody can
verify it with openssl, and the files with sha256sum. Which key to trust is a question for the public site.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bluezone.outreach.kit.errors import KitDamaged, SignatureInvalid
from bluezone.outreach.kit.job import BuiltFile
from bluezone.web.bounded_file import FileUnusable, read_at_most

FORMAT = "bz1-kit-1"
NAME = "manifest.json"
SIGNATURE_NAME = "manifest.json.sig"
MAX_LENGTH = 1_000_000
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Missing:
    """An item that is not in the kit in a language.

    Attributes:
        item: its id.
        language: in which it is missing.
        code: of the error.
        why: a sentence that says what to do.
    """

    item: str
    language: str
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a kit consists of.

    Attributes:
        unit: facts of the unit (`Unit.facts`).
        languages: that were asked for.
        files: finished files, by item and path.
        missing: items that could not be made.
        notes: what an officer should know of the kit, such as a logo that was left out.
    """

    unit: dict[str, Any]
    languages: tuple[str, ...]
    files: tuple[BuiltFile, ...]
    missing: tuple[Missing, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def encode(self) -> bytes:
        """The bytes of the file: the same kit, the same bytes."""
        document = {
            "format": FORMAT,
            "unit": self.unit,
            "languages": list(self.languages),
            "files": [asdict(one) for one in self.files],
            "missing": [asdict(one) for one in self.missing],
            "notes": list(self.notes),
        }
        return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def describe(item: str, path: Path, folder: Path) -> BuiltFile:
    """Measures a finished file below a kit's folder."""
    digest, length = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            length += len(block)
    return BuiltFile(item, path.relative_to(folder).as_posix(), length, digest.hexdigest())


def write_manifest(folder: Path, manifest: Manifest, key: Ed25519PrivateKey) -> None:
    """Writes and signs the manifest of a kit."""
    content = manifest.encode()
    for name, data in ((NAME, content), (SIGNATURE_NAME, key.sign(content))):
        half = folder / f".{name}"
        half.write_bytes(data)
        half.replace(folder / name)


def read_manifest(folder: Path, key: Ed25519PublicKey | None = None) -> Manifest:
    """Reads the manifest of a kit.

    Args:
        folder: of the kit.
        key: whose signature it must carry; None: not asked.

    Raises:
        KitDamaged: there is none, or it is not a manifest.
        SignatureInvalid: another key signed it, or nobody did.
    """
    content = _read(folder / NAME, MAX_LENGTH)
    if key is not None:
        try:
            key.verify(_read(folder / SIGNATURE_NAME, 64), content)
        except InvalidSignature:
            raise SignatureInvalid(
                f"{folder / NAME} was not signed with this key: do not use the kit; fetch it again"
            ) from None
    try:
        return _parse(json.loads(content))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise KitDamaged(f"{folder / NAME} is not a manifest of form {FORMAT}") from None


def changed_files(folder: Path, manifest: Manifest) -> Iterator[tuple[BuiltFile, str]]:
    """Files that are not what the manifest says, each with a sentence."""
    for entry in manifest.files:
        path = folder / entry.path
        try:
            found = describe(entry.item, path, folder)
        except OSError:
            yield entry, f"{entry.path} is not there"
            continue
        if found != entry:
            yield entry, f"{entry.path} was changed after the kit was built"


def _read(path: Path, longest: int) -> bytes:
    try:
        return read_at_most(path, longest)
    except FileUnusable as error:
        raise KitDamaged(str(error)) from None


def _unit(facts: dict[str, Any]) -> dict[str, Any]:
    texts = [facts["address"], facts["national_hotline"], facts["province_hotline"], *facts["name"].values()]
    if not facts["name"] or not all(isinstance(text, str) for text in texts):
        raise TypeError
    return dict(facts)


def _parse(document: dict[str, Any]) -> Manifest:
    if document["format"] != FORMAT:
        raise ValueError
    entries = tuple(BuiltFile(**one) for one in document["files"])
    for entry in entries:
        parts = PurePosixPath(entry.path).parts
        # A manifest comes from outside: it must not name files elsewhere on this machine.
        if not parts or entry.path.startswith("/") or ".." in parts or "\\" in entry.path:
            raise ValueError
        if not isinstance(entry.bytes, int) or not isinstance(entry.sha256, str):
            raise TypeError
    return Manifest(
        unit=_unit(document["unit"]),
        languages=tuple(document["languages"]),
        files=entries,
        missing=tuple(Missing(**one) for one in document["missing"]),
        notes=tuple(map(str, document["notes"])),
    )
