"""The QR code is read back: from the file as it is, and as a telephone would see it from where people stand.

A telephone's preview has about 1,920 pixels over 60 degrees: one metre away a millimetre is 1.66 pixels, and
lens and hand make it soft. That is what the second reading gets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import zxingcpp
from PIL import Image, ImageFilter

from bluezone.outreach.kit.checks import Subject
from bluezone.outreach.kit.pdf import POINTS_PER_MM, opened

PREVIEW_PIXELS_PER_MM_AT_1_M = 1.66
BLUR_PIXELS = 0.8
_PRINT_PPI = 150
_LARGEST_SIDE = 2500  # pixels; a standee at 150 ppi would have 50 million
_SCREEN_BLUR = 0.6
_FORMATS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def check_pdf(subject: Subject) -> Iterator[str]:
    """The first page of a sheet or paper has the code."""
    if not subject.plan.has_qr:
        return
    with opened(subject.path) as document:
        page = document[0]
        sharp = _rendered(page, _PRINT_PPI / 72)
        scale = PREVIEW_PIXELS_PER_MM_AT_1_M / subject.plan.qr_distance_m / POINTS_PER_MM
        seen = _rendered(page, scale)
    yield from _both(subject, sharp, seen.filter(ImageFilter.GaussianBlur(BLUR_PIXELS)))


def check_picture(subject: Subject) -> Iterator[str]:
    """A picture to be printed is looked at from its distance, one for screens a little out of focus."""
    if not subject.plan.has_qr:
        return
    with Image.open(subject.path) as picture:
        sharp = picture.convert("L")
    if not subject.plan.ppi:
        yield from _both(subject, sharp, sharp.filter(ImageFilter.GaussianBlur(_SCREEN_BLUR)))
        return
    wanted = PREVIEW_PIXELS_PER_MM_AT_1_M / subject.plan.qr_distance_m * 25.4 / subject.plan.ppi
    size = (round(sharp.width * wanted), round(sharp.height * wanted))
    seen = sharp.resize(size, Image.Resampling.BOX) if wanted < 1 else sharp
    yield from _both(subject, sharp, seen.filter(ImageFilter.GaussianBlur(BLUR_PIXELS)))


def _rendered(page: Any, scale: float) -> Image.Image:
    largest = max(page.get_width(), page.get_height())
    drawn = page.render(scale=min(scale, _LARGEST_SIDE / largest), grayscale=True)
    return drawn.to_pil().convert("L")  # type: ignore[no-any-return]


def _both(subject: Subject, sharp: Image.Image, seen: Image.Image) -> Iterator[str]:
    address = subject.unit["address"]
    for picture, how in ((sharp, "as printed"), (seen, f"as seen from {subject.plan.qr_distance_m} m")):
        codes = zxingcpp.read_barcodes(picture, formats=_FORMATS, try_rotate=False, try_invert=False)
        found = {code.text for code in codes}
        if not found:
            yield f"the QR code cannot be read {how}"
        elif found != {address}:
            yield f"a QR code leads to {sorted(found)[0]!r} instead of {address}"
