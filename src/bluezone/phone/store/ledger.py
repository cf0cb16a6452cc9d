"""Everything a phone keeps besides what it heard: own keys, trusted time, chain head, results, alerts.

One encrypted file. Head and results of a batch are saved in one transaction, so that each batch is used
exactly once (R1), whatever happens in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bluezone.phone.errors import StoreTooNew
from bluezone.phone.matching import RecordRef, VerifiedMinute
from bluezone.phone.own_key import OwnKey, merged
from bluezone.phone.risk import Alert
from bluezone.phone.store.vault import Vault, transaction
from bluezone.protocol.diagnosis_key import DiagnosisKey
from bluezone.protocol.keys import TemporaryExposureKey
from bluezone.protocol.manifest import Head, SignedManifest

HEAD = "head"
HEAD_MANIFEST = "head-manifest"
TEK_PERIOD = "tek-period"
STOLEN = "own-key-stolen"
CONFIGURATION = "configuration"
_VERSION = 3
_TABLES = """
CREATE TABLE own_key (start INTEGER PRIMARY KEY, period INTEGER, tek BLOB, published INTEGER, window INTEGER);
CREATE TABLE fact (name TEXT PRIMARY KEY, value BLOB);
CREATE TABLE minute (key_id BLOB, minute INTEGER, received_at INTEGER, level_db INTEGER, rssi_dbm INTEGER,
    PRIMARY KEY (key_id, minute)) WITHOUT ROWID;
CREATE TABLE alert (day INTEGER PRIMARY KEY, near_s REAL, mean_level_db REAL, scan_count INTEGER,
    show_at INTEGER, least_s REAL, most_s REAL);
CREATE TABLE commitment (made_at INTEGER PRIMARY KEY, content BLOB);
CREATE TABLE to_erase (day INTEGER, row INTEGER, PRIMARY KEY (day, row)) WITHOUT ROWID;
CREATE TABLE evidence (seq INTEGER, manifest BLOB, PRIMARY KEY (seq, manifest)) WITHOUT ROWID;
"""
# From version 1: it knew no windows, so what it kept has neither RSSI nor a range.
_UPGRADE_1 = """
ALTER TABLE minute ADD COLUMN rssi_dbm INTEGER;
ALTER TABLE alert ADD COLUMN expected_s REAL;
ALTER TABLE alert ADD COLUMN spread_s REAL NOT NULL DEFAULT 0;
"""
# From version 2: its range was kept as a middle and a deviation, within the time that counted as near.
_UPGRADE_2 = """
ALTER TABLE alert ADD COLUMN least_s REAL;
ALTER TABLE alert ADD COLUMN most_s REAL;
UPDATE alert SET least_s = max(0, expected_s - spread_s), most_s = min(near_s, expected_s + spread_s)
    WHERE expected_s IS NOT NULL;
ALTER TABLE alert DROP COLUMN expected_s;
ALTER TABLE alert DROP COLUMN spread_s;
"""
_UPGRADES = (_UPGRADE_1, _UPGRADE_2)


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert with the moment (seconds UTC) from which the screen shows it."""

    alert: Alert
    show_at: int


class Ledger:
    """The phone's small facts.

    Args:
        path: of the encrypted file.
        vault: opens it.

    Attributes:
        db: the open file; the outbox keeps its rows in it too.

    Raises:
        StoreTooNew: written by a later version.
    """

    def __init__(self, path: Path, vault: Vault) -> None:
        self.db = vault.connect("ledger", path)
        version = self.db.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            self.db.close()
            raise StoreTooNew(f"this phone's store has version {version}; update Bluezone to read it")
        if version < _VERSION:
            steps = "".join(_UPGRADES[version - 1 :]) if version else _TABLES
            self.db.executescript(f"BEGIN; {steps} PRAGMA user_version = {_VERSION}; COMMIT;")

    def own_keys(self) -> list[OwnKey]:
        """Own keys, oldest first."""
        rows = self.db.execute("SELECT start, period, tek, published, window FROM own_key ORDER BY start")
        return [
            OwnKey(DiagnosisKey(TemporaryExposureKey(tek), start, period), bool(published), window)
            for start, period, tek, published, window in rows
        ]

    def save_own_keys(self, keys: Iterable[OwnKey], expired_starts: Iterable[int] = ()) -> list[OwnKey]:
        """Takes new and closed keys over; see `merged` for what an older list cannot undo.

        Args:
            keys: own keys, as whoever saves them knows them.
            expired_starts: rolling_start of keys that are erased.

        Returns:
            The own keys that are kept now, oldest first.
        """
        with transaction(self.db):
            kept = merged(self.own_keys(), keys)
            rows = [
                (own.start, own.key.rolling_period, own.key.tek.reveal(), int(own.published), own.window)
                for own in kept
            ]
            self.db.executemany("INSERT OR REPLACE INTO own_key VALUES (?, ?, ?, ?, ?)", rows)
            self.db.executemany("DELETE FROM own_key WHERE start = ?", [(one,) for one in expired_starts])
            return self.own_keys()

    def fact(self, name: str) -> bytes | None:
        """A small value by name."""
        row = self.db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def save_fact(self, name: str, value: bytes | None) -> None:
        """Keeps a small value by name, or erases it."""
        if value is None:
            self.db.execute("DELETE FROM fact WHERE name = ?", (name,))
            return
        self.db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    def head(self) -> Head | None:
        """The last batch that was accepted."""
        kept = self.fact(HEAD)
        return msgspec.msgpack.decode(kept, type=Head) if kept else None

    def verified_minutes(self) -> list[VerifiedMinute]:
        """Q with its R8 values, of all batches so far."""
        rows = self.db.execute(
            "SELECT key_id, minute, received_at, level_db, rssi_dbm FROM minute ORDER BY minute, key_id"
        )
        return [VerifiedMinute(*row) for row in rows]

    def save_batch(
        self,
        signed: SignedManifest,
        minutes: Iterable[VerifiedMinute],
        matched: Iterable[RecordRef],
        alerts: Sequence[ShownAlert],
        oldest_minute: int,
    ) -> None:
        """Head, verified minutes, records whose commitments are to go, and alerts: all or nothing.

        Args:
            signed: manifest of the batch that was just used; it becomes the head.
            minutes: new verified minutes.
            matched: records that belonged to a key.
            alerts: those not known yet; a day keeps its first moment of showing.
            oldest_minute: verified minutes before it are dropped.
        """
        with transaction(self.db):
            self.save_fact(HEAD, msgspec.msgpack.encode(signed.manifest.head()))
            self.save_fact(HEAD_MANIFEST, signed.encode())
            self.save_fact(TEK_PERIOD, b"%d" % signed.manifest.tek_period)
            self.db.executemany(
                "INSERT OR IGNORE INTO minute (key_id, minute, received_at, level_db, rssi_dbm)"
                " VALUES (?, ?, ?, ?, ?)",
                [(one.key_id, one.minute, one.received_at, one.level_db, one.rssi_dbm) for one in minutes],
            )
            self.db.execute("DELETE FROM minute WHERE minute < ?", (oldest_minute,))
            self.db.executemany(
                "INSERT OR IGNORE INTO to_erase VALUES (?, ?)", [(ref.day, ref.row) for ref in matched]
            )
            for shown in alerts:
                self._save_alert(shown)

    def to_erase(self) -> list[tuple[int, int]]:
        """Records, as (day, row), whose place commitments still have to be erased."""
        return [(day, row) for day, row in self.db.execute("SELECT day, row FROM to_erase")]

    def erased(self) -> None:
        """All commitments that had to be erased are."""
        self.db.execute("DELETE FROM to_erase")

    def alerts(self) -> list[ShownAlert]:
        """All alerts, newest day first."""
        rows = self.db.execute(
            "SELECT show_at, day, near_s, mean_level_db, scan_count, least_s, most_s FROM alert"
            " ORDER BY day DESC"
        )
        return [ShownAlert(Alert(*alert), show_at) for show_at, *alert in rows]

    def forget_before(self, minute: int, day: int) -> None:
        """Erases verified minutes before `minute` and alerts about days before `day`."""
        with transaction(self.db):
            self.db.execute("DELETE FROM minute WHERE minute < ?", (minute,))
            self.db.execute("DELETE FROM alert WHERE day < ?", (day,))

    def close(self) -> None:
        """Closes the file."""
        self.db.close()

    def _save_alert(self, shown: ShownAlert) -> None:
        one = shown.alert
        self.db.execute(
            "INSERT INTO alert (day, near_s, mean_level_db, scan_count, least_s, most_s, show_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day) DO UPDATE SET"
            " near_s = excluded.near_s, mean_level_db = excluded.mean_level_db,"
            " scan_count = excluded.scan_count, least_s = excluded.least_s, most_s = excluded.most_s",
            (
                one.day,
                one.near_s,
                one.mean_level_db,
                one.scan_count,
                one.least_s,
                one.most_s,
                shown.show_at,
            ),
        )
