"""Reads rows of a CSV file that somebody brings: bounded, checked, refused with the number of the line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bluezone.lab.errors import RecordingMalformed, RecordingsMissing

MAX_ROWS = 5_000_000
# The longest row: a window of `scoring.MAX_SCANS` scans with two levels each.
MAX_LINE_BYTES = 128_000
MAX_NAME = 100
_NEAR = {"1": True, "near": True, "true": True, "0": False, "far": False, "false": False}


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        line: its number in the file, for people.
        cells: column to text without spaces around it.
    """

    line: int
    cells: Mapping[str, str]

    def refuse(self, reason: str) -> RecordingMalformed:
        """The error that says what is wrong with this row."""
        return RecordingMalformed(f"Line {self.line}: {reason}.")

    def name(self, column: str) -> str:
        """A name of 1 to 100 characters.

        Raises:
            RecordingMalformed: there is none.
        """
        text = self.cells[column]
        if not text or len(text) > MAX_NAME:
            raise self.refuse(f"{column} has no name of 1 to {MAX_NAME} characters")
        return text

    def number(self, column: str, low: float, high: float) -> float | None:
        """A number within limits; None where the cell is empty or the file has no such column.

        Raises:
            RecordingMalformed: anything else.
        """
        text = self.cells.get(column, "")
        return self.parsed(column, text, low, high) if text else None

    def parsed(self, column: str, text: str, low: float, high: float) -> float:
        """A number that is part of a cell.

        Raises:
            RecordingMalformed: not a number within the limits.
        """
        try:
            value = float(text)
        except ValueError as error:
            raise self.refuse(f"{column} is {text[:20]!r}, not a number") from error
        if not low <= value <= high:
            raise self.refuse(f"{column} is {text[:20]}; expected {low:g} to {high:g}")
        return value

    def near(self) -> bool | None:
        """The label; None where it is not known.

        Raises:
            RecordingMalformed: not a label.
        """
        text = self.cells.get("near", "")
        if text and text.lower() not in _NEAR:
            raise self.refuse(f"near is {text[:20]!r}; write 1 or 0, or leave it empty")
        return _NEAR[text.lower()] if text else None


def header_of(path: Path) -> list[str]:
    """Names of the columns.

    Raises:
        RecordingsMissing: no such file, or it cannot be read.
        RecordingMalformed: not CSV, not text in UTF-8, or a line without end.
    """
    try:
        return _names(next(csv.reader(_lines(path)), []))
    except csv.Error as error:
        raise RecordingMalformed(f"Line 1: not a header in CSV ({error}).") from error


def rows_of(path: Path, required: Sequence[str], optional: Sequence[str]) -> Iterator[Row]:
    """All rows that are not blank.

    Raises:
        RecordingsMissing: no such file, or it cannot be read.
        RecordingMalformed: the header or a row is not as it should be; names the line.
    """
    reader = csv.reader(_lines(path), strict=True)
    try:
        header = _names(next(reader, []))
        _check(header, required, optional)
        for count, cells in enumerate(reader):
            if count >= MAX_ROWS:
                raise RecordingMalformed(f"The file has more than {MAX_ROWS} rows; split it by scene.")
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise RecordingMalformed(
                    f"Line {reader.line_num}: {len(cells)} cells, but the header names {len(header)}."
                )
            yield Row(reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=True)))
    except csv.Error as error:
        raise RecordingMalformed(f"Line {reader.line_num}: not CSV ({error}).") from error


def _lines(path: Path) -> Iterator[str]:
    """Lines with their ends, each read and decoded on its own: a fault is of its line, memory is bounded."""
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                yield _decoded(line, number)
    except FileNotFoundError as error:
        raise RecordingsMissing(f"There is no file {path}.") from error
    except (OSError, ValueError) as error:
        raise RecordingsMissing(f"{path} cannot be read: {error}.") from error


def _decoded(line: bytes, number: int) -> str:
    if len(line) > MAX_LINE_BYTES:
        raise RecordingMalformed(f"Line {number}: longer than {MAX_LINE_BYTES} bytes.")
    if b"\r" in line.rstrip(b"\r\n"):
        raise RecordingMalformed(
            f"Line {number}: a carriage return within it; save the file with line ends LF or CR LF."
        )
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise RecordingMalformed(
            f"Line {number}: not text in UTF-8 (byte {line[error.start]:#04x} at place {error.start + 1})."
        ) from error


def _names(cells: Sequence[str]) -> list[str]:
    return [name.strip() for name in cells]


def _check(header: Sequence[str], required: Sequence[str], optional: Sequence[str]) -> None:
    known = [*required, *optional]
    if missing := [name for name in required if name not in header]:
        raise RecordingMalformed(f"Line 1: the header lacks {', '.join(missing)}.")
    if unknown := [name for name in header if name not in known]:
        raise RecordingMalformed(
            f"Line 1: the header has {', '.join(repr(name[:30]) for name in unknown[:5])};"
            f" known are {', '.join(known)}."
        )
    if len(set(header)) != len(header):
        raise RecordingMalformed("Line 1: the header names a column twice.")
