"""Text read back from a file: is everything there, spelled exactly, and can the typeface show it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

import pypdfium2.raw as pdfium
from PIL import Image

from bluezone.outreach.kit.checks import Subject
from bluezone.outreach.kit.checks.archive import DRAWING, UNREADABLE, WORD, parts
from bluezone.outreach.kit.glyphs import FAMILY, uncovered
from bluezone.outreach.kit.naming import inline_name
from bluezone.outreach.kit.pdf import opened
from bluezone.outreach.kit.wording import mark_text

# The one thing that every item asks for, however it words it.
ASKED = {"vi": "3 người khác", "en": "3 others"}
PICTURE_TEXT = "Description"  # the alternative text of a PNG, as an iTXt chunk


def plain(text: str) -> str:
    """Text with its letters composed and any run of white space, no-break spaces included, as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def facts_missing(subject: Subject, text: str) -> Iterator[str]:
    """Facts that must stand in a text and do not, each as a sentence; and what every item asks for."""
    unit, read = subject.unit, plain(text)
    name = unit["name"].get(subject.language, next(iter(unit["name"].values())))
    expected = {
        "name": name,
        "address": unit["address"].removeprefix("https://").rstrip("/"),
        "national_hotline": unit["national_hotline"],
        "province_hotline": unit["province_hotline"],
    }
    for fact in subject.plan.says:
        forms = {expected[fact], inline_name(name, subject.language)} if fact == "name" else {expected[fact]}
        if not any(plain(form) in read for form in forms):
            yield f"does not say {fact} {expected[fact]!r} exactly"
    if ASKED[subject.language] not in read:
        yield f"does not ask to install it for {ASKED[subject.language]!r}"


def mark_missing(subject: Subject, texts: Iterable[str]) -> Iterator[str]:
    """Whether Bluezone's mark is among the pictures; it is where the code is.

    Args:
        subject: what was read.
        texts: the alternative texts of its pictures.
    """
    if subject.plan.has_qr and mark_text(subject.language) not in texts:
        yield "does not show Bluezone's mark, or not with its alternative text"


def check_pdf(subject: Subject) -> Iterator[str]:
    """The text of all pages."""
    with opened(subject.path) as document:
        pages = [page.get_textpage() for page in document]
        text = "\n".join(page.get_text_range() for page in pages)
        boxes = sum(
            pdfium.FPDFText_GetUnicode(page, at) == 0 for page in pages for at in range(page.count_chars())
        )
    yield from facts_missing(subject, text)
    if boxes:
        # A glyph without a character behind it is .notdef: an empty box on paper.
        yield f"shows {boxes} characters as empty boxes: {FAMILY} lacks them"
    # pdfium marks a hyphen at the end of a line with U+FFFE or U+0002.
    if lacking := uncovered(text.replace("\ufffe", "-").replace("\x02", "-")):
        yield f"has characters that {FAMILY} lacks: {' '.join(lacking[:5])}"


def check_office(subject: Subject) -> Iterator[str]:
    """The text of all parts of a DOCX or PPTX; alternative text for every picture in it."""
    try:
        trees = list(parts(subject.path))
    except UNREADABLE:
        yield "is no office file"
        return
    text = " ".join(_runs(trees))
    yield from facts_missing(subject, text)
    if lacking := uncovered(text):
        yield f"has characters that {FAMILY} lacks: {' '.join(lacking[:5])}"
    described = [picture for tree in trees for picture in _pictures(tree)]
    for picture in described:
        if not picture.get("descr", "").strip():
            yield f"a picture ({picture.get('name', '?')}) has no alternative text"
    yield from mark_missing(subject, (picture.get("descr", "") for picture in described))


def check_picture(subject: Subject) -> Iterator[str]:
    """The alternative text that goes with a picture; what it shows is checked where it is set."""
    with Image.open(subject.path) as picture:
        text = str(picture.info.get(PICTURE_TEXT, ""))
    if not text:
        yield "has no alternative text"
    else:
        yield from facts_missing(subject, text)


def check_text(subject: Subject) -> Iterator[str]:
    """A plain text file."""
    try:
        yield from facts_missing(subject, subject.path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        yield "is not UTF-8 text"


def _runs(trees: Iterable[ElementTree.Element]) -> Iterator[str]:
    for tree in trees:
        for paragraph in (*tree.iter(f"{DRAWING}p"), *tree.iter(f"{WORD}p")):
            yield "".join(
                one.text or "" for one in paragraph.iter() if one.tag in (f"{DRAWING}t", f"{WORD}t")
            )


def _pictures(tree: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for holder in tree.iter():
        if holder.tag.endswith("}nvPicPr"):
            yield from (child for child in holder if child.tag.endswith("}cNvPr"))
        elif holder.tag.endswith("}inline"):
            yield from (child for child in holder if child.tag.endswith("}docPr"))
