"""Files of the operator's own, as part of what an item depends on: each state read once, none without end."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG


def state_of(path: Path, longest: int) -> bytes:
    """A digest of a file; of one that cannot be used only what is known of it without reading.

    Args:
        path: of the file; it need not be there.
        longest: bytes that are read at most; whoever uses the file refuses a longer one.
    """
    try:
        stat = path.stat()
        if not S_ISREG(stat.st_mode) or stat.st_size > longest:
            return f"unread {stat.st_size}".encode()
        return _digest(path, (stat.st_ino, stat.st_size, stat.st_mtime_ns))
    except OSError as error:
        return f"unread {error.errno}".encode()


@lru_cache(maxsize=32)
def _digest(path: Path, _state: tuple[int, ...]) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
