"""An XLSX as an archive: bounded before anything is parsed, and looked through for what parsers hide.

Decides what is refused unread: too large packed or unpacked, macros, passwords, entities, more cells than
a report can have. Finds formulas, merged ranges and hidden rows. Leaves values to `workbook`.
"""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from bluezone.outreach.errors import SpreadsheetRefused
from bluezone.outreach.problem import Problem

MEGABYTE = 1_000_000
MAX_FILE_BYTES = 10 * MEGABYTE
TOO_LARGE = Problem("file-too-large", values={"limit": MAX_FILE_BYTES // MEGABYTE})
MAX_PART_BYTES = 24 * MEGABYTE
MAX_UNPACKED_BYTES = 48 * MEGABYTE
MAX_PARTS = 2_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELLS = 300_000
MAX_MERGES = 10_000
_MAX_TAGS = 2_500_000
# All that the archive reader raises on bytes that somebody has tampered with.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, lzma.LZMAError, NotImplementedError, OSError, EOFError,
    ValueError, RuntimeError, KeyError, IndexError,
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_MACRO_PARTS = ("vbaproject.bin", "macrosheets/", "activex/")
# Sheets never declare entities; a parser that met one might unfold it without end.
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_WIDE_ENCODING = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
# What begins so is a picture, whatever its name: no reader of cells can take it for text.
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
# Settings of printers and the like: their size counts, but they are not text.
_BINARY = (".bin", ".emf", ".wmf")
_CELL = re.compile(rb"<(?:\w{1,20}:)?c[ />]")
# No class of these patterns can run over the next tag: each reads the content once, whatever stands in it.
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?c\b([^<>]*)>\s{0,200}<(?:\w{1,20}:)?f\b")
_MERGE = re.compile(rb"<(?:\w{1,20}:)?mergeCell\b([^<>]*)>")
_MERGED = re.compile(rb"\bref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
_ROW = re.compile(rb"<(?:\w{1,20}:)?row\b([^<>]*)>")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_CELL_AT = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_ROW_AT = re.compile(rb"\br=[\"'](\d{1,7})[\"']")


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, all from 1 and inclusive."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What one sheet's own XML says beside its values.

    Attributes:
        formulas: (row, column) of cells with a formula.
        merges: merged ranges.
        hidden_rows: numbers of rows that are hidden.
    """

    formulas: frozenset[tuple[int, int]]
    merges: tuple[Merge, ...]
    hidden_rows: frozenset[int]


def is_xlsx(data: bytes) -> bool:
    """Whether the content begins as an archive does; the file's name decides nothing."""
    return data.startswith(_ZIP)


def check_size(data: bytes) -> None:
    """That there is something, that it is not too large, and that it is no old or locked workbook.

    Raises:
        SpreadsheetRefused: with the one reason.
    """
    if not data:
        raise refused("file-empty")
    if len(data) > MAX_FILE_BYTES:
        raise refused(TOO_LARGE.code, **TOO_LARGE.values)
    if data.startswith(_OLE):
        raise refused("file-old-or-locked")


def scan_archive(data: bytes) -> dict[str, Scan]:
    """Looks through every XML part within the limits; path of each sheet to what it says.

    Raises:
        SpreadsheetRefused: with the one reason.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return dict(_scanned(archive))
    except _DAMAGE as error:
        raise refused("file-damaged") from error


def refused(code: str, **values: object) -> SpreadsheetRefused:
    """The refusal of a whole file for one reason."""
    return SpreadsheetRefused(f"the spreadsheet was not read: {code}", [Problem(code, values=values)])


def column_number(letters: str) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _scanned(archive: zipfile.ZipFile) -> Iterator[tuple[str, Scan]]:
    parts = archive.infolist()
    names = [part.filename.lower() for part in parts]
    if len(parts) > MAX_PARTS:
        raise refused("file-expands", limit=MAX_UNPACKED_BYTES // MEGABYTE)
    if any(part.flag_bits & 1 for part in parts):
        raise refused("file-old-or-locked")
    if any(macro in name for name in names for macro in _MACRO_PARTS):
        raise refused("file-macros")
    if "xl/workbook.xml" not in names:
        raise refused("file-not-spreadsheet")
    unpacked = 0
    for part in parts:
        if _is_picture(archive, part):
            continue  # never unpacked
        content = _unpacked(archive, part, MAX_UNPACKED_BYTES - unpacked)
        unpacked += len(content)
        is_sheet = "/worksheets/" in f"/{part.filename}"
        if is_sheet or not part.filename.lower().endswith(_BINARY):
            _check_part(part.filename, content)
        if is_sheet:
            yield part.filename.lstrip("/"), _scan_sheet(content)


def _is_picture(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as file:
        return file.read(8).startswith(_PICTURES)


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> bytes:
    limit = min(MAX_PART_BYTES, left)
    with archive.open(part) as file:
        content = file.read(limit + 1)  # what the archive says of the size is not believed
    if len(content) > limit:
        raise refused("file-expands", limit=MAX_UNPACKED_BYTES // MEGABYTE)
    return content


def _check_part(name: str, content: bytes) -> None:
    if content.startswith(_WIDE_ENCODING) or _DECLARATION.search(content):
        raise refused("file-damaged")
    if "macroenabled" in content[:20_000].decode("latin-1").lower() and "content_types" in name.lower():
        raise refused("file-macros")
    if content.count(b"<") > _MAX_TAGS:
        raise refused("file-expands", limit=MAX_UNPACKED_BYTES // MEGABYTE)


def _scan_sheet(content: bytes) -> Scan:
    for count, _ in enumerate(_CELL.finditer(content), 1):
        if count > MAX_CELLS:
            raise refused("sheet-too-many-cells", sheet="", limit=MAX_CELLS)
    formulas = (_CELL_AT.search(found.group(1)) for found in _FORMULA.finditer(content))
    rows = (found.group(1) for found in _ROW.finditer(content))
    hidden = (_ROW_AT.search(attributes) for attributes in rows if _HIDDEN.search(attributes))
    merges = []
    for tag in _MERGE.finditer(content):
        found = _MERGED.search(tag.group(1))
        if found is None:
            continue
        first, first_row, last, last_row = (text.decode() for text in found.groups())
        merges.append(Merge(int(first_row), column_number(first), int(last_row), column_number(last)))
        if len(merges) > MAX_MERGES:
            raise refused("file-damaged")
    return Scan(
        frozenset((int(at.group(2)), column_number(at.group(1).decode())) for at in formulas if at),
        tuple(merges),
        frozenset(int(at.group(1)) for at in hidden if at),
    )
