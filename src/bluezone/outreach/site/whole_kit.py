"""A whole kit as one zip: every file under its own name, and what proves them.

Decides what is in the zip. With the key and the signed `SHA256SUMS` anybody can check it without Bluezone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from bluezone.outreach.site.shelf import Kit, pieces_of
from bluezone.outreach.site.zip_stream import Member, zip_length


def members_of(kit: Kit) -> list[Member]:
    """What the zip holds, in its order."""
    folder = f"bluezone-{kit.unit_id}"
    proofs = [Member(f"{folder}/{name}", len(held), _held(held)) for name, held in sorted(kit.proofs.items())]
    files = [
        Member(f"{folder}/{name}", file.bytes, _reader(kit.folder / name))
        for name, file in sorted(kit.files.items())
    ]
    return proofs + files


def zip_bytes(kit: Kit) -> int:
    """Length of the zip, bytes."""
    return zip_length(members_of(kit))


def _held(content: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: [content]


def _reader(path: Path) -> Callable[[], Iterable[bytes]]:
    return lambda: pieces_of(path)
