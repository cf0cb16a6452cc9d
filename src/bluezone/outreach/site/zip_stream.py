"""A zip file that is sent while it is read: nothing is built on the disk, and its length is known before.

Decides the bytes: members are stored, not compressed, because pictures, PDF, sound and film are already.
Equal files give equal bytes, so a broken download can go on where it stopped.
Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.9, 4.3.12 and 4.3.16.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

# Without the 64-bit records: a kit of 4 GiB would be refused long before.
MAX_ZIP_BYTES = 0xFFFF_FFFF
MAX_MEMBERS = 0xFFFF
_VERSION = 20
_UTF8_NAMES_AND_LATE_CHECKSUM = 0x0808
# 1 January 1980, midnight: the time of building says nothing, and the bytes stay the same.
_TIME, _DATE = 0, 0x21
_LOCAL = struct.Struct("<4s5H3I2H")
_LATE = struct.Struct("<4s3I")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_READABLE_BY_ALL = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the zip.

    Attributes:
        name: inside the zip, with `/`.
        size: bytes.
        read: opens the content, in pieces; together exactly `size` bytes.
    """

    name: str
    size: int
    read: Callable[[], Iterable[bytes]]


class MemberChanged(OSError):
    """A file was longer or shorter than announced; the zip ends early, so that nobody takes it for whole."""

    code = "zip-member-changed"


def zip_length(members: Sequence[Member]) -> int:
    """Bytes of the whole zip.

    Raises:
        ValueError: it would need the 64-bit form.
    """
    total = _END.size
    for member in members:
        name = len(member.name.encode())
        total += _LOCAL.size + name + member.size + _LATE.size + _CENTRAL.size + name
    if total > MAX_ZIP_BYTES or len(members) > MAX_MEMBERS:
        raise ValueError("the files are too many or too large for one zip")
    return total


def zip_pieces(members: Sequence[Member]) -> Iterator[bytes]:
    """The zip, piece by piece.

    Raises:
        MemberChanged: a file does not have its announced length.
    """
    directory, offset = [], 0
    for member in members:
        name = member.name.encode()
        yield _LOCAL.pack(
            b"PK\3\4", _VERSION, _UTF8_NAMES_AND_LATE_CHECKSUM, 0, _TIME, _DATE, 0, 0, 0, len(name), 0
        )
        yield name
        checksum, length = 0, 0
        for piece in member.read():
            checksum, length = zlib.crc32(piece, checksum), length + len(piece)
            yield piece
        if length != member.size:
            raise MemberChanged(f"{member.name} has {length} bytes instead of {member.size}")
        yield _LATE.pack(b"PK\7\10", checksum, length, length)
        directory.append(_entry(name, checksum, length, offset))
        offset += _LOCAL.size + len(name) + length + _LATE.size
    yield from directory
    size = sum(map(len, directory))
    yield _END.pack(b"PK\5\6", 0, 0, len(directory), len(directory), size, offset, 0)


def part_of(pieces: Iterable[bytes], start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` to `end` (exclusive) of what the pieces are together."""
    at = 0
    for piece in pieces:
        wanted = piece[max(0, start - at) : max(0, end - at)]
        at += len(piece)
        if wanted:
            yield wanted
        if at >= end:
            return


def _entry(name: bytes, checksum: int, length: int, offset: int) -> bytes:
    made_by_unix = _VERSION | 3 << 8
    header = _CENTRAL.pack(
        b"PK\1\2", made_by_unix, _VERSION, _UTF8_NAMES_AND_LATE_CHECKSUM, 0, _TIME, _DATE,
        checksum, length, length, len(name), 0, 0, 0, 0, _READABLE_BY_ALL, offset,
    )  # fmt: skip
    return header + name
