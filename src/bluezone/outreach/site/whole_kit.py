"""A whole kit as one zip: every file under its own name, the manifest, its signature and the checksums.

Decides what is in the zip. With signature, key and `SHA256SUMS` anybody can check it without this program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from bluezone.outreach.kit.manifest import NAME, SIGNATURE_NAME
from bluezone.outreach.site.shelf import Kit, pieces_of
from bluezone.outreach.site.zip_stream import Member, zip_length

SUMS_NAME = "SHA256SUMS"


def checksums(kit: Kit) -> bytes:
    """The checksums of all files, as `sha256sum --check` reads them."""
    return "".join(f"{file.sha256}  {path}\n" for path, file in sorted(kit.files.items())).encode()


def members_of(kit: Kit) -> list[Member]:
    """What the zip holds, in its order."""
    folder = f"bluezone-{kit.unit_id}"
    sums = checksums(kit)
    members = [Member(f"{folder}/{SUMS_NAME}", len(sums), lambda: [sums])]
    for name in (NAME, SIGNATURE_NAME):
        path = kit.folder / name
        if path.is_file():
            members.append(Member(f"{folder}/{name}", path.stat().st_size, _reader(path)))
    for name, file in sorted(kit.files.items()):
        members.append(Member(f"{folder}/{name}", file.bytes, _reader(kit.folder / name)))
    return members


def zip_bytes(kit: Kit) -> int:
    """Length of the zip, bytes."""
    return zip_length(members_of(kit))


def _reader(path: Path) -> Callable[[], Iterable[bytes]]:
    return lambda: pieces_of(path)
