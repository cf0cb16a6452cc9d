"""Keys of the store: one for the ledger and one for each day, wrapped by the key of the device.

Forgetting a day is deleting its wrapped key; the file it opened is noise from then on. The device key is
a file that only its owner may read, because a headless machine has no keyring (docs/security.md).
Source: docs/protocol.md, section 4.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import sqlcipher3
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bluezone.phone.chance import RandomBytes
from bluezone.phone.errors import StoreUnreadable

DEVICE_KEY_LENGTH = 32
_FILE_KEY_LENGTH = 32
_FILE_SALT_LENGTH = 16
_NONCE_LENGTH = 12


class Vault:
    """Wraps, unwraps and deletes the keys of the store's files.

    Args:
        home: directory of this phone; made when missing.
        random_bytes: source of keys and nonces.
        durable: wait for the disk at each commit. A simulator, whose phones never lose power, does not.

    Raises:
        StoreUnreadable: wrapped keys exist, but the device key is missing or damaged.
    """

    def __init__(self, home: Path, random_bytes: RandomBytes, *, durable: bool = True) -> None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._random_bytes = random_bytes
        self._durable = durable
        known = home / "keys.db"
        self._device_key = _load_device_key(home / "device.key", random_bytes, may_create=not known.exists())
        self._db = sqlite3.connect(known, isolation_level=None)
        # secure_delete overwrites a deleted key with zeros instead of leaving it in a free page.
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS wrapped (name TEXT PRIMARY KEY, nonce BLOB, wrapped BLOB)"
        )
        self._opened: dict[str, str] = {}

    def connect(self, name: str, path: Path) -> sqlcipher3.Connection:
        """Opens the encrypted database `path` with the key called `name`, drawing the key if it is new.

        Raises:
            StoreUnreadable: the key was deleted, or the file is not what it opens.
        """
        key = self._opened.get(name) or self._unwrap(name) or self._draw(name, path)
        self._opened[name] = key
        db = sqlcipher3.connect(str(path), isolation_level=None)
        db.execute(
            f"PRAGMA key = \"x'{key}'\""
        )  # A raw key: no key stretching, opened in under a millisecond.
        db.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
        try:
            db.execute("PRAGMA user_version").fetchone()
        except sqlcipher3.DatabaseError:
            db.close()
            raise StoreUnreadable(f"{path} cannot be opened with this device's key") from None
        return db

    def forget(self, name: str) -> None:
        """Deletes a key for good: its file cannot be read by anybody from now on."""
        self._opened.pop(name, None)
        self._db.execute("DELETE FROM wrapped WHERE name = ?", (name,))

    def names(self) -> list[str]:
        """Names of all keys that exist."""
        return [row[0] for row in self._db.execute("SELECT name FROM wrapped ORDER BY name")]

    def close(self) -> None:
        """Closes the file of wrapped keys."""
        self._db.close()

    def _unwrap(self, name: str) -> str | None:
        row = self._db.execute("SELECT nonce, wrapped FROM wrapped WHERE name = ?", (name,)).fetchone()
        if row is None:
            return None
        try:
            return AESGCM(self._device_key).decrypt(row[0], row[1], name.encode()).hex()
        except InvalidTag:
            raise StoreUnreadable("device.key does not belong to this store") from None

    def _draw(self, name: str, path: Path) -> str:
        # A file without a key is what an earlier deletion left behind: nobody can read it, so it goes.
        path.unlink(missing_ok=True)
        key, nonce = (
            self._random_bytes(_FILE_KEY_LENGTH + _FILE_SALT_LENGTH),
            self._random_bytes(_NONCE_LENGTH),
        )
        wrapped = AESGCM(self._device_key).encrypt(nonce, key, name.encode())
        self._db.execute("INSERT INTO wrapped VALUES (?, ?, ?)", (name, nonce, wrapped))
        return key.hex()


def _load_device_key(path: Path, random_bytes: RandomBytes, *, may_create: bool) -> bytes:
    if not path.exists():
        if not may_create:
            raise StoreUnreadable(f"{path} is missing: what this phone stored cannot be read without it")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(random_bytes(DEVICE_KEY_LENGTH))
            file.flush()
            os.fsync(file.fileno())
    key = path.read_bytes()
    if len(key) != DEVICE_KEY_LENGTH:
        raise StoreUnreadable(f"{path} has {len(key)} bytes, not {DEVICE_KEY_LENGTH}: it is damaged")
    return key
