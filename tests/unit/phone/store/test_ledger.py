"""Head and results together or not at all (R1); marks that stay; uploads that survive a crash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlcipher3

from bluezone.phone.diagnosis import Commitment, commit, prepare_keys
from bluezone.phone.errors import StoreTooNew, UploadPending
from bluezone.phone.matching import RecordRef, VerifiedMinute
from bluezone.phone.own_key import OwnKey, close_early, draw_key
from bluezone.phone.risk import Alert
from bluezone.phone.store.ledger import _UPGRADE_1, _VERSION, Ledger, ShownAlert
from bluezone.phone.store.outbox import Outbox
from bluezone.phone.store.vault import Vault
from tests.unit.phone.case import MIDNIGHT, seeded, signed_manifest

SIGNED, LATER = signed_manifest(5), signed_manifest(6)
HEAD = SIGNED.manifest.head()
MINUTE = VerifiedMinute(b"12345678", 100, 6000, -3)
ALERT = ShownAlert(Alert(19_000, 900.0, -2.5, 15), MIDNIGHT + 5)
KEYS = [draw_key([], start, seeded(start)) for start in (240, 264, 288)]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An open ledger."""
    opened = Ledger(tmp_path / "ledger.db", Vault(tmp_path, seeded(), durable=False))
    yield opened
    opened.close()


@pytest.fixture
def outbox(ledger: Ledger) -> Outbox:
    """Its outbox."""
    return Outbox(ledger.db)


def reopened(tmp_path: Path) -> Ledger:
    """The same ledger in another process's eyes."""
    return Ledger(tmp_path / "ledger.db", Vault(tmp_path, seeded(), durable=False))


class TestBatch:
    """save_batch is one transaction."""

    def test_everything_comes_back(self, ledger: Ledger, tmp_path: Path) -> None:
        ledger.save_batch(SIGNED, [MINUTE], [RecordRef(3, 7, b"")], [ALERT], 0)
        again = reopened(tmp_path)
        assert again.head() == HEAD
        assert again.verified_minutes() == [MINUTE]
        assert again.to_erase() == [(3, 7)]
        assert again.alerts() == [ALERT]

    def test_an_exception_in_the_middle_leaves_head_and_results_as_they_were(
        self, ledger: Ledger, tmp_path: Path
    ) -> None:
        ledger.save_batch(SIGNED, [MINUTE], [RecordRef(3, 7, b"")], [ALERT], 0)
        more = replace(MINUTE, minute=101)
        half = ShownAlert(None, 0)  # type: ignore[arg-type]
        with pytest.raises(AttributeError):
            ledger.save_batch(LATER, [more], [RecordRef(3, 8, b"")], [half], 1000)
        for found in (ledger, reopened(tmp_path)):
            assert found.head() == HEAD
            assert found.verified_minutes() == [MINUTE]
            assert found.to_erase() == [(3, 7)]
            assert found.alerts() == [ALERT]
        ledger.save_batch(LATER, [more], [], [], 0)
        assert ledger.head() == LATER.manifest.head(), "and the next one works"

    def test_a_minute_counts_once_and_its_first_reception_stays(self, ledger: Ledger) -> None:
        ledger.save_batch(SIGNED, [MINUTE], [], [], 0)
        ledger.save_batch(
            SIGNED, [replace(MINUTE, level_db=9), replace(MINUTE, key_id=b"87654321")], [], [], 0
        )
        assert ledger.verified_minutes() == [MINUTE, replace(MINUTE, key_id=b"87654321")]

    def test_minutes_before_the_oldest_go(self, ledger: Ledger) -> None:
        ledger.save_batch(SIGNED, [MINUTE, replace(MINUTE, minute=99)], [], [], 100)
        assert ledger.verified_minutes() == [MINUTE]

    def test_a_day_keeps_its_first_moment_of_showing(self, ledger: Ledger) -> None:
        ledger.save_batch(SIGNED, [], [], [ALERT], 0)
        worse = replace(ALERT.alert, near_s=1800.0, scan_count=30)
        ledger.save_batch(SIGNED, [], [], [ShownAlert(worse, MIDNIGHT + 99_999)], 0)
        assert ledger.alerts() == [ShownAlert(worse, ALERT.show_at)]

    def test_what_is_to_be_erased_is_forgotten_when_it_is(self, ledger: Ledger) -> None:
        ledger.save_batch(SIGNED, [], [RecordRef(3, 7, b""), RecordRef(3, 7, b"")], [], 0)
        assert ledger.to_erase() == [(3, 7)]
        ledger.erased()
        assert ledger.to_erase() == []

    def test_forgetting(self, ledger: Ledger) -> None:
        ledger.save_batch(SIGNED, [MINUTE], [], [ALERT], 0)
        ledger.forget_before(100, 19_000)
        assert ledger.verified_minutes() == [MINUTE]
        assert ledger.alerts() == [ALERT]
        ledger.forget_before(101, 19_001)
        assert ledger.verified_minutes() == []
        assert ledger.alerts() == []


class TestKeys:
    """A list of own keys, also an old one, loses and lengthens none; marks belong to the outbox."""

    def test_they_come_back_in_order_and_only_the_expired_are_erased(
        self, ledger: Ledger, tmp_path: Path
    ) -> None:
        assert ledger.save_own_keys(reversed(KEYS)) == KEYS
        assert reopened(tmp_path).own_keys() == KEYS
        assert ledger.save_own_keys(KEYS[1:]) == KEYS
        assert ledger.save_own_keys(KEYS[1:], [KEYS[0].start]) == KEYS[1:]
        assert reopened(tmp_path).own_keys() == KEYS[1:]

    def test_an_older_list_undoes_neither_an_early_close_nor_the_keys_that_were_committed_to(
        self, ledger: Ledger
    ) -> None:
        older = KEYS[:1]
        ledger.save_own_keys(older)
        prepared = prepare_keys(older, 250 * 600, seeded(4))
        ledger.save_own_keys(prepared)
        assert ledger.save_own_keys(older) == prepared
        assert prepared[0].end == 251
        drawn_meanwhile = draw_key(older, 264, seeded(5))
        assert ledger.save_own_keys([*older, drawn_meanwhile]) == prepared

    def test_an_exception_leaves_the_old_list(self, ledger: Ledger) -> None:
        ledger.save_own_keys(KEYS)
        with pytest.raises(AttributeError):
            ledger.save_own_keys([KEYS[0], None])  # type: ignore[list-item]
        assert ledger.own_keys() == KEYS

    def test_an_older_list_does_not_undo_a_mark(self, ledger: Ledger, outbox: Outbox) -> None:
        ledger.save_own_keys(KEYS)
        outbox.prepare(bytes(4096), [264])
        ledger.save_own_keys([close_early(KEYS[0], 250), *KEYS[1:]])
        assert [own.published for own in ledger.own_keys()] == [False, True, False]
        assert ledger.own_keys()[0].key.rolling_period == 11

    def test_a_key_may_be_stored_as_published(self, ledger: Ledger) -> None:
        ledger.save_own_keys([OwnKey(KEYS[0].key, published=True)])
        assert ledger.own_keys()[0].published


class TestOutbox:
    """One upload, whole, with the marks on its keys."""

    def test_an_upload_and_its_marks_are_one(self, ledger: Ledger, outbox: Outbox) -> None:
        ledger.save_own_keys(KEYS)
        with pytest.raises(sqlcipher3.Error):
            outbox.prepare(bytes(4096), [240, object()])  # type: ignore[list-item]
        assert outbox.pending() is None
        assert not any(own.published for own in ledger.own_keys())
        outbox.prepare(b"\x05" * 4096, [240])
        assert outbox.pending() == b"\x05" * 4096
        assert [own.published for own in ledger.own_keys()] == [True, False, False]

    def test_accepted(self, ledger: Ledger, outbox: Outbox) -> None:
        ledger.save_own_keys(KEYS)
        outbox.prepare(bytes(4096), [240])
        outbox.accepted(bytes(4096), b"\x0c" * 32, 1)
        assert outbox.pending() is None
        assert ledger.own_keys()[0].published
        assert outbox.sent_with(b"\x0c" * 32) == 1
        assert outbox.sent_with(b"\x0d" * 32) == 0

    def test_refused_keys_may_be_published_with_another_certificate(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        ledger.save_own_keys(KEYS)
        outbox.prepare(bytes(4096), [240, 264])
        outbox.dismiss(bytes(4096), [264])
        assert outbox.pending() is None
        assert [own.published for own in ledger.own_keys()] == [True, False, False]

    def test_a_second_upload_is_not_prepared_beside_the_first(self, ledger: Ledger, outbox: Outbox) -> None:
        ledger.save_own_keys(KEYS)
        outbox.prepare(bytes(4096), [240])
        with pytest.raises(UploadPending):
            outbox.prepare(b"\x05" * 4096, [264])
        assert outbox.pending() == bytes(4096)
        assert [own.published for own in ledger.own_keys()] == [True, False, False]

    def test_the_answer_to_another_upload_changes_nothing(self, ledger: Ledger, outbox: Outbox) -> None:
        ledger.save_own_keys(KEYS)
        outbox.prepare(bytes(4096), [240])
        outbox.accepted(b"\x05" * 4096, b"\x0c" * 32, 1)
        outbox.dismiss(b"\x05" * 4096, [240])
        assert outbox.pending() == bytes(4096)
        assert ledger.own_keys()[0].published
        assert outbox.sent_with(b"\x0c" * 32) == 0

    def commitment(self, made_at: int) -> Commitment:
        return commit(KEYS, made_at, seeded(made_at))

    def test_commitments_are_kept_newest_first_and_go_when_old(self, outbox: Outbox) -> None:
        for made_at in (1000, 2000, 3000):
            outbox.save_commitment(self.commitment(made_at), 0)
        assert [one.made_at for one in outbox.commitments()] == [3000, 2000, 1000]
        assert outbox.commitments()[0] == self.commitment(3000)
        outbox.save_commitment(self.commitment(4000), 2000)
        assert [one.made_at for one in outbox.commitments()] == [4000, 3000, 2000]

    def test_a_code_keeps_the_commitment_it_was_presented_with(self, outbox: Outbox) -> None:
        outbox.save_commitment(self.commitment(1000), 0, b"code0001")
        outbox.save_commitment(self.commitment(2000), 0)
        assert outbox.commitment_for(b"code0001") == self.commitment(1000)
        assert outbox.commitment_for(b"code0002") is None
        outbox.prepare(bytes(4096), [])
        outbox.accepted(bytes(4096), self.commitment(1000).hash(), 1)
        assert outbox.commitment_for(b"code0001") == self.commitment(1000), "typed again, it is known as sent"


def test_facts(ledger: Ledger) -> None:
    assert ledger.fact("x") is None
    ledger.save_fact("x", b"1")
    ledger.save_fact("x", b"2")
    assert ledger.fact("x") == b"2"
    ledger.save_fact("x", None)
    assert ledger.fact("x") is None
    assert ledger.head() is None


def test_a_store_of_a_later_version_is_left_alone(ledger: Ledger, tmp_path: Path) -> None:
    ledger.save_own_keys(KEYS)
    ledger.db.execute(f"PRAGMA user_version = {_VERSION + 1}")
    with pytest.raises(StoreTooNew):
        reopened(tmp_path)
    ledger.db.execute(f"PRAGMA user_version = {_VERSION}")
    assert reopened(tmp_path).own_keys() == KEYS


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_store_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    """Version 1 kept no RSSI and no range; version 2 kept a range as a middle and a deviation."""
    db = Vault(tmp_path, seeded(), durable=False).connect("ledger", tmp_path / "ledger.db")
    db.executescript(
        "CREATE TABLE minute (key_id BLOB, minute INTEGER, received_at INTEGER, level_db INTEGER,"
        " PRIMARY KEY (key_id, minute)) WITHOUT ROWID;"
        "CREATE TABLE alert (day INTEGER PRIMARY KEY, near_s REAL, mean_level_db REAL, scan_count INTEGER,"
        " show_at INTEGER);"
        "CREATE TABLE fact (name TEXT PRIMARY KEY, value BLOB);"
        "CREATE TABLE to_erase (day INTEGER, row INTEGER, PRIMARY KEY (day, row)) WITHOUT ROWID;"
        "PRAGMA user_version = 1;"
    )
    db.execute("INSERT INTO minute VALUES (?, 100, 6000, -3)", (MINUTE.key_id,))
    db.execute("INSERT INTO alert VALUES (19000, 900.0, -2.5, 15, ?)", (ALERT.show_at,))
    kept = [ALERT]
    if version == 2:
        db.executescript(f"BEGIN; {_UPGRADE_1} PRAGMA user_version = 2; COMMIT;")
        db.execute("INSERT INTO alert VALUES (18999, 900.0, -2.5, 15, ?, 700.0, 300.0)", (ALERT.show_at,))
        kept.append(ShownAlert(replace(ALERT.alert, day=18999, least_s=400.0, most_s=900.0), ALERT.show_at))
    db.close()
    for _ in range(2):
        ledger = reopened(tmp_path)
        assert ledger.verified_minutes() == [MINUTE]
        assert ledger.alerts() == kept
    judged = ShownAlert(replace(ALERT.alert, least_s=480.0, most_s=720.0), ALERT.show_at)
    heard = replace(MINUTE, minute=101, rssi_dbm=-63)
    ledger.save_batch(SIGNED, [heard], [], [judged], 0)
    assert reopened(tmp_path).alerts() == [judged, *kept[1:]]
    assert reopened(tmp_path).verified_minutes() == [MINUTE, heard]
