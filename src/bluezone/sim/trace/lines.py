"""The lines of a trace file, whether plain, gzip or a zip with one member.

Decides how much may be read and what an archive must look like. Reads as a stream: a small archive
that unpacks to something huge is refused at the limit. What a line means is left to the formats.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Protocol

from bluezone.sim.errors import TraceArchiveError, TraceTooLargeError, TraceUnreadableError

MAX_BYTES = 64 * 1024 * 1024
MAX_LINE_BYTES = 200

_GZIP_MAGIC = b"\x1f\x8b"
_ZIP_MAGIC = b"PK\x03\x04"


class _LineSource(Protocol):
    def readline(self, limit: int, /) -> bytes: ...


def read_lines(path: Path, max_bytes: int = MAX_BYTES) -> Iterator[tuple[int, bytes]]:
    """Yields the lines of a trace file with their numbers from 1, without line ends; blank ones are left out.

    Args:
        path: plain text, gzip, or a zip with exactly one member.
        max_bytes: most unpacked bytes that are read.

    Raises:
        TraceUnreadableError: there is no such file, or it may not be read.
        TraceArchiveError: the archive is not one, is damaged, or has not exactly one member.
        TraceTooLargeError: the file or one of its lines is too long.
    """
    try:
        with ExitStack() as open_files:
            yield from _bounded(_open(path, open_files), path.name, max_bytes)
    except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise TraceArchiveError(f"the archive is damaged ({error}).", source=path.name) from error
    except OSError as error:
        reason = f"the file cannot be read ({error.strerror or error})."
        raise TraceUnreadableError(reason, source=path.name) from error


def _open(path: Path, open_files: ExitStack) -> _LineSource:
    file = open_files.enter_context(path.open("rb"))
    magic = file.read(len(_ZIP_MAGIC))
    file.seek(0)
    if magic.startswith(_GZIP_MAGIC):
        return open_files.enter_context(gzip.open(file, "rb"))
    if magic == _ZIP_MAGIC:
        return open_files.enter_context(_only_member(open_files.enter_context(zipfile.ZipFile(file)), path))
    if path.suffix in {".gz", ".zip"}:
        raise TraceArchiveError(
            f"the name ends in {path.suffix}, but the content is not a {path.suffix[1:]} archive.",
            source=path.name,
        )
    return file


def _only_member(archive: zipfile.ZipFile, path: Path) -> IO[bytes]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) != 1:
        raise TraceArchiveError(
            f"a zip must hold exactly one file, this one holds {len(members)}.", source=path.name
        )
    if members[0].flag_bits & 1:
        raise TraceArchiveError("the zip is locked with a password.", source=path.name)
    return archive.open(members[0])


def _bounded(file: _LineSource, source: str, max_bytes: int) -> Iterator[tuple[int, bytes]]:
    read = 0
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        read += len(line)
        if len(line) > MAX_LINE_BYTES:
            raise TraceTooLargeError(
                f"a line may have {MAX_LINE_BYTES} bytes, this one has more.", source=source, line=number
            )
        if read > max_bytes:
            raise TraceTooLargeError(
                f"a trace may unpack to {max_bytes} bytes, this one is larger.", source=source, line=number
            )
        line = line.strip()
        if line:
            yield number, line
