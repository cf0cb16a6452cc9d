"""Reading a file that somebody else wrote: whole, but never more than is allowed."""

from __future__ import annotations

from pathlib import Path


class FileUnusable(Exception):
    """A file cannot be read, or is too long; the text is a sentence with its name."""

    code = "file-unusable"


class FileTooLong(FileUnusable):
    """A file has more bytes than it may have."""

    code = "file-too-long"


def read_at_most(path: Path, longest: int) -> bytes:
    """All bytes of a file.

    Args:
        path: of the file.
        longest: bytes that it may have.

    Raises:
        FileUnusable, FileTooLong.
    """
    try:
        with path.open("rb") as file:
            content = file.read(longest + 1)
    except OSError as error:
        raise FileUnusable(f"{path} cannot be read: {error.strerror}") from None
    if len(content) > longest:
        raise FileTooLong(f"{path} is longer than {longest} bytes")
    return content
