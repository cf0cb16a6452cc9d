"""`manifest.json`: which files a kit has, which items are missing and why, and who signed that.

The signature is Ed25519 over the bytes of the file, in `manifest.json.sig` (64 bytes). `SHA256SUMS`, signed
in the same way, says the same of the files to whoever has only openssl and sha256sum. Which key to trust is
a question for the public site.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
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
SUMS_NAME = "SHA256SUMS"
SUMS_SIGNATURE_NAME = "SHA256SUMS.sig"
PROOFS = (NAME, SIGNATURE_NAME, SUMS_NAME, SUMS_SIGNATURE_NAME)
CHECK_LINES = (
    f"openssl pkeyutl -verify -pubin -inkey kit.pub -rawin -in {SUMS_NAME} -sigfile {SUMS_SIGNATURE_NAME}",
    f"sha256sum --check {SUMS_NAME}",
)
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


def checksums(content: bytes, files: Iterable[BuiltFile]) -> bytes:
    """`SHA256SUMS` of a kit, as `sha256sum --check` reads it: of the manifest and of each file."""
    sums = {NAME: hashlib.sha256(content).hexdigest()} | {file.path: file.sha256 for file in files}
    return "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(sums.items())).encode()


def write_manifest(folder: Path, manifest: Manifest, key: Ed25519PrivateKey) -> None:
    """Writes and signs the manifest of a kit and its checksums."""
    content = manifest.encode()
    sums = checksums(content, manifest.files)
    for name, data in zip(PROOFS, (content, key.sign(content), sums, key.sign(sums)), strict=True):
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
        check_signature(key, _read(folder / SIGNATURE_NAME, 64), content, folder / NAME)
    return parse_manifest(content, folder / NAME)


def check_signature(key: Ed25519PublicKey, signature: bytes, content: bytes, path: Path) -> None:
    """Whether a key signed what was read of a path.

    Raises:
        SignatureInvalid: it did not.
    """
    try:
        key.verify(signature, content)
    except InvalidSignature:
        raise SignatureInvalid(
            f"{path} was not signed with this key: do not use the kit; fetch it again"
        ) from None


def parse_manifest(content: bytes, path: Path) -> Manifest:
    """The manifest that was read of a path.

    Raises:
        KitDamaged: it is none.
    """
    try:
        return _parse(json.loads(content))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise KitDamaged(f"{path} is not a manifest of form {FORMAT}") from None


def changed_files(folder: Path, manifest: Manifest) -> Iterator[tuple[BuiltFile, str]]:
    """Files that are not what the manifest says, each with a sentence; none is read beyond its length."""
    inside = folder.resolve()
    for entry in manifest.files:
        path = folder / entry.path
        try:
            is_there = path.is_file() and path.resolve().is_relative_to(inside)
            is_same = is_there and path.stat().st_size == entry.bytes
            is_same = is_same and describe(entry.item, path, folder) == entry
        except OSError:
            is_there = is_same = False
        if not is_there:
            yield entry, f"{entry.path} is not there"
        elif not is_same:
            yield entry, f"{entry.path} was changed after the kit was built"


def _read(path: Path, longest: int) -> bytes:
    try:
        return read_at_most(path, longest)
    except FileUnusable as error:
        raise KitDamaged(str(error)) from None


def _unit(facts: dict[str, Any]) -> dict[str, Any]:
    texts = [facts["address"], facts["national_hotline"], facts["province_hotline"], *facts["name"].values()]
    if not facts["name"]:
        raise ValueError
    _texts(texts)
    return dict(facts)


def _parse(document: dict[str, Any]) -> Manifest:
    if document["format"] != FORMAT:
        raise ValueError
    return Manifest(
        unit=_unit(document["unit"]),
        languages=_texts(document["languages"]),
        files=tuple(_entry(BuiltFile(**one)) for one in document["files"]),
        missing=tuple(_missing(Missing(**one)) for one in document["missing"]),
        notes=_texts(document["notes"]),
    )


def _entry(entry: BuiltFile) -> BuiltFile:
    _texts([entry.item, entry.path, entry.sha256])
    # True is a number, too.
    if type(entry.bytes) is not int:
        raise TypeError
    parts = PurePosixPath(entry.path).parts
    # A manifest comes from outside: it must not name files elsewhere on this machine, or what is no name.
    if not parts or entry.path.startswith("/") or ".." in parts or "\\" in entry.path:
        raise ValueError
    if not entry.path.isprintable() or not entry.item.isprintable():
        raise ValueError
    return entry


def _missing(one: Missing) -> Missing:
    _texts([one.item, one.language, one.code, one.why])
    return one


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise TypeError
    return tuple(values)
