"""CSV as offices save it: encodings, separators, quotes, and what is no text at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest

from bluezone.outreach.errors import SpreadsheetRefused
from bluezone.outreach.spreadsheet.csv_text import decode
from tests.unit.outreach.spreadsheet.files import PHU_ROW, TITLES, codes, stopping, verdict

TEXT = "Đơn vị;Dân số;Đã cài;Khó khăn\r\nPhường Nghĩa Phú;11.000;3.000;người già, máy cũ; ở xa\r\n"


def table(separator: str, rows: Sequence[Sequence[object]]) -> str:
    """Rows as CSV, every text in quotes."""
    lines = [separator.join(f'"{cell}"' for cell in row) for row in rows]
    return "\r\n".join(lines) + "\r\n"


def as_1258(text: str) -> bytes:
    """Text in windows-1258: base letters with their hats, tones as marks of their own."""
    out = bytearray()
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            spelled = unicodedata.normalize("NFD", letter)
            tone = next(mark for mark in spelled if mark in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", spelled.replace(tone, ""))
            out += base.encode("cp1258") + tone.encode("cp1258")
    return bytes(out)


ENCODINGS = {
    "utf-8": lambda text: text.encode("utf-8"),
    "utf-8 with mark": lambda text: text.encode("utf-8-sig"),
    "utf-8 decomposed": lambda text: unicodedata.normalize("NFD", text).encode("utf-8"),
    "utf-16 with mark": lambda text: text.encode("utf-16"),
    "utf-16 little": lambda text: text.encode("utf-16-le"),
    "utf-16 big": lambda text: text.encode("utf-16-be"),
    "windows-1258": as_1258,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"], ids=["semicolon", "comma", "tab", "bar"])
def test_every_encoding_with_every_separator(encoding: str, separator: str) -> None:
    data = ENCODINGS[encoding](table(separator, [TITLES, PHU_ROW]))
    found = verdict(data)
    assert not stopping(found)
    assert found.reports[0].unit_id == "nghia-phu"
    assert found.reports[0].figures.residents_installed == 3000


def test_excels_own_separator_line_is_followed_and_rows_keep_their_numbers() -> None:
    text = "sep=|\r\n" + table("|", [TITLES, (*PHU_ROW[:9], "-5", 12)])
    assert ("count-negative", "J3") in codes(verdict(text.encode()))


def test_numbers_in_groups_do_not_break_a_table_with_commas() -> None:
    text = table(",", [TITLES, (1, "Phường Nghĩa Phú", "11,000", "6,000", 30, 30, "3,000", 400, 6, 900, 12)])
    found = verdict(text.encode())
    assert found.reports[0].figures.population == 11_000
    assert ("text-number", "C2") in codes(found)


def test_quoted_line_breaks_stay_in_their_cell() -> None:
    rows = [(*TITLES, "Khó khăn"), (*PHU_ROW, "máy cũ\nsóng yếu")]
    assert verdict(table(";", rows).encode()).reports[0].difficulties == "máy cũ\nsóng yếu"


def test_the_older_encoding_is_read_as_vietnamese() -> None:
    assert decode(as_1258(TEXT)) == TEXT
    assert "Đắk R’Moan" in decode(as_1258("Xã Đắk R’Moan; Xã Đắk Nia"))


@pytest.mark.parametrize(
    "data",
    [b"\x00\x01\x02\x03" * 50, b"\x89PNG\r\n\x1a\n" + bytes(range(256)), b"%PDF-1.7\n\x00\x00"],
    ids=["zeros", "picture", "pdf"],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(SpreadsheetRefused):
        verdict(data)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Đơn vị;Dân số;Đã cài\n" + "\n" * 20_001, "sheet-too-long"),
        ("Đơn vị;Dân số;Đã cài\n" + "1;" * 201 + "1\n", "sheet-too-wide"),
        ("Đơn vị;Dân số;Đã cài\n" + ("1;" * 150 + "1\n") * 2000, "sheet-too-many-cells"),
        ('Đơn vị;Dân số\n"' + "x" * 200_000, "file-not-spreadsheet"),
        ("chỉ là một câu\n", "file-header-missing"),
    ],
    ids=["long", "wide", "cells", "endless quote", "prose"],
)
def test_tables_without_end_are_refused(text: str, code: str) -> None:
    with pytest.raises(SpreadsheetRefused) as refused:
        verdict(text.encode())
    assert [one.code for one in refused.value.problems] == [code]
