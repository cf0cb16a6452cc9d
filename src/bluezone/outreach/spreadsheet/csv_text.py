"""CSV as a grid: UTF-8, UTF-16 or windows-1258, with whatever separator the program at hand wrote.

Decides encoding and separator by what makes sense of the text, never by the file's name.
"""

from __future__ import annotations

import csv
import unicodedata
from io import StringIO

from charset_normalizer import from_bytes

from bluezone.outreach.spreadsheet.archive import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, refused
from bluezone.outreach.spreadsheet.grid import Cell, Grid

SEPARATORS = (";", ",", "\t", "|")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LOOKED_AT = 20
_VIETNAMESE = frozenset("ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ")


def read_csv(data: bytes) -> Grid:
    """The only sheet of a CSV.

    Raises:
        SpreadsheetRefused: no known encoding, or over a limit.
    """
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    first_line, _, rest = text.partition("\n")
    first_row = 1
    if first_line.strip().lower().startswith("sep=") and len(first_line.strip()) == 5:
        separator, text, first_row = first_line.strip()[4], rest, 2
    else:
        separator = _separator(text)
    return Grid("", _rows(text, separator, first_row))


def decode(data: bytes) -> str:
    """The text of bytes, with its diacritics composed.

    Raises:
        SpreadsheetRefused: in no encoding it is text.
    """
    for encoding in _candidates(data):
        try:
            text = unicodedata.normalize("NFC", data.decode(encoding))
        except (UnicodeError, LookupError):
            continue
        if _is_text(text):
            return text
    raise refused("file-encoding")


def _candidates(data: bytes) -> list[str]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return [encoding]
    head = data[:2000]
    if head[1::2].count(0) > len(head) // 4:
        return ["utf-16-le"]
    if head[::2].count(0) > len(head) // 4:
        return ["utf-16-be"]
    return ["utf-8", *_single_byte(data)]


def _single_byte(data: bytes) -> list[str]:
    """Windows-1258 where that yields Vietnamese, before what statistics guess."""
    guess = from_bytes(data[:100_000]).best()
    guessed = [guess.encoding] if guess is not None else []
    try:
        text = unicodedata.normalize("NFC", data.decode("cp1258")).lower()
    except UnicodeError:
        return guessed
    letters = sum(letter in _VIETNAMESE for letter in text)
    strange = sum(ord(c) > 127 and c not in _VIETNAMESE and c.isalpha() for c in text)
    return ["cp1258", *guessed] if letters >= strange else [*guessed, "cp1258"]


def _is_text(text: str) -> bool:
    return not any(
        unicodedata.category(c) in ("Cc", "Cn", "Co") and c not in "\r\n\t\ufeff" for c in text[:100_000]
    )


def _separator(text: str) -> str:
    """The one that cuts the first lines into the most equal number of columns."""
    best, best_score = ",", 0
    for separator in SEPARATORS:
        widths = _widths(text[:50_000], separator)
        usual = max(set(widths), key=widths.count, default=1)
        score = widths.count(usual) * (usual - 1)
        if score > best_score:
            best, best_score = separator, score
    return best


def _widths(text: str, separator: str) -> list[int]:
    found: list[int] = []
    try:
        for row in csv.reader(StringIO(text), delimiter=separator):
            found.append(len(row))
            if len(found) == _LOOKED_AT:
                break
    except csv.Error:
        pass  # a field without end; reading the whole says so
    return found


def _rows(text: str, separator: str, first_row: int) -> dict[int, tuple[Cell, ...]]:
    found: dict[int, tuple[Cell, ...]] = {}
    cell_count = 0
    try:
        for number, texts in enumerate(
            csv.reader(StringIO(text, newline=""), delimiter=separator), first_row
        ):
            cells = [Cell(text.strip("\ufeff \t\r\n") or None) for text in texts]
            while cells and cells[-1].is_blank:
                cells.pop()
            cell_count += len(cells)
            _check_limits(number, len(cells), cell_count)
            if cells:
                found[number] = tuple(cells)
    except csv.Error as error:
        raise refused("file-not-spreadsheet") from error
    return found


def _check_limits(row: int, columns: int, cells: int) -> None:
    if row > MAX_ROWS:
        raise refused("sheet-too-long", sheet="CSV", limit=MAX_ROWS)
    if columns > MAX_COLUMNS:
        raise refused("sheet-too-wide", sheet="CSV", limit=MAX_COLUMNS)
    if cells > MAX_CELLS:
        raise refused("sheet-too-many-cells", sheet="CSV", limit=MAX_CELLS)
