"""What was heard, on the disk: limits, forgetting, places erased, and no identifier anywhere (T-26)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bluezone.phone.encounter import EncounterRecord, Sample
from bluezone.phone.store.days import DayFiles
from bluezone.phone.store.vault import Vault
from bluezone.protocol.interval import interval_of, utc_day_of
from bluezone.protocol.keys import expand
from tests.unit.phone.case import MIDNIGHT, TEK, record, sample, seeded

INTERVAL = interval_of(MIDNIGHT)
TODAY = utc_day_of(INTERVAL)
PLACE = (b"cell", b"west", b"east", b"nort")


def open_days(home: Path, limit: int = 300_000) -> DayFiles:
    """Day files in a home."""
    return DayFiles(home / "days", Vault(home, seeded(), durable=False), seeded(1), limit)


def many(interval: int, count: int) -> list[EncounterRecord]:
    """So many records of one interval."""
    one = Sample(600 * interval, -60, 0, bytes(3), bytes(3))
    return [EncounterRecord(interval, b"ab", number.to_bytes(10, "big"), (one,)) for number in range(count)]


def test_records_and_scans_come_back(tmp_path: Path) -> None:
    days = open_days(tmp_path)
    one = record(TEK, INTERVAL, [sample(TEK, MIDNIGHT + 5, kept=PLACE), sample(TEK, MIDNIGHT + 70)])
    days.save_interval(INTERVAL, [one], [MIDNIGHT, MIDNIGHT + 60])
    days.save_interval(INTERVAL + 1, [], [MIDNIGHT + 610])
    again = open_days(tmp_path)
    ((key, (ref,)),) = again.index().items()
    assert key == (INTERVAL, one.label)
    assert (ref.day, ref.index_hash) == (TODAY, one.index_hash)
    assert again.samples([ref]) == {ref: one.samples}
    assert again.scans() == [MIDNIGHT, MIDNIGHT + 60, MIDNIGHT + 610]
    assert again.counts() == {INTERVAL: 1}
    assert again.days() == [TODAY]


def test_days_are_files_of_their_own(tmp_path: Path) -> None:
    days = open_days(tmp_path)
    for interval in (INTERVAL - 1, INTERVAL, INTERVAL + 144):
        days.save_interval(interval, many(interval, 2), [600 * interval])
    assert days.days() == [TODAY - 1, TODAY, TODAY + 1]
    assert sorted(path.name for path in (tmp_path / "days").iterdir()) == [
        f"{TODAY + n}.db" for n in (-1, 0, 1)
    ]
    assert len([ref for refs in days.index().values() for ref in refs]) == 6
    assert days.scans() == sorted(600 * interval for interval in (INTERVAL - 1, INTERVAL, INTERVAL + 144))


def test_the_index_comes_in_parts_between_which_days_may_be_forgotten(tmp_path: Path) -> None:
    days = open_days(tmp_path)
    for interval in (INTERVAL - 144, INTERVAL, INTERVAL + 1, INTERVAL + 2):
        days.save_interval(interval, many(interval, 1500), [])
    parts = list(days.index_parts())
    assert [len(part) for part in parts] == [1500, 2048, 2048, 404]
    assert len({ref for part in parts for _, ref in part}) == 6000
    reading = days.index_parts()
    next(reading)
    next(reading)
    days.erase_history()
    assert list(reading) == []
    assert days.days() == [], "and reading on does not make one anew"


def test_forgetting_deletes_key_file_and_count(tmp_path: Path) -> None:
    days = open_days(tmp_path)
    for interval in (INTERVAL - 288, INTERVAL - 144, INTERVAL):
        days.save_interval(interval, many(interval, 2), [600 * interval])
    (tmp_path / "days" / f"{TODAY - 2}.db-journal").write_bytes(b"left by a killed process")
    days.forget_before(TODAY)
    assert days.days() == [TODAY]
    assert [path.name for path in (tmp_path / "days").iterdir()] == [f"{TODAY}.db"]
    assert days.counts() == {INTERVAL: 2}
    assert days.scans() == [MIDNIGHT]
    days.save_interval(INTERVAL - 288, many(INTERVAL - 288, 1), [])
    assert days.counts()[INTERVAL - 288] == 1, "a forgotten day can begin anew, with a new key"


def test_a_file_whose_key_is_gone_is_removed_at_the_next_start(tmp_path: Path) -> None:
    days = open_days(tmp_path)
    days.save_interval(INTERVAL, many(INTERVAL, 1), [])
    days._vault.forget(f"day:{TODAY}")  # Killed between the two steps of forgetting.
    assert open_days(tmp_path).days() == []
    assert list((tmp_path / "days").iterdir()) == []


def test_the_fullest_interval_shrinks_when_the_store_is_full(tmp_path: Path) -> None:
    days = open_days(tmp_path, limit=100)
    for interval, count in ((INTERVAL, 10), (INTERVAL + 1, 80), (INTERVAL + 200, 60)):
        days.save_interval(interval, many(interval, count), [])
    assert days.counts() == {INTERVAL: 10, INTERVAL + 1: 45, INTERVAL + 200: 45}
    assert open_days(tmp_path).counts() == days.counts()


def test_erasing_places_keeps_everything_else_and_may_be_repeated(tmp_path: Path) -> None:
    days = open_days(tmp_path)
    days.save_interval(
        INTERVAL,
        [
            record(TEK, INTERVAL, [sample(TEK, MIDNIGHT + 5, kept=PLACE)]),
            record(bytes(16), INTERVAL, [sample(bytes(16), MIDNIGHT + 5, kept=PLACE)]),
        ],
        [],
    )
    refs = [ref for found in days.index().values() for ref in found]
    for _ in range(2):
        days.erase_commitments([(refs[0].day, refs[0].row), (TODAY + 5, 1), (TODAY, 99)])
        kept = days.samples(refs)
        assert kept[refs[0]][0].commitments == ()
        assert kept[refs[0]][0].received_at == MIDNIGHT + 5
        assert kept[refs[1]][0].commitments == PLACE
    assert days.days() == [TODAY], "erasing makes no day"


def test_the_history_shows_newest_first_and_never_an_identifier(tmp_path: Path) -> None:
    days = open_days(tmp_path)
    for interval in (INTERVAL - 144, INTERVAL, INTERVAL + 1):
        begin = 600 * interval
        found = [sample(TEK, begin + 5, rssi_dbm=-70), sample(TEK, begin + 65, rssi_dbm=-55)]
        days.save_interval(interval, [record(TEK, interval, found)], [])
    lines = days.history()
    assert [line.interval for line in lines] == [INTERVAL + 1, INTERVAL, INTERVAL - 144]
    assert (lines[0].minute_count, lines[0].best_rssi_dbm, len(lines[0].label)) == (2, -55, 2)
    assert [line.interval for line in days.history(limit=2)] == [INTERVAL + 1, INTERVAL]


def test_no_identifier_and_no_six_bytes_of_one_in_any_file_even_decrypted(tmp_path: Path) -> None:
    """T-26, of the store alone; the end-to-end twin is in test_two_phones.py."""
    days = open_days(tmp_path)
    for interval in range(INTERVAL, INTERVAL + 24):
        days.save_interval(interval, [record(TEK, interval, [sample(TEK, 600 * interval + 5)])], [])
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    db = days._vault.connect(f"day:{TODAY}", tmp_path / "days" / f"{TODAY}.db")
    content += b"".join(
        value if isinstance(value, bytes) else str(value).encode()
        for row in db.execute("SELECT label, hash, samples FROM record")
        for value in row
    )
    db.close()
    for visible in expand(TEK, INTERVAL, 24):
        for at in range(7):
            assert visible[at : at + 6] not in content


def test_an_exception_while_writing_leaves_the_interval_out_whole(tmp_path: Path) -> None:
    days = open_days(tmp_path)
    days.save_interval(INTERVAL, many(INTERVAL, 3), [MIDNIGHT])
    broken = [*many(INTERVAL + 1, 2), None]
    with pytest.raises(AttributeError):
        days.save_interval(INTERVAL + 1, broken, [])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="full"):
        days.save_interval(INTERVAL + 1, many(INTERVAL + 1, 2), _interrupted())
    assert days.scans() == [MIDNIGHT]
    assert open_days(tmp_path).counts() == {INTERVAL: 3} == days.counts()


def _interrupted() -> list[int]:
    class Full(list[int]):
        def __iter__(self) -> object:  # type: ignore[override]
            raise ValueError("the disk is full")

    return Full([1])
