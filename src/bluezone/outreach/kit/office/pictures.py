"""Our drawings, the QR code and the mark as PNG files, for programs that show no vector pictures."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO

import segno
from PIL import Image

from bluezone.outreach.kit.job import PACKAGE
from bluezone.outreach.kit.svg import drawn


@cache
def drawing(name: str, width: int) -> bytes:
    """A drawing of `typst/drawings`, or the mark of the screens; the same for every unit, so drawn once.

    Args:
        name: `scene`, `three`, `mark-white` or `mark`.
        width: pixels.
    """
    if name == "mark":
        source = files("bluezone.web").joinpath("static", "mark.svg")
    else:
        source = files(PACKAGE).joinpath("typst", "drawings", f"{name}.svg")
    made = drawn(source.read_text(encoding="utf-8"), width)
    out = BytesIO()
    with Image.open(BytesIO(made)) as picture:
        picture.quantize(128, method=Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    return out.getvalue()


def qr_png(address: str) -> bytes:
    """The QR code with its quiet border, 12 pixels a square."""
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="png", scale=12, border=4)
    return out.getvalue()


def screen(name: str, language: str) -> bytes:
    """A photographed screen."""
    return files(PACKAGE).joinpath("screens", f"{name}-{language}.png").read_bytes()
