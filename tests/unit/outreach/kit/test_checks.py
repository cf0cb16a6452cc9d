"""Each check finds its fault: a wrong code, a wrong letter, a text at the cut, a picture without words."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import segno
import typst
from docx import Document
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bluezone.outreach.kit.checks import Subject, check_file
from bluezone.outreach.kit.checks.reading import PICTURE_TEXT, plain
from bluezone.outreach.kit.glyphs import FONT_FOLDER, uncovered
from bluezone.outreach.kit.items import FilePlan, find_item
from bluezone.outreach.kit.unit_file import load_unit
from tests.unit.outreach.kit.conftest import EXAMPLE

UNIT = load_unit(EXAMPLE)
SAID = f"{UNIT.name['vi']} {UNIT.shown_address} {UNIT.national_hotline} {UNIT.province_hotline}"


def plan(item: str, number: int = 0) -> FilePlan:
    """The plan of a file of an item."""
    found = find_item(item)
    assert found
    return found.files[number]


def subject(path: Path, wanted: FilePlan) -> Subject:
    """A file to be checked, in Vietnamese."""
    item = find_item("poster")
    assert item
    return Subject(path, item, wanted, "vi", UNIT.facts())


def sheet(tmp_path: Path, body: str, title: str = "A title") -> Path:
    """A PDF of one A4 page."""
    code = segno.make(UNIT.address, error="m").svg_inline(border=0, scale=4, omitsize=True)
    source = f"""#set document(title: "{title}", date: none)
#set page(width: 210mm, height: 297mm, margin: 20mm)
#set text(font: "Be Vietnam Pro", lang: "vi", fallback: false)
#let code = bytes(sys.inputs.code)
{body}"""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONT_FOLDER)])
    compiler = typst.Compiler(source.encode(), font_paths=fonts, sys_inputs={"code": code})
    made = compiler.compile(format="pdf")
    path = tmp_path / "sheet.pdf"
    assert isinstance(made, bytes)
    path.write_bytes(made)
    return path


CODE = '#image(code, format: "svg", width: 60mm, alt: "QR")'
PAPER = plan("faq")


def test_a_right_sheet_is_right(tmp_path: Path) -> None:
    assert list(check_file(subject(sheet(tmp_path, f"{SAID}\n\n{CODE}"), PAPER))) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (SAID, "cannot be read as printed"),
        (SAID + "\n\n" + CODE.replace("60mm", "4mm"), "cannot be read as seen from"),
        (SAID.replace("1900 9095", "1900 9096") + CODE, "does not say national_hotline '1900 9095' exactly"),
        (SAID.replace("Nghĩa", "Nghia") + CODE, "does not say name 'Phường Bắc Gia Nghĩa' exactly"),
        (SAID.replace("bluezone.ex", "bluezome.ex") + CODE, "does not say address"),
        (SAID + CODE + "#place(top + left, dx: -15mm)[at the edge]", "letters nearer than 10 mm"),
        (SAID + CODE.replace(', alt: "QR"', ""), "picture without alternative text"),
        (SAID + CODE + "北 x", "shows 1 characters as empty boxes"),
    ],
)
def test_a_fault_of_a_sheet_is_found(tmp_path: Path, body: str, said: str) -> None:
    found = list(check_file(subject(sheet(tmp_path, body), PAPER)))
    assert [one for one in found if said in one], found


def test_a_sheet_without_title_is_found(tmp_path: Path) -> None:
    found = list(check_file(subject(sheet(tmp_path, SAID + CODE, title=""), PAPER)))
    assert found == ["sheet.pdf: has no title"]


def test_missing_and_too_large_files_are_found(tmp_path: Path) -> None:
    assert list(check_file(subject(tmp_path / "none.pdf", PAPER))) == ["none.pdf was not made"]
    path = sheet(tmp_path, SAID + CODE)
    found = list(check_file(subject(path, replace(PAPER, limit_bytes=100))))
    assert "it may have 1 to 100" in found[0]


def picture(tmp_path: Path, address: str, said: str, side: int = 300) -> Path:
    """A PNG with a code."""
    out = BytesIO()
    segno.make(address, error="m").save(out, kind="png", scale=6, border=4)
    info = PngInfo()
    if said:
        info.add_itxt(PICTURE_TEXT, said)
    path = tmp_path / "banner.png"
    with Image.open(out) as drawn:
        drawn.convert("L").resize((side, side), Image.Resampling.BOX).save(path, pnginfo=info)
    return path


def test_pictures_are_read_too(tmp_path: Path) -> None:
    banner = plan("banner")
    assert list(check_file(subject(picture(tmp_path, UNIT.address, SAID), banner))) == []
    found = list(check_file(subject(picture(tmp_path, "https://other.example/", SAID), banner)))
    assert "leads to 'https://other.example/' instead of" in found[0]
    found = list(check_file(subject(picture(tmp_path, UNIT.address, ""), banner)))
    assert found == ["banner.png: has no alternative text"]
    found = list(check_file(subject(picture(tmp_path, UNIT.address, SAID.replace("9095", "")), banner)))
    assert "national_hotline" in found[0]


def test_a_poster_is_looked_at_from_a_metre(tmp_path: Path) -> None:
    # 111 pixels at 150 ppi are 2 cm: fine in the hand, too small at one metre.
    found = list(check_file(subject(picture(tmp_path, UNIT.address, SAID, side=111), plan("poster", 2))))
    assert found == ["banner.png: the QR code cannot be read as seen from 1.0 m"]


def test_office_files_are_read(tmp_path: Path) -> None:
    made, path = Document(), tmp_path / "letter.docx"
    made.add_paragraph(SAID)
    made.save(str(path))
    wanted = plan("templates")
    assert list(check_file(subject(path, wanted))) == []
    image = BytesIO()
    Image.new("L", (9, 9)).save(image, "PNG")
    made.add_picture(image)
    made.save(str(path))
    assert "has no alternative text" in next(iter(check_file(subject(path, wanted))))
    path.write_bytes(b"PK not really")
    assert list(check_file(subject(path, wanted))) == ["letter.docx: is no office file"]


def test_texts_are_read(tmp_path: Path) -> None:
    path = tmp_path / "script.txt"
    path.write_text(SAID, encoding="utf-8")
    assert list(check_file(subject(path, plan("audio", 2)))) == []
    path.write_bytes(b"\xff")
    assert list(check_file(subject(path, plan("audio", 2)))) == ["script.txt: is not UTF-8 text"]


def test_plain_text_and_glyphs() -> None:
    assert plain("1900\u00a09095\n x") == "1900 9095 x"
    assert uncovered("Đường Nghĩa, ậ ỡ ữ “…” · 1900") == []
    assert uncovered("北✓") == ["✓", "北"]
