"""A printed sheet: text keeps away from the cut, every picture has words for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import byref, c_double, create_string_buffer
from typing import Any

import pypdfium2.raw as pdfium

from bluezone.outreach.kit.checks import Subject
from bluezone.outreach.kit.checks.reading import mark_missing
from bluezone.outreach.kit.pdf import POINTS_PER_MM, opened

_TOLERANCE = 0.5  # points: an italic's overhang is no fault
_DEEPEST = 60


def check_pdf(subject: Subject) -> Iterator[str]:
    """Title, tags, alternative texts and the safe area of every page."""
    with opened(subject.path) as document:
        if not document.get_metadata_dict().get("Title"):
            yield "has no title"
        figures: list[str] = []
        for number, page in enumerate(document, 1):
            yield from _outside(page, number, subject.plan.safe_mm)
            texts = list(_alternative_texts(page))
            figures += texts
            if not all(texts):
                yield f"page {number} has a picture without alternative text"
        if subject.plan.has_qr and not figures:
            yield "is not tagged: no picture of it can be found by a screen reader"
        yield from mark_missing(subject, figures)


def _outside(page: Any, number: int, safe_mm: float) -> Iterator[str]:
    left, bottom, right, top = page.get_trimbox()
    safe = safe_mm * POINTS_PER_MM - _TOLERANCE
    lost = [
        chr(unicode)
        for unicode, (x0, x1, y0, y1) in _letters(page.get_textpage())
        if x0 < left + safe or y0 < bottom + safe or x1 > right - safe or y1 > top - safe
    ]
    if lost:
        yield (
            f"page {number}: {len(lost)} letters nearer than {safe_mm:g} mm to the cut edge, beginning with "
            f"{''.join(lost[:12])!r}"
        )


def _letters(text: Any) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
    """Every letter that leaves ink, with its left, right, bottom and top edge."""
    edges = [c_double() for _ in range(4)]
    for index in range(text.count_chars()):
        unicode = pdfium.FPDFText_GetUnicode(text, index)
        if unicode > ord(" ") and pdfium.FPDFText_GetCharBox(text, index, *map(byref, edges)):
            yield unicode, (edges[0].value, edges[1].value, edges[2].value, edges[3].value)


def _alternative_texts(page: Any) -> Iterator[str]:
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    if not tree:
        return
    try:
        for index in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            yield from _figures(pdfium.FPDF_StructTree_GetChildAtIndex(tree, index), 0)
    finally:
        pdfium.FPDF_StructTree_Close(tree)


def _figures(element: Any, depth: int) -> Iterator[str]:
    if not element or depth > _DEEPEST:
        return
    if _text(pdfium.FPDF_StructElement_GetType, element) == "Figure":
        yield _text(pdfium.FPDF_StructElement_GetAltText, element).strip()
    for index in range(pdfium.FPDF_StructElement_CountChildren(element)):
        yield from _figures(pdfium.FPDF_StructElement_GetChildAtIndex(element, index), depth + 1)


def _text(function: Any, element: Any) -> str:
    length = function(element, None, 0)
    buffer = create_string_buffer(max(2, length))
    function(element, buffer, length)
    return buffer.raw[: max(0, length - 2)].decode("utf-16-le", errors="replace")
