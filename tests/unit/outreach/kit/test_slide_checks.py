"""Texts of slides that do not fit are found, and the slides of long names are made to fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pptx import Presentation
from pptx.util import Inches, Pt

from bluezone.outreach.kit.checks import CHECKS, Subject
from bluezone.outreach.kit.checks.slides import check_slides
from bluezone.outreach.kit.errors import NameTooLong
from bluezone.outreach.kit.items import find_item
from bluezone.outreach.kit.office.slides import slides
from bluezone.outreach.kit.unit_file import MAX_ADDRESS_LENGTH, load_unit
from tests.unit.outreach.kit.conftest import EXAMPLE, MakeJob, MakeUnit

UNIT = load_unit(EXAMPLE)
NAMES = {
    60: "Phường Nguyễn Thị Minh Khai - Quảng Trường và Xuân Hương Tây",
    79: "Phường Nguyễn Thị Minh Khai và các xã Quảng Trường, Đắk R'lấp, Ea H'leo, Hương",
    118: "Ban chỉ đạo phòng, chống dịch phường Nguyễn Thị Minh Khai, Quảng Trường Nghĩa, "
    "Thượng Phường Bình Khương và Đắk Sắk",
}


def found(path: Path) -> list[str]:
    """What the check says."""
    item = find_item("introduction")
    assert item
    return list(check_slides(Subject(path, item, item.files[0], "vi", UNIT.facts())))


def slide(tmp_path: Path, *texts: tuple[str, float, float]) -> Path:
    """One slide with texts: words, top and height in inches."""
    made, path = Presentation(), tmp_path / "slides.pptx"
    made.slide_height = Inches(7.5)
    shown = made.slides.add_slide(made.slide_layouts[6])
    for words, top, height in texts:
        box = shown.shapes.add_textbox(Inches(1), Inches(top), Inches(4), Inches(height)).text_frame
        box.text = words
        box.paragraphs[0].runs[0].font.size = Pt(20)
    made.save(str(path))
    return path


def test_texts_with_room_are_right(tmp_path: Path) -> None:
    assert found(slide(tmp_path, ("một", 1, 0.5), ("hai", 1.5, 0.5), ("3", 1, 0.5))) == []


def test_a_text_that_is_too_long_is_found(tmp_path: Path) -> None:
    long = "một hai ba bốn " * 8
    assert found(slide(tmp_path, (long, 1, 0.5))) == [
        f"slide 1: the text {long.strip()[:40]!r} is too long for its place"
    ]
    assert "too long" in found(slide(tmp_path, ("một", 7.3, 0.5)))[0]


def test_texts_that_run_into_each_other_are_found(tmp_path: Path) -> None:
    assert found(slide(tmp_path, ("một", 1, 0.5), ("hai", 1.2, 0.5))) == [
        "slide 1: the texts 'một' and 'hai' run into each other"
    ]


def test_every_presentation_is_checked() -> None:
    assert "slides:check_slides" in CHECKS[".pptx"]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_long_name_fits_every_slide(make_job: MakeJob, name: str, language: str, tmp_path: Path) -> None:
    unit = replace(UNIT, name={"vi": name, "en": name}, parent={"vi": name, "en": name})
    path = tmp_path / "slides.pptx"
    path.write_bytes(slides(make_job("introduction", language, unit)))
    assert found(path) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_longest_address_fits_every_slide(make_job: MakeJob, language: str, tmp_path: Path) -> None:
    address = "https://bluezone.example/".ljust(MAX_ADDRESS_LENGTH, "a")
    path = tmp_path / "slides.pptx"
    path.write_bytes(slides(make_job("introduction", language, replace(UNIT, address=address))))
    assert found(path) == []


def test_a_name_that_does_not_fit_is_said(make_job: MakeJob, make_unit: MakeUnit) -> None:
    unit = make_unit(name='"' + "W" * 120 + '"', parent='"' + "M" * 119 + '"')
    with pytest.raises(NameTooLong, match=r"unit\.name is too long for the slides"):
        slides(make_job("introduction", unit=unit))
