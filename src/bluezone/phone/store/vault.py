"""Keys of the store: one for the ledger and one for each day, wrapped by the key of the device.

Forgetting a day is deleting its wrapped key; the file it opened is noise from then on. The device key is
a file that only its owner may read, because a headless machine has no keyring (docs/security.md).
Source: docs/protocol.md, section 4.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
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
        device_key = home / "device.key"
        if not device_key.exists() and not known.exists():
            _write_whole(device_key, random_bytes(DEVICE_KEY_LENGTH), durable=durable)
        self._device_key = _load_device_key(device_key)
        self._db = sqlite3.connect(known, isolation_level=None)
        try:
            # secure_delete overwrites a deleted key with zeros instead of leaving it in a free page.
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS wrapped (name TEXT PRIMARY KEY, nonce BLOB, wrapped BLOB)"
            )
        except sqlite3.DatabaseError:
            self._db.close()
            raise StoreUnreadable(f"{known} is damaged: the keys of this phone's store are in it") from None
        self._opened: dict[str, str] = {}

    def connect(self, name: str, path: Path) -> sqlcipher3.Connection:
        """Opens the encrypted database `path` with the key called `name`, drawing the key if it is new.

        Raises:
            StoreUnreadable: the key was deleted, or the file is not what it opens.
        """
        key = self._opened.get(name) or self._unwrap(name) or self._draw(name, path)
        self._opened[name] = key
        db = sqlcipher3.connect(str(path), isolation_level=None)
        # A raw key: no key stretching, opened in under a millisecond.
        db.execute(f"PRAGMA key = \"x'{key}'\"")
        try:
            # Erased rows must not linger in free pages; the setting is a connection's, not the file's.
            db.execute("PRAGMA secure_delete = ON")
            db.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
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
        remove_database(path)
        key, nonce = (
            self._random_bytes(_FILE_KEY_LENGTH + _FILE_SALT_LENGTH),
            self._random_bytes(_NONCE_LENGTH),
        )
        wrapped = AESGCM(self._device_key).encrypt(nonce, key, name.encode())
        self._db.execute("INSERT INTO wrapped VALUES (?, ?, ?)", (name, nonce, wrapped))
        return key.hex()


def _load_device_key(path: Path) -> bytes:
    if not path.exists():
        raise StoreUnreadable(f"{path} is missing: what this phone stored cannot be read without it")
    key = path.read_bytes()
    if len(key) != DEVICE_KEY_LENGTH:
        raise StoreUnreadable(f"{path} has {len(key)} bytes, not {DEVICE_KEY_LENGTH}: it is damaged")
    return key


def _write_whole(path: Path, content: bytes, *, durable: bool) -> None:
    """Makes a file that is there whole or not at all, also when the power fails half-way."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    part.replace(path)
    if durable:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def remove_database(path: Path) -> None:
    """Deletes a database file and the journal that a killed process may have left beside it."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + "-journal").unlink(missing_ok=True)


@contextmanager
def transaction(db: sqlcipher3.Connection) -> Iterator[None]:
    """All or nothing of what is written inside."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
