"""Proof that somebody shows different lists to different people: two signed manifests with one number.

Kept until the phone is given up; each manifest is signed by two roles, so the pair convinces anybody.
Source: docs/protocol.md, section 6.
"""

from __future__ import annotations

import sqlcipher3


class Evidence:
    """Signed manifests that contradict each other.

    Args:
        db: the open ledger, whose tables exist.
    """

    def __init__(self, db: sqlcipher3.Connection) -> None:
        self._db = db

    def keep(self, seq: int, *manifests: bytes) -> None:
        """Keeps the files of manifests that carry one number; keeping one twice changes nothing."""
        rows = [(seq, manifest) for manifest in manifests]
        self._db.executemany("INSERT OR IGNORE INTO evidence VALUES (?, ?)", rows)

    def manifests(self) -> list[tuple[int, bytes]]:
        """Everything that is kept, as (seq, file of the manifest)."""
        rows = self._db.execute("SELECT seq, manifest FROM evidence ORDER BY seq, manifest")
        return [(seq, manifest) for seq, manifest in rows]
