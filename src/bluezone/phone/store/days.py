"""What was heard: one encrypted file per UTC day, written once per interval.

Decides the tables and the limits on the disk. Each interval is one transaction, so a phone that is killed
loses at most the current interval. Source: docs/protocol.md, section 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlcipher3

from bluezone.phone.chance import RandomBytes
from bluezone.phone.encounter import MAX_RECORDS, EncounterRecord, Sample, shrink_plan, thin
from bluezone.phone.matching import RecordRef
from bluezone.phone.store.sample_bytes import pack_samples, unpack_samples, without_commitments
from bluezone.phone.store.vault import Vault, remove_database
from bluezone.protocol.interval import utc_day_of

_PART_RECORDS = 2048
_TABLES = """
CREATE TABLE IF NOT EXISTS record (
    row INTEGER PRIMARY KEY, interval INTEGER NOT NULL, label BLOB NOT NULL, hash BLOB NOT NULL,
    samples BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS record_interval ON record (interval);
CREATE TABLE IF NOT EXISTS scan (at INTEGER PRIMARY KEY);
"""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of "who and when": never the whole identifier.

    Attributes:
        interval: the receiver's.
        label: first 2 bytes of the identifier.
        minute_count: in how many different minutes it was heard.
        best_rssi_dbm: the strongest sample.
    """

    interval: int
    label: bytes
    minute_count: int
    best_rssi_dbm: int


class DayFiles:
    """Records and own scan times of the last 14 days.

    Args:
        folder: of the day files.
        vault: opens them.
        random_bytes: which records go when the store is full.
        max_records: in the whole store.
    """

    def __init__(
        self, folder: Path, vault: Vault, random_bytes: RandomBytes, max_records: int = MAX_RECORDS
    ) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder
        self._vault = vault
        self._random_bytes = random_bytes
        self._max_records = max_records
        self._remove_orphans()
        self._counts = self._count_all()

    def days(self) -> list[int]:
        """UTC days (days since 1970-01-01) that have a key, oldest first."""
        return sorted(int(name[4:]) for name in self._vault.names() if name.startswith("day:"))

    def save_interval(self, interval: int, records: Iterable[EncounterRecord], scans: Iterable[int]) -> None:
        """Writes a finished interval in one transaction, then keeps the whole store within its limit."""
        rows = [(one.interval, one.label, one.index_hash, pack_samples(one.samples)) for one in records]
        with self._open(utc_day_of(interval)) as db:
            db.executemany("INSERT INTO record (interval, label, hash, samples) VALUES (?, ?, ?, ?)", rows)
            db.executemany("INSERT OR IGNORE INTO scan VALUES (?)", [(at,) for at in scans])
        if rows:
            self._counts[interval] = self._counts.get(interval, 0) + len(rows)
            self._shrink()

    def index(self) -> dict[tuple[int, bytes], list[RecordRef]]:
        """All records by (interval, label), for matching."""
        found: dict[tuple[int, bytes], list[RecordRef]] = {}
        for part in self.index_parts():
            for key, ref in part:
                found.setdefault(key, []).append(ref)
        return found

    def index_parts(self) -> Iterator[list[tuple[tuple[int, bytes], RecordRef]]]:
        """The same, some thousand records at a time: a full store takes seconds to read.

        Between two parts no file is open, and whatever may happen to the store.
        """
        for day in self.days():
            last = 0
            while day in self.days():  # It may have been forgotten since the last part.
                with self._open(day) as db:
                    rows = db.execute(
                        "SELECT row, interval, label, hash FROM record WHERE row > ? ORDER BY row LIMIT ?",
                        (last, _PART_RECORDS),
                    ).fetchall()
                if not rows:
                    break
                last = rows[-1][0]
                yield [((interval, label), RecordRef(day, row, h)) for row, interval, label, h in rows]

    def samples(self, refs: Iterable[RecordRef]) -> dict[RecordRef, tuple[Sample, ...]]:
        """The samples of some records; one that was erased meanwhile has none, whoever has its row now."""
        found: dict[RecordRef, tuple[Sample, ...]] = {}
        wanted = _by_day(refs)
        for day in wanted.keys() & set(self.days()):
            with self._open(day) as db:
                for ref in wanted[day]:
                    row = db.execute(
                        "SELECT samples FROM record WHERE row = ? AND hash = ?", (ref.row, ref.index_hash)
                    ).fetchone()
                    if row is not None:
                        found[ref] = unpack_samples(row[0])
        return found

    def receptions(self, intervals: Iterable[int]) -> list[tuple[int, int]]:
        """Everything heard in some intervals, as (seconds UTC, RSSI in dBm), whoever it was."""
        found: list[tuple[int, int]] = []
        wanted: dict[int, list[int]] = {}
        for interval in intervals:
            wanted.setdefault(utc_day_of(interval), []).append(interval)
        for day in wanted.keys() & set(self.days()):
            with self._open(day) as db:
                for interval in wanted[day]:
                    rows = db.execute("SELECT samples FROM record WHERE interval = ?", (interval,))
                    found += [
                        (sample.received_at, sample.rssi_dbm)
                        for row in rows
                        for sample in unpack_samples(row[0])
                    ]
        return found

    def scans(self) -> list[int]:
        """Starts of all own scans, ascending whole seconds UTC, empty scans included."""
        found: list[int] = []
        for day in self.days():
            with self._open(day) as db:
                found += [row[0] for row in db.execute("SELECT at FROM scan ORDER BY at")]
        return sorted(found)

    def erase_commitments(self, refs: Iterable[tuple[int, int]]) -> None:
        """Erases the place commitments of matched records, given as (day, row); repeating it is harmless."""
        rows: dict[int, list[int]] = {}
        for day, row in refs:
            rows.setdefault(day, []).append(row)
        for day in rows.keys() & set(self.days()):
            with self._open(day) as db:
                for row in rows[day]:
                    kept = db.execute("SELECT samples FROM record WHERE row = ?", (row,)).fetchone()
                    if kept is not None:
                        update = (without_commitments(kept[0]), row)
                        db.execute("UPDATE record SET samples = ? WHERE row = ?", update)

    def forget_before(self, day: int) -> None:
        """Forgets every day before `day`: its key first, then its file."""
        for old in self.days():
            if old < day:
                self._vault.forget(f"day:{old}")
                remove_database(self._path(old))
        self._counts = {one: count for one, count in self._counts.items() if utc_day_of(one) >= day}

    def erase_history(self) -> None:
        """Forgets everything heard so far, for good: each day's key first, then its file.

        Own scan times go too: scans without what they heard would say that nobody was near, and keys of
        such windows are withheld. The running interval is not written yet and stays.
        """
        for day in self.days():
            self._vault.forget(f"day:{day}")
            self._path(day).unlink(missing_ok=True)
        self._counts = {}

    def history(self, limit: int = 500) -> list[HistoryLine]:
        """The newest lines of "who and when"."""
        lines: list[HistoryLine] = []
        for day in reversed(self.days()):
            with self._open(day) as db:
                for interval, label, samples in db.execute(
                    "SELECT interval, label, samples FROM record ORDER BY interval DESC, row LIMIT ?",
                    (limit - len(lines),),
                ):
                    lines.append(_history_line(interval, label, unpack_samples(samples)))
            if len(lines) >= limit:
                break
        return lines

    def counts(self) -> dict[int, int]:
        """Records per interval."""
        return dict(self._counts)

    def _remove_orphans(self) -> None:
        """Removes files whose key is gone: a process was killed while it forgot their day."""
        known = {self._path(day).name for day in self.days()}
        for path in self._folder.iterdir():
            if path.name.removesuffix("-journal") not in known:
                path.unlink()

    def _path(self, day: int) -> Path:
        return self._folder / f"{day}.db"

    @contextmanager
    def _open(self, day: int) -> Iterator[sqlcipher3.Connection]:
        path = self._path(day)
        db = self._vault.connect(f"day:{day}", path)
        try:
            if db.execute("PRAGMA user_version").fetchone()[0] == 0:
                db.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = 1; COMMIT;")
            db.execute("BEGIN")
            yield db
            db.execute("COMMIT")
        finally:
            db.close()

    def _count_all(self) -> dict[int, int]:
        counts: dict[int, int] = {}
        for day in self.days():
            with self._open(day) as db:
                counts.update(
                    db.execute("SELECT interval, count(*) FROM record GROUP BY interval").fetchall()
                )
        return counts

    def _shrink(self) -> None:
        for interval, keep in shrink_plan(self._counts, self._max_records).items():
            with self._open(utc_day_of(interval)) as db:
                rows = [
                    row[0] for row in db.execute("SELECT row FROM record WHERE interval = ?", (interval,))
                ]
                doomed = [(row,) for row in thin(rows, keep, self._random_bytes)]
                db.executemany("DELETE FROM record WHERE row = ?", doomed)
            self._counts[interval] = keep


def _by_day(refs: Iterable[RecordRef]) -> dict[int, list[RecordRef]]:
    days: dict[int, list[RecordRef]] = {}
    for ref in refs:
        days.setdefault(ref.day, []).append(ref)
    return days


def _history_line(interval: int, label: bytes, samples: tuple[Sample, ...]) -> HistoryLine:
    minutes = {sample.received_at // 60 for sample in samples}
    return HistoryLine(interval, label, len(minutes), max(sample.rssi_dbm for sample in samples))
