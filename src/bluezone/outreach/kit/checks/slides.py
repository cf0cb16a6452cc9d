"""A slide as it is set: every text fits its box, stays on the slide, and runs into no other text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

from bluezone.outreach.kit.checks import Subject
from bluezone.outreach.kit.checks.archive import DRAWING, UNREADABLE, parts
from bluezone.outreach.kit.fitting import INSET_TOP, Lines, height_of

_EMU_PER_POINT = 12_700
_SLIDE_HEIGHT = 540.0  # points: 7.5 inches
_DEFAULT_SIZE = 18.0
_TOLERANCE = 1.0


@dataclass(frozen=True, slots=True)
class _Text:
    """A text box: its words, and where its letters are, in points from the upper left corner."""

    words: str
    left: float
    right: float
    top: float
    bottom: float
    is_over: bool


def check_slides(subject: Subject) -> Iterator[str]:
    """Every slide of a PPTX."""
    try:
        slides = [[*_texts(tree)] for tree in parts(subject.path)]
    except UNREADABLE:
        return  # said by the check of its text
    for number, texts in enumerate(slides, 1):
        for one in texts:
            if one.is_over or one.bottom > _SLIDE_HEIGHT + _TOLERANCE:
                yield f"slide {number}: the text {one.words!r} is too long for its place"
        for one, other in combinations(texts, 2):
            if _touch(one, other):
                yield f"slide {number}: the texts {one.words!r} and {other.words!r} run into each other"


def _touch(one: _Text, other: _Text) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > _TOLERANCE and down > _TOLERANCE


def _texts(tree: ElementTree.Element) -> Iterator[_Text]:
    for shape in tree.iter():
        frame = shape.find(f".//{DRAWING}xfrm") if shape.tag.endswith("}sp") else None
        paragraphs = [_lines(one) for one in shape.iter(f"{DRAWING}p")] if frame is not None else []
        words = " ".join(one.text for one in paragraphs).strip()
        if frame is not None and words and not words.isdigit():
            yield _placed(shape, frame, paragraphs, words)


def _placed(
    shape: ElementTree.Element, frame: ElementTree.Element, paragraphs: list[Lines], words: str
) -> _Text:
    at, size = (frame.find(f"{DRAWING}{name}") for name in ("off", "ext"))
    if at is None or size is None:
        raise ValueError("a text has no place")
    left, top = (int(at.attrib[name]) / _EMU_PER_POINT for name in ("x", "y"))
    width, height = (int(size.attrib[name]) / _EMU_PER_POINT for name in ("cx", "cy"))
    needed = height_of(paragraphs, width)
    form = shape.find(f".//{DRAWING}bodyPr")
    is_middle = form is not None and form.get("anchor") == "ctr"
    # Letters, without what stays free around them.
    first = top + (max(0.0, height - needed) / 2 if is_middle else 0.0)
    return _Text(
        words[:40],
        left,
        left + width,
        first + INSET_TOP,
        first + needed - INSET_TOP,
        needed > height + _TOLERANCE,
    )


def _lines(paragraph: ElementTree.Element) -> Lines:
    runs = list(paragraph.iter(f"{DRAWING}rPr"))
    sizes = [int(one.attrib["sz"]) / 100 for one in runs if "sz" in one.attrib]
    after = paragraph.find(f".//{DRAWING}spcAft/{DRAWING}spcPts")
    return Lines(
        "".join(one.text or "" for one in paragraph.iter(f"{DRAWING}t")),
        max(sizes, default=_DEFAULT_SIZE),
        any(one.get("b") == "1" for one in runs),
        int(after.attrib["val"]) / 100 if after is not None else 0.0,
    )
