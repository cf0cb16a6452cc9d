"""What proves a kit: its manifest, checksums and signatures, read once and kept as they were checked.

Decides that only bytes are given away that were checked. Without a key no signature can be, so none is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bluezone.outreach.kit.manifest import (
    MAX_LENGTH,
    NAME,
    SIGNATURE_NAME,
    SUMS_NAME,
    SUMS_SIGNATURE_NAME,
    Manifest,
    check_signature,
    checksums,
    parse_manifest,
)
from bluezone.outreach.site.errors import KitUnreadable
from bluezone.web.bounded_file import FileUnusable, read_at_most

_SIGNATURE_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Proofs:
    """A manifest that was checked.

    Attributes:
        manifest: what it says.
        content: name to bytes of the files that prove the kit; with a key four, without it two.
    """

    manifest: Manifest
    content: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """16 hex digits; another one when anything of the kit was changed."""
        return hashlib.sha256(b"".join(self.content.values())).hexdigest()[:16]


def read_proofs(folder: Path, key: Ed25519PublicKey | None) -> Proofs:
    """Reads the manifest of a kit, and with a key both signatures.

    Args:
        folder: of the kit.
        key: whose signatures it must carry; None: not asked.

    Raises:
        KitError: the manifest is damaged, or something was not signed with this key.
        KitUnreadable: a file is not there, or is none.
    """
    content = _read(folder / NAME, MAX_LENGTH)
    signatures = {}
    if key is not None:
        signatures[SIGNATURE_NAME] = _read(folder / SIGNATURE_NAME, _SIGNATURE_LENGTH)
        check_signature(key, signatures[SIGNATURE_NAME], content, folder / NAME)
    manifest = parse_manifest(content, folder / NAME)
    # Made anew instead of read: what is signed must be the sums of this manifest and no others.
    sums = checksums(content, manifest.files)
    if key is not None:
        signatures[SUMS_SIGNATURE_NAME] = _read(folder / SUMS_SIGNATURE_NAME, _SIGNATURE_LENGTH)
        check_signature(key, signatures[SUMS_SIGNATURE_NAME], sums, folder / SUMS_NAME)
    return Proofs(manifest, {NAME: content, SUMS_NAME: sums} | signatures)


def _read(path: Path, longest: int) -> bytes:
    # A named pipe would keep the reader waiting for ever.
    if path.exists() and not path.is_file():
        raise KitUnreadable(f"{path} is not a file")
    try:
        return read_at_most(path, longest)
    except FileUnusable as error:
        raise KitUnreadable(f"{error}; build the kit again") from None
