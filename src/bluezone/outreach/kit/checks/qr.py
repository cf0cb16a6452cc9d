"""The QR code is read back: from the file as it is, and as a telephone would see it from where people stand.

A telephone's preview has about 1,920 pixels over 60 degrees: one metre away a millimetre is 1.66 pixels, and
lens and hand make it soft. That is what the second reading gets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import zxingcpp
from PIL import Image, ImageFilter

from bluezone.outreach.kit.checks import Subject
from bluezone.outreach.kit.checks.archive import UNREADABLE, Shown, pictures
from bluezone.outreach.kit.pdf import POINTS_PER_MM, opened

PREVIEW_PIXELS_PER_MM_AT_1_M = 1.66
BLUR_PIXELS = 0.8
_PRINT_PPI = 150
_LARGEST_SIDE = 2500  # pixels; a standee at 150 ppi would have 50 million
_SCREEN_BLUR = 0.6
_FORMATS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True, slots=True)
class _View:
    """A page or picture.

    Attributes:
        where: it stands, as the beginning of a sentence; empty where there is only one.
        sharp: as it is.
        seen: as a telephone sees it.
    """

    where: str
    sharp: Image.Image
    seen: Image.Image


def check_pdf(subject: Subject) -> Iterator[str]:
    """Every page that is planned to carry the code does, the first always; no page carries another."""
    if not subject.plan.has_qr:
        return
    scale = PREVIEW_PIXELS_PER_MM_AT_1_M / subject.plan.qr_distance_m / POINTS_PER_MM
    with opened(subject.path) as document:
        views = [
            _View(
                f"page {number}: " if len(document) > 1 else "",
                _rendered(page, _PRINT_PPI / 72),
                _soft(_rendered(page, scale)),
            )
            for number, page in enumerate(document, 1)
        ]
    for number, view in enumerate(views, 1):
        yield from _faults(subject, [view], is_wanted=number <= subject.plan.qr_pages)
    if len(views) < subject.plan.qr_pages:
        yield f"has {len(views)} pages; {subject.plan.qr_pages} were to carry the QR code"


def check_picture(subject: Subject) -> Iterator[str]:
    """A picture to be printed is looked at from its distance, one for screens a little out of focus."""
    if not subject.plan.has_qr:
        return
    with Image.open(subject.path) as picture:
        sharp = picture.convert("L")
    if subject.plan.ppi:
        seen = _from_away(sharp, sharp.width / subject.plan.ppi * 25.4, subject.plan.qr_distance_m)
    else:
        seen = sharp.filter(ImageFilter.GaussianBlur(_SCREEN_BLUR))
    yield from _faults(subject, [_View("", sharp, seen)])


def check_office(subject: Subject) -> Iterator[str]:
    """One picture at least of a DOCX or PPTX is the code, as large as it is shown; none is another."""
    if not subject.plan.has_qr:
        return
    try:
        views = [_shown(one, subject.plan.qr_distance_m) for one in pictures(subject.path)]
    except (*UNREADABLE, Image.DecompressionBombError) as error:
        yield f"its pictures cannot be read: {error}"
        return
    yield from _faults(subject, views)


def _shown(one: Shown, distance_m: float) -> _View:
    with Image.open(BytesIO(one.content)) as picture:
        drawn = picture.convert("RGBA")
    # What lets the ground through stands on white.
    sharp = Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("L")
    return _View(f"{one.part}: ", sharp, _from_away(sharp, one.width_mm, distance_m))


def _from_away(sharp: Image.Image, width_mm: float, distance_m: float) -> Image.Image:
    """A picture that is so wide, as a telephone sees it from there."""
    wanted = PREVIEW_PIXELS_PER_MM_AT_1_M / distance_m * width_mm / sharp.width
    size = (max(1, round(sharp.width * wanted)), max(1, round(sharp.height * wanted)))
    return _soft(sharp.resize(size, Image.Resampling.BOX) if wanted < 1 else sharp)


def _soft(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(BLUR_PIXELS))


def _rendered(page: Any, scale: float) -> Image.Image:
    largest = max(page.get_width(), page.get_height())
    drawn = page.render(scale=min(scale, _LARGEST_SIDE / largest), grayscale=True)
    return drawn.to_pil().convert("L")  # type: ignore[no-any-return]


def _faults(subject: Subject, views: Sequence[_View], *, is_wanted: bool = True) -> Iterator[str]:
    """Codes in any of the views that are not the unit's; where it is wanted, that none of them has it."""
    address = subject.unit["address"]
    where = views[0].where if len(views) == 1 else ""
    wrong = [
        f"{view.where}a QR code leads to {text!r} instead of {address}"
        for view in views
        for text in sorted(_codes(view.sharp, view.seen) - {address})
    ]
    yield from wrong
    if not is_wanted or wrong:
        return
    for seen, how in (
        ([view.sharp for view in views], "as printed"),
        ([view.seen for view in views], f"as seen from {subject.plan.qr_distance_m} m"),
    ):
        if not _codes(*seen):
            yield f"{where}the QR code cannot be read {how}"


def _codes(*looks: Image.Image) -> set[str]:
    return {
        code.text
        for picture in looks
        for code in zxingcpp.read_barcodes(picture, formats=_FORMATS, try_rotate=False, try_invert=False)
    }
