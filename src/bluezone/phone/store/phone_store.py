"""The home directory of one phone: opened whole, by one process at a time."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from bluezone.phone.chance import RandomBytes
from bluezone.phone.errors import StoreInUse
from bluezone.phone.store.days import DayFiles
from bluezone.phone.store.ledger import Ledger
from bluezone.phone.store.vault import Vault


@dataclass(frozen=True, slots=True)
class PhoneStore:
    """The open store.

    Attributes:
        home: directory of this phone.
        days: what was heard.
        ledger: everything else.
    """

    home: Path
    days: DayFiles
    ledger: Ledger
    _vault: Vault
    _lock: int

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
        lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise StoreInUse(f"another Bluezone process works on {home}; stop it first") from None
        vault = Vault(home, random_bytes, durable=durable)
        ledger = Ledger(home / "ledger.db", vault)
        store = PhoneStore(home, DayFiles(home / "days", vault, random_bytes), ledger, vault, lock)
        store.finish_erasing()
        return store

    def finish_erasing(self) -> None:
        """Erases the place commitments of matched records (R8); repeated after a crash."""
        due = self.ledger.to_erase()
        if due:
            self.days.erase_commitments(due)
            self.ledger.erased()

    def close(self) -> None:
        """Closes all files and lets the home directory go."""
        self.ledger.close()
        self._vault.close()
        os.close(self._lock)
