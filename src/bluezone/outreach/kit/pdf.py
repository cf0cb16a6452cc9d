"""PDF files opened one at a time: pdfium serves one thread only, and items are built by several."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import RLock
from typing import Any

import pypdfium2

POINTS_PER_MM = 72 / 25.4
_ALONE = RLock()
_OWN_NAME = re.compile(rb"(/ID\[[^\r\n]{1,100})<[0-9A-F]{32}>\]>>")


@contextmanager
def opened(source: Path | bytes) -> Iterator[Any]:
    """A document while nobody else uses pdfium; its pages are used within the block only."""
    with _ALONE:
        document = pypdfium2.PdfDocument(source)
        try:
            yield document
        finally:
            document.close()


def with_bleed_box(content: bytes, slug_mm: float) -> bytes:
    """Gives a PDF with crop marks its right bleed box.

    Args:
        content: as typst wrote it, which takes everything outside of the cut for bleed.
        slug_mm: how much of that is only room for the marks.
    """
    slug = slug_mm * POINTS_PER_MM
    out = BytesIO()
    with opened(content) as document:
        for page in document:
            left, bottom, right, top = page.get_mediabox()
            page.set_bleedbox(left + slug, bottom + slug, right - slug, top - slug)
        document.save(out)
    # pdfium draws a new name for the file each time; the same sheet shall be the same bytes.
    name = hashlib.sha256(content).hexdigest()[:32].upper().encode()
    return _OWN_NAME.sub(rb"\g<1><" + name + rb">]>>", out.getvalue())
