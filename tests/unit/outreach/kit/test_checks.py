"""Each check finds its fault: a wrong code, a wrong letter, a text at the cut, a picture without words."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path, PurePath

import pytest
import segno
import typst
from docx import Document
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pptx import Presentation
from pptx.util import Inches

from bluezone.outreach.kit.checks import CHECKS, Subject, check_file, reading
from bluezone.outreach.kit.checks.reading import ASKED, PICTURE_TEXT, plain
from bluezone.outreach.kit.errors import BuildStopped
from bluezone.outreach.kit.glyphs import FONT_FOLDER, uncovered
from bluezone.outreach.kit.items import FilePlan, catalogue, find_item
from bluezone.outreach.kit.office.pictures import drawing, qr_png
from bluezone.outreach.kit.unit_file import load_unit
from bluezone.outreach.kit.wording import mark_text, words_for
from tests.unit.outreach.kit.conftest import EXAMPLE

UNIT = load_unit(EXAMPLE)
ASKS = "Cài cho mình và cho 3 người khác."
SAID = f"{UNIT.name['vi']} {UNIT.shown_address} {UNIT.national_hotline} {UNIT.province_hotline} {ASKS}"


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


def sheet(tmp_path: Path, body: str, title: str = "A title", has_mark: bool = True) -> Path:
    """A PDF of one A4 page."""
    code = segno.make(UNIT.address, error="m").svg_inline(border=0, scale=4, omitsize=True)
    mark = f'#image(mark, format: "svg", width: 9mm, alt: "{mark_text("vi")}")' if has_mark else ""
    source = f"""#set document(title: "{title}", date: none)
#set page(width: 210mm, height: 297mm, margin: 20mm)
#set text(font: "Be Vietnam Pro", lang: "vi", fallback: false)
#let code = bytes(sys.inputs.code)
#let mark = bytes("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path d='M0 0h9v9z'/></svg>")
{mark}
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
OTHER = segno.make("https://other.example/", error="m").svg_inline(border=0, scale=4, omitsize=True)
# The same picture, with another code in it.
WRONG_CODE = CODE.replace("(code,", f"(bytes({json.dumps(OTHER)}),")


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
        (SAID.replace(ASKS, "") + CODE, "does not ask to install it for '3 người khác'"),
        (SAID + CODE + "#place(top + left, dx: -15mm)[at the edge]", "letters nearer than 10 mm"),
        (SAID + CODE.replace(', alt: "QR"', ""), "picture without alternative text"),
        (SAID + CODE + "北 x", "shows 1 characters as empty boxes"),
    ],
)
def test_a_fault_of_a_sheet_is_found(tmp_path: Path, body: str, said: str) -> None:
    found = list(check_file(subject(sheet(tmp_path, body), PAPER)))
    assert [one for one in found if said in one], found


def test_the_code_of_every_page_is_read(tmp_path: Path) -> None:
    def found(*bodies: str, of: FilePlan = PAPER) -> list[str]:
        return list(check_file(subject(sheet(tmp_path, "#pagebreak()\n".join(bodies)), of)))

    first = f"{SAID}\n\n{CODE}\n"
    assert found(first, "Two\n", f"Three\n\n{CODE}\n") == []
    assert found(first, f"Two\n\n{WRONG_CODE}\n", "Three") == [
        f"sheet.pdf: page 2: a QR code leads to 'https://other.example/' instead of {UNIT.address}"
    ]
    assert found(first, f"{CODE}{WRONG_CODE}") == found(first, f"Two\n\n{WRONG_CODE}\n", "Three")
    assert "page 1: the QR code cannot be read as printed" in " ".join(found(f"{SAID}\n", CODE))
    two = replace(PAPER, qr_pages=2)
    assert found(first, CODE, of=two) == []
    assert found(first, "Two", of=two)[0] == "sheet.pdf: page 2: the QR code cannot be read as printed"
    assert found(first, of=two) == ["sheet.pdf: has 1 pages; 2 were to carry the QR code"]
    assert plan("leaflet").qr_pages == 2


def test_a_sheet_without_title_is_found(tmp_path: Path) -> None:
    found = list(check_file(subject(sheet(tmp_path, SAID + CODE, title=""), PAPER)))
    assert found == ["sheet.pdf: has no title"]


def test_a_sheet_without_the_mark_is_found(tmp_path: Path) -> None:
    found = list(check_file(subject(sheet(tmp_path, SAID + CODE, has_mark=False), PAPER)))
    assert found == ["sheet.pdf: does not show Bluezone's mark, or not with its alternative text"]


def test_a_name_may_stand_as_in_a_sentence(tmp_path: Path) -> None:
    inline = SAID.replace("Phường Bắc", "của phường Bắc")
    assert list(check_file(subject(sheet(tmp_path, f"{inline}\n\n{CODE}"), PAPER))) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_asked_for_is_what_the_words_ask(language: str) -> None:
    call = words_for(language, UNIT)["call"]
    assert ASKED[language] in call["three"]
    assert ASKED[language] in call["three_short"]


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
    assert list(check_file(subject(path, wanted))) == [
        "letter.docx: the QR code cannot be read as printed",
        "letter.docx: the QR code cannot be read as seen from 0.3 m",
        "letter.docx: does not show Bluezone's mark, or not with its alternative text",
    ]
    wanted = replace(wanted, has_qr=False)
    assert list(check_file(subject(path, wanted))) == []
    image = BytesIO()
    Image.new("L", (9, 9)).save(image, "PNG")
    made.add_picture(image)
    made.save(str(path))
    assert "has no alternative text" in next(iter(check_file(subject(path, wanted))))
    path.write_bytes(b"PK not really")
    assert list(check_file(subject(path, wanted))) == ["letter.docx: is no office file"]


def slides(tmp_path: Path, *addresses: str | None, side: float = 3.0) -> Path:
    """Slides with the facts on the first and a code on each that has an address."""
    made, path = Presentation(), tmp_path / "slides.pptx"
    for number, address in enumerate(addresses):
        slide = made.slides.add_slide(made.slide_layouts[6])
        if number == 0:
            slide.shapes.add_textbox(0, 0, Inches(9), Inches(1)).text_frame.text = SAID
        if address:
            shown = slide.shapes.add_picture(BytesIO(qr_png(address)), 0, Inches(2), width=Inches(side))
            shown._element.nvPicPr.cNvPr.set("descr", "QR")
        if number == 0:
            shown = slide.shapes.add_picture(BytesIO(drawing("mark", 60)), 0, Inches(6), width=Inches(0.5))
            shown._element.nvPicPr.cNvPr.set("descr", mark_text("vi"))
    made.save(str(path))
    return path


def test_the_codes_of_slides_are_read(tmp_path: Path) -> None:
    wanted, wrong = plan("introduction"), "https://other.example/"
    assert wanted.name.endswith(".pptx")

    def found(*addresses: str | None, side: float = 3.0) -> list[str]:
        return list(check_file(subject(slides(tmp_path, *addresses, side=side), wanted)))

    assert found(None, UNIT.address, UNIT.address) == []
    told = f"a QR code leads to {wrong!r} instead of {UNIT.address}"
    assert found(UNIT.address, wrong) == [f"slides.pptx: ppt/slides/slide2.xml: {told}"]
    assert found(wrong) == [f"slides.pptx: ppt/slides/slide1.xml: {told}"]
    assert found(None, None)[0] == "slides.pptx: ppt/slides/slide1.xml: the QR code cannot be read as printed"
    assert found(UNIT.address, side=0.2) == ["slides.pptx: the QR code cannot be read as seen from 0.3 m"]


def test_a_code_that_no_slide_shows_does_not_count(tmp_path: Path) -> None:
    path = slides(tmp_path, None)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("ppt/media/image9.png", qr_png(UNIT.address))
    found = list(check_file(subject(path, plan("introduction"))))
    assert found[0] == "slides.pptx: ppt/slides/slide1.xml: the QR code cannot be read as printed"


def test_a_slide_whose_picture_is_no_picture_is_found(tmp_path: Path) -> None:
    path, damaged = slides(tmp_path, UNIT.address), tmp_path / "damaged.pptx"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(damaged, "w") as archive:
        for name in whole.namelist():
            archive.writestr(name, b"nothing" if name.endswith(".png") else whole.read(name))
    found = list(check_file(subject(damaged, plan("introduction"))))
    assert [one for one in found if "its pictures cannot be read" in one], found


@pytest.mark.parametrize(
    ("name", "item", "number"),
    [
        ("a.pdf", "faq", 0),
        ("a.png", "banner", 0),
        ("a.png", "poster", 2),
        ("a.docx", "templates", 0),
        ("a.pptx", "introduction", 0),
        ("a.mp3", "audio", 0),
        ("a.wav", "audio", 1),
        ("video-8s-vi-1920x1080.mp4", "video-8", 0),
        ("a.srt", "video-8", 2),
    ],
)
def test_a_damaged_file_is_a_sentence(tmp_path: Path, name: str, item: str, number: int) -> None:
    path, whole = tmp_path / name, b"nothing that anybody reads" * 9
    if name.endswith(".pdf"):
        whole = sheet(tmp_path, SAID + CODE).read_bytes()
    elif name.endswith(".png"):
        whole = picture(tmp_path, UNIT.address, SAID).read_bytes()
    elif name.endswith(".pptx"):
        whole = slides(tmp_path, UNIT.address).read_bytes()
    found_item = find_item(item)
    assert found_item
    for content in (whole[: len(whole) // 2], whole[:40], b"GIF89a", b"\0"):
        path.write_bytes(content)
        found = list(check_file(Subject(path, found_item, plan(item, number), "vi", UNIT.facts())))
        assert found, content[:20]
        assert all(sentence.startswith(f"{name}: ") for sentence in found)


def test_a_stop_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def check_text(_: Subject) -> list[str]:
        raise BuildStopped

    monkeypatch.setattr(reading, "check_text", check_text)
    (tmp_path / "a.txt").write_text(SAID, encoding="utf-8")
    with pytest.raises(BuildStopped):
        list(check_file(subject(tmp_path / "a.txt", plan("audio", 2))))


def test_every_kind_of_file_is_checked() -> None:
    planned = {PurePath(one.name).suffix for item in catalogue() for one in item.files}
    assert planned == set(CHECKS)
    assert all(CHECKS.values())


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
