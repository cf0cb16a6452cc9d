"""Every bad row and every oversized file is refused with its own error, the file's name and the line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bluezone.sim.errors import (
    SimError,
    TraceColumnError,
    TraceDistanceError,
    TraceEmptyError,
    TraceError,
    TraceNegativeDistanceError,
    TraceNumberError,
    TraceSelfContactError,
    TraceTimeError,
    TraceTooLargeError,
    TraceTooManyPeopleError,
    TraceTooManyRowsError,
    TraceUnsortedError,
)
from bluezone.sim.trace import TraceFormat, load_trace
from bluezone.sim.trace.load import TraceLimits

# format, second row, error, code, a part of the sentence
BAD_ROWS: list[tuple[TraceFormat, bytes, type[TraceError], str, str]] = [
    ("haslemere", b"5,1,2", TraceColumnError, "trace-column-missing", "found 3 columns, expected 4"),
    ("haslemere", b"5,1,2,3,4", TraceColumnError, "trace-column-missing", "found 5 columns"),
    ("haslemere", b"5 1 2 3", TraceColumnError, "trace-column-missing", "found 1 columns"),
    ("haslemere", b"5,1,2,-1", TraceNegativeDistanceError, "trace-distance-negative", "found -1 m"),
    ("haslemere", b"5,1,2,51", TraceDistanceError, "trace-distance-too-large", "up to 50 m, found 51 m"),
    ("haslemere", b"5,1,2,x", TraceNumberError, "trace-not-a-number", '"metres" must be a whole number'),
    ("haslemere", b"5,1,2,", TraceNumberError, "trace-not-a-number", 'found ""'),
    ("haslemere", b"5,1,2,nan", TraceNumberError, "trace-not-a-number", 'found "nan"'),
    ("haslemere", b"5,1,2,1.5", TraceNumberError, "trace-not-a-number", 'found "1.5"'),
    ("haslemere", b"5,1,2,1_0", TraceNumberError, "trace-not-a-number", 'found "1_0"'),
    ("haslemere", b"5,1,2,--1", TraceNumberError, "trace-not-a-number", 'found "--1"'),
    ("haslemere", b"5,1,2,\xd9\xa3", TraceNumberError, "trace-not-a-number", r"\xd9\xa3"),
    ("haslemere", b"5,1,2," + b"9" * 13, TraceNumberError, "trace-not-a-number", "999"),
    ("haslemere", b"5,-1,2,3", TraceNumberError, "trace-not-a-number", "id must be zero or more, found -1"),
    ("haslemere", b"5,7,7,3", TraceSelfContactError, "trace-self-contact", "person 7"),
    ("haslemere", b"3,1,2,3", TraceUnsortedError, "trace-unsorted", "earlier than the row before"),
    ("haslemere", b"0,1,2,3", TraceTimeError, "trace-time-out-of-range", "steps run from 1"),
    ("haslemere", b"999999,1,2,3", TraceTimeError, "trace-time-out-of-range", "found 999999"),
    ("sociopatterns", b"80 1", TraceColumnError, "trace-column-missing", "expected 3: t, i, j"),
    ("sociopatterns", b"80 1 2 3", TraceColumnError, "trace-column-missing", "found 4 columns"),
    ("sociopatterns", b"80 1 one", TraceNumberError, "trace-not-a-number", 'found "one"'),
    ("sociopatterns", b"80 2 2", TraceSelfContactError, "trace-self-contact", "person 2"),
    ("sociopatterns", b"60 1 2", TraceUnsortedError, "trace-unsorted", "sorted by time"),
    ("sociopatterns", b"90 1 2", TraceTimeError, "trace-time-out-of-range", "multiple of 20 s"),
    ("sociopatterns", b"1385982020 1 2", TraceTimeError, "trace-time-out-of-range", "found 1385982020"),
    ("sociopatterns", b"-20 1 2", TraceTimeError, "trace-time-out-of-range", "found -20"),
]
GOOD_FIRST_ROW: dict[TraceFormat, bytes] = {"haslemere": b"4,1,2,3\n", "sociopatterns": b"80 1 2\n"}


@pytest.mark.parametrize(("format", "row", "error", "code", "part"), BAD_ROWS)
def test_a_bad_row_is_refused_with_its_place(
    tmp_path: Path, *, format: TraceFormat, row: bytes, error: type[TraceError], code: str, part: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(GOOD_FIRST_ROW[format] + row + b"\n")
    with pytest.raises(TraceError) as caught:
        load_trace(path, format)
    assert type(caught.value) is error
    assert caught.value.code == code
    assert (caught.value.source, caught.value.line) == ("bad.csv", 2)
    assert str(caught.value).startswith("bad.csv, line 2: ")
    assert part in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("content", [b"", b"\n \n"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_without_a_row_is_refused(tmp_path: Path, content: bytes, packed: bool) -> None:
    path = tmp_path / ("empty.gz" if packed else "empty.csv")
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(TraceEmptyError, match="holds no contact"):
        load_trace(path, "haslemere")


def test_too_many_rows_people_or_bytes_are_refused_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"1,1,2,3\n2,1,2,3\n3,1,4,3\n")
    assert load_trace(path, "haslemere", TraceLimits(bytes=24, rows=3, people=3)).row_count == 3
    with pytest.raises(TraceTooManyRowsError, match=r"line 3: a trace may have 2 rows"):
        load_trace(path, "haslemere", TraceLimits(rows=2))
    with pytest.raises(TraceTooManyPeopleError, match=r"line 3: a trace may name 2 people"):
        load_trace(path, "haslemere", TraceLimits(people=2))
    with pytest.raises(TraceTooLargeError, match=r"line 3: a trace may unpack to 23 bytes"):
        load_trace(path, "haslemere", TraceLimits(bytes=23))


def test_an_archive_that_unpacks_to_one_endless_line_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"1" * 50_000_000))
    with pytest.raises(TraceTooLargeError, match="line 1: a line may have 200 bytes"):
        load_trace(path, "haslemere")


def test_only_the_simulators_own_errors_escape(tmp_path: Path) -> None:
    path = tmp_path / "noise.csv"
    for number in range(256):
        path.write_bytes(bytes([number]) * 40 + b"\n" + bytes(range(256)))
        with pytest.raises(SimError):
            load_trace(path, "haslemere")
