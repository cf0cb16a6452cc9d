"""The home directory of one phone: opened whole, by one process at a time."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bluezone.phone.chance import RandomBytes
from bluezone.phone.errors import StoreInUse
from bluezone.phone.store.days import DayFiles
from bluezone.phone.store.evidence import Evidence
from bluezone.phone.store.ledger import Ledger
from bluezone.phone.store.outbox import Outbox
from bluezone.phone.store.vault import Vault
from bluezone.protocol.interval import DAY_S, MINUTE_S

# Contacts are kept 14 days, commitments 21 (docs/protocol.md, sections 4 and 5).
COMMITMENT_MARGIN_S = 7 * DAY_S


@dataclass(frozen=True, slots=True)
class PhoneStore:
    """The open store.

    Attributes:
        home: directory of this phone.
        days: what was heard.
        ledger: own keys, chain head, results, alerts.
        outbox: commitments and the pending upload.
        evidence: manifests that contradict each other.
    """

    home: Path
    days: DayFiles
    ledger: Ledger
    outbox: Outbox
    evidence: Evidence
    _vault: Vault
    _lock: BinaryIO

    @staticmethod
    def open(home: Path, random_bytes: RandomBytes, *, durable: bool = True) -> PhoneStore:
        """Opens or makes the store, and finishes what a killed process left undone.

        Args:
            home: directory of this phone.
            random_bytes: source of keys; a phone passes the operating system's.
            durable: wait for the disk at each commit.

        Raises:
            StoreError: in use, unreadable, or too new.
        """
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.fdopen(os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600), "rb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise StoreInUse(f"another Bluezone process works on {home}; stop it first") from None
        try:
            vault = Vault(home, random_bytes, durable=durable)
            ledger = Ledger(home / "ledger.db", vault)
            days = DayFiles(home / "days", vault, random_bytes)
            store = PhoneStore(home, days, ledger, Outbox(ledger.db), Evidence(ledger.db), vault, lock)
            store.finish_erasing()
        except BaseException:
            lock.close()  # A store that was repaired can be opened again by the same process.
            raise
        return store

    def forget_before(self, day: int) -> None:
        """Forgets what lies before a UTC day (days since 1970-01-01): what was heard, results, commitments.

        Alerts are days of the region's date, which may be a day ahead or behind; they go one day later.
        """
        self.days.forget_before(day)
        self.ledger.forget_before(day * DAY_S // MINUTE_S, day - 1)
        self.outbox.forget_before(day * DAY_S - COMMITMENT_MARGIN_S)

    def finish_erasing(self) -> None:
        """Erases the place commitments of matched records (R8); repeated after a crash."""
        due = self.ledger.to_erase()
        if due:
            self.days.erase_commitments(due)
            self.ledger.erased()

    def close(self) -> None:
        """Closes all files and lets the home directory go; closing twice is fine."""
        self.ledger.close()
        self._vault.close()
        self._lock.close()
