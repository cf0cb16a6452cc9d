"""Whether a text fits its box on a slide, and how large it may be, by the widths of the letters.

Office programs set slides themselves, in Arial, which is not ours to ship. Decides to measure with the
typeface of the sheets instead: its letters are a little wider than Arial's, so what fits here fits there, and
mostly with room to spare. Lengths are points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from fontTools.ttLib import TTFont

from bluezone.outreach.kit.glyphs import FONT_FOLDER

LINE_HEIGHT = 1.2  # of single spacing, in letter sizes
# What office programs leave free around the text of a box.
INSET_SIDE, INSET_TOP = 7.2, 3.6
_STEP = 0.5
_UNKNOWN_WIDTH = 1.0


@dataclass(frozen=True, slots=True)
class Lines:
    """A paragraph, which is broken where it must.

    Attributes:
        text: without line breaks.
        size: of its letters.
        bold: whether they are.
        after: room below it.
    """

    text: str
    size: float
    bold: bool = False
    after: float = 0.0


def height_of(paragraphs: Sequence[Lines], width: float) -> float:
    """How high paragraphs are in a box so wide, with what stays free above and below them."""
    inner = width - 2 * INSET_SIDE
    lines = sum(_count(one, inner) * one.size * LINE_HEIGHT + one.after for one in paragraphs)
    return lines + 2 * INSET_TOP - (paragraphs[-1].after if paragraphs else 0)


def fitting_size(text: str, box: tuple[float, float], size: float, least: float, bold: bool) -> float | None:
    """The largest size, from `size` down, in which a text fits; None when it does not even in the least.

    Args:
        text: each line break begins a paragraph.
        box: width and height.
        size: wanted.
        least: that can still be read.
        bold: whether its letters are.
    """
    while size >= least:
        paragraphs = [Lines(one, size, bold) for one in text.split("\n")]
        if height_of(paragraphs, box[0]) <= box[1]:
            return size
        size -= _STEP
    return None


def _count(paragraph: Lines, width: float) -> int:
    """Into how many lines it breaks: between words, and within one that is longer than a line."""
    blank = _width(" ", paragraph)
    count, used = 1, 0.0
    for word in paragraph.text.split(" "):
        length = _width(word, paragraph)
        if used and used + blank + length > width:
            count, used = count + 1, 0.0
        used += length + (blank if used else 0.0)
        if used > width:
            more = int(used // width)
            count, used = count + more, used - more * width
    return count


def _width(text: str, paragraph: Lines) -> float:
    widths = _widths(paragraph.bold)
    return sum(widths.get(ord(sign), _UNKNOWN_WIDTH) for sign in text) * paragraph.size


@cache
def _widths(bold: bool) -> dict[int, float]:
    """Code point to width, in letter sizes."""
    with TTFont(FONT_FOLDER / f"BeVietnamPro-{'Bold' if bold else 'Regular'}.ttf") as font:
        metrics, em = font["hmtx"].metrics, font["head"].unitsPerEm
        return {sign: metrics[name][0] / em for sign, name in font.getBestCmap().items()}
