"""Reading rows: faults on their own lines, and lines that never end."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from bluezone.lab.csv_rows import MAX_LINE_BYTES, header_of, rows_of
from bluezone.lab.errors import RecordingMalformed, RecordingsMissing

COLUMNS = ("name", "number")
HEADER = b"name,number\n"


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "rows.csv"
    path.write_bytes(data)
    return path


def test_rows_with_their_lines(tmp_path: Path) -> None:
    path = written(tmp_path, b'\xef\xbb\xbfname, number\r\n a ,1\r\n\r\n"b\r\nc",2\r\n,\r\nd,3')
    assert header_of(path) == list(COLUMNS)
    found = [(row.line, *row.cells.values()) for row in rows_of(path, COLUMNS, ())]
    assert found == [(2, "a", "1"), (5, "b\r\nc", "2"), (7, "d", "3")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            HEADER + b"a,1\n" * 24 + b"Jos\xe9,1\n" + b"a,1\n" * 9,
            r"Line 26: not text in UTF-8 \(byte 0xe9 at place 4",
        ),
        (b"n\xe4me,number\n", "Line 1: not text"),
        (HEADER + b"a,1\n\xef\xbb\xbf\xff", "Line 3: not text"),
        (HEADER + b"a,1\na" + b"1" * MAX_LINE_BYTES, f"Line 3: longer than {MAX_LINE_BYTES} bytes"),
        (b"1" * (MAX_LINE_BYTES + 1), "Line 1: longer"),
        (b"name,number\ra,1\rb,2\r", "Line 1: a carriage return within it"),
        (HEADER + b'a,1\n"a,1\n', "Line 3: not CSV"),
        (HEADER + b"a,1\na,\0\n", "Line 3: (not CSV|number)"),
        (b"", "Line 1: the header lacks name, number"),
    ],
)
def test_a_fault_is_of_its_own_line(tmp_path: Path, data: bytes, said: str) -> None:
    path = written(tmp_path, data)
    with pytest.raises(RecordingMalformed, match=said):
        header_of(path)
        for row in rows_of(path, COLUMNS, ()):
            row.number("number", 0, 9)


def test_a_line_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = written(tmp_path, b"")
    with path.open("wb") as file:
        file.truncate(60_000_000)
    tracemalloc.start()
    with pytest.raises(RecordingMalformed, match="Line 1: longer"):
        header_of(path)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("name", ["none.csv", "n" * 300, ".", "nul\0"])
def test_files_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecordingsMissing):
        header_of(tmp_path / name)
