"""Items as they are really made: sheets, slides and documents pass every check, in both languages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from pptx import Presentation

from bluezone.outreach.kit.checks import Subject, check_file
from bluezone.outreach.kit.errors import NameTooLong
from bluezone.outreach.kit.job import Job
from bluezone.outreach.kit.manifest import CHECK_LINES
from bluezone.outreach.kit.registry import builder_of
from bluezone.outreach.kit.typesetting import Sheet, qr_drawing, qr_side, set_sheet
from tests.unit.outreach.kit.conftest import MakeJob, MakeUnit

LONGEST = (
    "Phường Nguyễn Thị Minh Khai và các xã Đường Hoa Cương, Quảng Trường Nghĩa, Thượng Phường Bình Khương"
)


def built(job: Job) -> list[Path]:
    """Builds an item into its job's folder."""
    builder_of(job.item.id).build(job, lambda _share: None)
    return [job.path(plan.name) for plan in job.item.files]


def faults(job: Job) -> list[str]:
    """What the checks say about an item."""
    facts = job.unit.facts()
    return [
        sentence
        for plan in job.item.files
        for sentence in check_file(Subject(job.path(plan.name), job.item, plan, job.language, facts))
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("item", ["banner", "leaflet", "templates"])
def test_a_cheap_item_passes_every_check(make_job: MakeJob, item: str, language: str) -> None:
    job = make_job(item, language)
    assert all(path.stat().st_size for path in built(job))
    assert faults(job) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("item", ["index", "persuasion", "poster", "faq", "introduction", "standee"])
def test_every_other_item_passes_every_check(make_job: MakeJob, item: str, language: str) -> None:
    job = make_job(item, language)
    built(job)
    assert faults(job) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_item_without_logo_is_whole(make_job: MakeJob, language: str) -> None:
    bare = replace(make_job("leaflet", language), logo_png=None)
    built(bare)
    assert faults(bare) == []


def test_the_same_unit_gives_the_same_bytes(make_job: MakeJob) -> None:
    contents = [
        [path.read_bytes() for path in built(make_job("leaflet", folder=name))] for name in ("a", "b")
    ]
    assert contents[0] == contents[1]


def test_a_print_sheet_has_bleed_and_marks(make_job: MakeJob) -> None:
    pdf = pypdfium2.PdfDocument(set_sheet(make_job("leaflet"), Sheet("leaflet.typ", has_marks=True)))
    left, bottom, right, top = pdf[0].get_trimbox()
    assert ((right - left) / 72 * 25.4, (top - bottom) / 72 * 25.4) == pytest.approx((148, 210), abs=0.1)
    assert (left - pdf[0].get_bleedbox()[0]) / 72 * 25.4 == pytest.approx(3, abs=0.05)
    assert (left - pdf[0].get_mediabox()[0]) / 72 * 25.4 == pytest.approx(8, abs=0.05)
    assert len(pdf) == 2


def test_a_name_too_long_is_said_and_a_long_one_shrinks(make_job: MakeJob, make_unit: MakeUnit) -> None:
    unit = make_unit(name=f'"{LONGEST}"')
    with pytest.raises(NameTooLong, match=r"unit\.name is too long for .* shorter form in the unit file"):
        built(make_job("banner", unit=unit))
    shorter = make_unit(name='"Phường Nguyễn Thị Minh Khai Quảng Trường"')
    job = make_job("banner", unit=shorter)
    built(job)
    assert faults(job) == []


@pytest.mark.slow
def test_the_two_lines_of_the_index_can_be_typed(make_job: MakeJob) -> None:
    job = make_job("index")
    built(job)
    text = "".join(
        page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(job.path("index-{lang}.pdf"))
    )
    assert all(line in text for line in CHECK_LINES)


def test_the_code_is_drawn_as_it_is() -> None:
    address = "https://bluezone.example/gia-nghia"
    assert qr_side(address) in (29, 33)
    assert f'viewBox="0 0 {qr_side(address)} {qr_side(address)}"' in qr_drawing(address)


def test_documents_have_fields_head_and_foot(make_job: MakeJob) -> None:
    job = make_job("templates")
    paths = built(job)
    assert len(paths) == 5
    letter = Document(str(paths[0]))
    xml = letter.element.xml
    assert xml.count("<w:sdt>") >= 8
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in xml
    foot = letter.sections[0].footer.tables[0].rows[0].cells
    assert job.unit.name["vi"] in foot[2].text
    assert job.unit.shown_address in foot[2].text
    assert job.words["call"]["three"] in foot[2].text
    head = letter.tables[0].rows[0].cells[0].paragraphs
    assert [one.text for one in head[:2]] == [
        "ỦY BAN NHÂN DÂN\nTỈNH LÂM ĐỒNG",
        "ỦY BAN NHÂN DÂN\nPHƯỜNG BẮC GIA NGHĨA",
    ]


def test_every_document_carries_the_code_of_its_unit(make_job: MakeJob, make_unit: MakeUnit) -> None:
    job = make_job("templates")
    assert len(built(job)) == 5
    assert all(plan.has_qr for plan in job.item.files)
    other = replace(job, unit=make_unit(address='"https://bluezone.example/xa-khac"'))
    assert sum("a QR code leads to" in sentence for sentence in faults(other)) == 5


@pytest.mark.slow
def test_slides_have_titles_notes_and_words_for_pictures(make_job: MakeJob) -> None:
    job = make_job("introduction")
    built(job)
    slides = list(Presentation(str(job.path("introduction-{lang}.pptx"))).slides)
    assert 8 <= len(slides) <= 10
    for slide in slides:
        assert slide.shapes.title.text_frame.text
        assert len(slide.notes_slide.notes_text_frame.text) > 20
