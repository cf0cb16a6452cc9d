"""The wrapped keys: who can read the store, and what forgetting a day leaves behind (T-27)."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import sqlcipher3

from bluezone.phone.errors import StoreUnreadable
from bluezone.phone.store.vault import DEVICE_KEY_LENGTH, Vault, transaction
from tests.unit.phone.case import seeded

SECRET = b"a row that somebody would like to read"


def write(vault: Vault, name: str, path: Path) -> None:
    """Puts the secret into an encrypted file."""
    db = vault.connect(name, path)
    db.executescript("BEGIN; CREATE TABLE t (x BLOB); COMMIT;")
    db.execute("INSERT INTO t VALUES (?)", (SECRET,))
    db.close()


def read(vault: Vault, name: str, path: Path) -> bytes:
    """Reads it again."""
    db = vault.connect(name, path)
    try:
        return bytes(db.execute("SELECT x FROM t").fetchone()[0])
    finally:
        db.close()


def test_what_is_written_is_read_after_a_restart_and_not_in_plain(tmp_path: Path) -> None:
    first = Vault(tmp_path, seeded())
    write(first, "day:1", tmp_path / "1.db")
    first.close()
    assert SECRET not in (tmp_path / "1.db").read_bytes()
    again = Vault(tmp_path, seeded(9))
    assert read(again, "day:1", tmp_path / "1.db") == SECRET
    assert again.names() == ["day:1"]


def test_each_file_has_a_key_of_its_own(tmp_path: Path) -> None:
    vault = Vault(tmp_path, seeded())
    write(vault, "day:1", tmp_path / "1.db")
    write(vault, "day:2", tmp_path / "2.db")
    vault.close()
    (tmp_path / "2.db").write_bytes((tmp_path / "1.db").read_bytes())
    with pytest.raises(StoreUnreadable):
        Vault(tmp_path, seeded()).connect("day:2", tmp_path / "2.db")


def test_forgetting_makes_the_file_unreadable_for_good(tmp_path: Path) -> None:
    vault = Vault(tmp_path, seeded())
    write(vault, "day:1", tmp_path / "1.db")
    kept = (tmp_path / "1.db").read_bytes()
    row = vault._db.execute("SELECT nonce, wrapped FROM wrapped").fetchone()
    vault.forget("day:1")
    vault.close()
    assert all(part not in (tmp_path / "keys.db").read_bytes() for part in row), "overwritten, not only freed"
    # Somebody kept a copy of the file and has the whole home: nothing in it opens the copy.
    again = Vault(tmp_path, seeded(3))
    assert again.names() == []
    db = again.connect("day:1", tmp_path / "1.db")
    assert db.execute("SELECT name FROM sqlite_master").fetchall() == []
    db.close()
    (tmp_path / "1.db").write_bytes(kept)
    with pytest.raises(StoreUnreadable):
        again.connect("day:1", tmp_path / "1.db")


@pytest.mark.parametrize("damage", [bytes(DEVICE_KEY_LENGTH), b"", b"short"])
def test_a_wrong_or_damaged_device_key_is_refused(tmp_path: Path, damage: bytes) -> None:
    vault = Vault(tmp_path, seeded())
    write(vault, "day:1", tmp_path / "1.db")
    vault.close()
    (tmp_path / "device.key").write_bytes(damage)
    with pytest.raises(StoreUnreadable):
        Vault(tmp_path, seeded()).connect("day:1", tmp_path / "1.db")


def test_a_missing_device_key_is_never_drawn_anew_over_a_store(tmp_path: Path) -> None:
    Vault(tmp_path, seeded()).close()
    (tmp_path / "device.key").unlink()
    with pytest.raises(StoreUnreadable):
        Vault(tmp_path, seeded())
    assert not (tmp_path / "device.key").exists()


def test_the_device_key_is_for_its_owner_only_and_whole_or_absent(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "device.part").write_bytes(b"half of a key that a killed process left")
    Vault(home, seeded()).close()
    key = home / "device.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == DEVICE_KEY_LENGTH
    assert not (home / "device.part").exists()
    Vault(tmp_path / "new", seeded()).close()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_damaged_file_of_keys_is_said_in_the_family_of_the_store(tmp_path: Path) -> None:
    Vault(tmp_path, seeded()).close()
    (tmp_path / "keys.db").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreUnreadable):
        Vault(tmp_path, seeded())


def test_deleted_rows_leave_nothing_in_free_pages_of_any_connection(tmp_path: Path) -> None:
    vault = Vault(tmp_path, seeded())
    write(vault, "day:1", tmp_path / "1.db")
    db = vault.connect("day:1", tmp_path / "1.db")
    assert db.execute("PRAGMA secure_delete").fetchone()[0] == 1
    db.close()


def test_a_transaction_is_all_or_nothing_and_can_be_followed_by_another(tmp_path: Path) -> None:
    db = sqlcipher3.connect(str(tmp_path / "x.db"), isolation_level=None)
    db.execute("CREATE TABLE t (x INTEGER)")
    with pytest.raises(KeyError), transaction(db):
        db.execute("INSERT INTO t VALUES (1)")
        raise KeyError
    # SQLite has ended this one itself, as it does when the disk is full.
    with pytest.raises(KeyError), transaction(db):
        db.execute("ROLLBACK")
        raise KeyError
    with transaction(db):
        db.execute("INSERT INTO t VALUES (2)")
    assert db.execute("SELECT x FROM t").fetchall() == [(2,)]
