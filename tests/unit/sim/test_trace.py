"""Reading traces of real contacts: what good rows mean, how files may be packed, time and gaps."""

from __future__ import annotations

import gzip
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bluezone.sim.errors import TraceArchiveError, TraceFormatError, TraceUnreadableError
from bluezone.sim.trace import Period, Trace, TraceFormat, load_trace

HASLEMERE_ROWS = b"1,10,30,7\n1,10,20,0\n3,20,10,2\n193,20,30,50\n"
SOCIOPATTERNS_ROWS = b"40 5 3\r\n40 3 9\r\n60 3 5\r\n"


def written(folder: Path, name: str, content: bytes) -> Path:
    """A file of the test."""
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.fixture
def haslemere(tmp_path: Path) -> Trace:
    return load_trace(written(tmp_path, "rows.csv", HASLEMERE_ROWS), "haslemere")


@pytest.fixture
def sociopatterns(tmp_path: Path) -> Trace:
    return load_trace(written(tmp_path, "tij.dat", SOCIOPATTERNS_ROWS), "sociopatterns")


def test_haslemere_rows_become_steps_of_five_minutes(haslemere: Trace) -> None:
    assert haslemere.people == (10, 20, 30)
    assert haslemere.step_s == 300
    assert haslemere.epoch == int(datetime(2017, 10, 12, 7, tzinfo=UTC).timestamp())
    assert list(haslemere.contacts(0)) == [(0, 2, 7.0), (0, 1, 0.0)]
    assert list(haslemere.contacts(2)) == [(0, 1, 2.0)]
    assert (haslemere.row_count, haslemere.people_count) == (4, 3)


def test_step_193_is_seven_o_clock_on_friday(haslemere: Trace) -> None:
    friday = int(datetime(2017, 10, 13, 7, tzinfo=UTC).timestamp())
    assert haslemere.near(2, friday) == ((1, 50.0),)
    assert haslemere.step_start(haslemere.step_at(friday)) == friday


def test_a_sample_holds_for_its_step_and_gaps_stay(haslemere: Trace) -> None:
    start = haslemere.epoch
    assert haslemere.near(0, start) == ((1, 0.0), (2, 7.0))
    assert haslemere.near(0, start + 299.999) == ((1, 0.0), (2, 7.0))
    assert haslemere.near(0, start + 300) == ()
    assert haslemere.near(0, start + 600) == ((1, 2.0),)
    assert haslemere.near(0, start + 900) == ()
    assert haslemere.near(0, start - 1) == ()


def test_near_is_the_same_from_both_sides(haslemere: Trace) -> None:
    assert haslemere.near(1, haslemere.epoch) == ((0, 0.0),)
    assert haslemere.near(2, haslemere.epoch) == ((0, 7.0),)


def test_the_night_is_no_active_period(haslemere: Trace) -> None:
    friday = haslemere.epoch + 86400
    assert haslemere.active_periods() == (
        Period(haslemere.epoch, haslemere.epoch + 900),
        Period(friday, friday + 300),
    )


def test_sociopatterns_rows_hold_for_the_twenty_seconds_before_t(sociopatterns: Trace) -> None:
    midnight = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())
    assert sociopatterns.step_s == 20
    assert sociopatterns.people == (3, 5, 9)
    assert sociopatterns.near(0, midnight + 19.9) == ()
    assert sociopatterns.near(0, midnight + 20) == ((1, 1.0), (2, 1.0))
    assert sociopatterns.near(0, midnight + 40) == ((1, 1.0),)
    assert sociopatterns.near(0, midnight + 60) == ()
    assert sociopatterns.active_periods() == (Period(midnight + 20, midnight + 60),)


@pytest.mark.parametrize("rows", [b"1,10,20,9\n1,20,10,4\n1,10,20,6\n", b"1,10,20,4\n1,10,20,9\n"])
def test_of_two_rows_for_one_pair_and_step_the_nearer_counts(tmp_path: Path, rows: bytes) -> None:
    trace = load_trace(written(tmp_path, "twice.csv", rows), "haslemere")
    assert list(trace.contacts(0)) == [(0, 1, 4.0)]


def test_station_numbers_are_the_sorted_ids(haslemere: Trace) -> None:
    assert haslemere.station_of(30) == 2
    with pytest.raises(ValueError, match="not in tuple"):
        haslemere.station_of(99)


def test_packed_files_read_like_plain_ones(tmp_path: Path) -> None:
    archive = tmp_path / "rows.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("folder/", b"")
        file.writestr("folder/rows.csv", HASLEMERE_ROWS)
    for path in (archive, written(tmp_path, "rows.csv.gz", gzip.compress(HASLEMERE_ROWS))):
        trace = load_trace(path, "haslemere")
        assert (trace.source, trace.row_count, trace.people) == (path.name, 4, (10, 20, 30))


def test_blank_lines_are_skipped_and_a_last_line_end_is_not_needed(tmp_path: Path) -> None:
    trace = load_trace(written(tmp_path, "t.csv", b"\n1,1,2,3\n\n2,1,2,3"), "haslemere")
    assert list(trace.steps) == [0, 1]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(TraceUnreadableError, match=r"nowhere\.csv: the file cannot be read"):
        load_trace(tmp_path / "nowhere.csv", "haslemere")


@pytest.mark.parametrize("name", ["rows.csv.gz", "rows.zip"])
def test_a_name_that_promises_an_archive_must_be_one(tmp_path: Path, name: str) -> None:
    with pytest.raises(TraceArchiveError, match=r"is not a (gz|zip) archive"):
        load_trace(written(tmp_path, name, HASLEMERE_ROWS), "haslemere")


def test_a_damaged_archive_is_told(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(b"%d,1,2,3\n" % step for step in range(1, 300)))
    for content in (packed[:-12], packed[:12] + b"\xff\xff\xff" + packed[15:], b"PK\x03\x04" + bytes(50)):
        with pytest.raises(TraceArchiveError, match="the archive is damaged"):
            load_trace(written(tmp_path, "broken.gz", content), "haslemere")


@pytest.mark.parametrize("members", [0, 2])
def test_a_zip_must_hold_exactly_one_file(tmp_path: Path, members: int) -> None:
    path = tmp_path / "rows.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("folder/", b"")
        for number in range(members):
            file.writestr(f"{number}.csv", HASLEMERE_ROWS)
    with pytest.raises(TraceArchiveError, match=f"exactly one file, this one holds {members}"):
        load_trace(path, "haslemere")


def test_an_unknown_format_names_the_known_ones(tmp_path: Path) -> None:
    unknown: TraceFormat = "foursquare"  # type: ignore[assignment]
    with pytest.raises(TraceFormatError, match='"foursquare" is unknown; known are haslemere, sociopatterns'):
        load_trace(written(tmp_path, "rows.csv", HASLEMERE_ROWS), unknown)
