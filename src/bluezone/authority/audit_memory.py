"""What an auditor has signed: a small text file in the auditor's hands, one line for each batch.

Decides its form, and that a line is on the disk before the signature leaves. What the lines forbid is
decided by domain/audit. Nothing in it is secret: numbers and hashes that everybody can fetch.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from bluezone.authority.errors import AuditMemoryBroken

MAX_MEMORY_BYTES = 16 * 1024 * 1024
_LINE = re.compile(r"(\d{1,10}) ([0-9a-f]{64})")


def read_memory(path: Path) -> dict[int, bytes]:
    """Number to head hash, 32 bytes; empty where the file does not exist yet.

    Raises:
        AuditMemoryBroken: unreadable, a line that is none, or one number twice.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_MEMORY_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise AuditMemoryBroken(f"{path} cannot be read: {error.strerror}") from None
    signed: dict[int, bytes] = {}
    for number, line in enumerate(content.decode("ascii", "replace").splitlines(), start=1):
        found = _LINE.fullmatch(line)
        if found is None or int(found[1]) in signed or len(content) > MAX_MEMORY_BYTES:
            raise AuditMemoryBroken(
                f"{path}, line {number}: not a batch number and a hash, or a number that stands there twice; "
                "restore it from a copy, without it two lists of one number could be signed"
            )
        signed[int(found[1])] = bytes.fromhex(found[2])
    return signed


def remember(path: Path, seq: int, head: bytes) -> None:
    """Adds a batch (its number and head hash, 32 bytes), and waits for the disk.

    Raises:
        AuditMemoryBroken: it cannot be written; then nothing may be signed.
    """
    try:
        with path.open("ab") as file:
            file.write(b"%d %s\n" % (seq, head.hex().encode()))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise AuditMemoryBroken(f"{path} cannot be written: {error.strerror}") from None
