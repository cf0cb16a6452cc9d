"""The unit's logo, from whatever file an officer has, as one PNG that every item can use.

A picture from outside is never passed on as it came: it is decoded within limits and drawn anew.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from bluezone.outreach.kit.errors import ItemFailed, UnitUnreadable
from bluezone.outreach.kit.svg import drawn_apart

MAX_LENGTH = 5_000_000
MAX_SIDE = 1200
_MAX_SVG_LENGTH = 300_000
_MAX_PIXELS = 40_000_000
# A vector file may not bring a program, an entity or another file with it.
_FORBIDDEN = re.compile(rb"<!ENTITY|<script|<foreignObject|<image|(?:href|src)\s*=\s*[\"']\s*[^#\"'\s]", re.I)


def load_logo(path: Path) -> bytes:
    """Reads a logo file: PNG, JPEG or SVG.

    Returns:
        A PNG, at most `MAX_SIDE` pixels wide and high.

    Raises:
        UnitUnreadable: missing, too large or not a picture; the sentence says what to do.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_LENGTH + 1)
    except OSError:
        raise UnitUnreadable(
            f"the logo {path} is not there: put the file there, or delete the line `logo`, and build again"
        ) from None
    if len(content) > MAX_LENGTH:
        raise UnitUnreadable(f"the logo {path} is larger than {MAX_LENGTH // 1_000_000} MB: save it smaller")
    if path.suffix.lower() == ".svg":
        content = _drawn(path, content)
    return _again(path, content)


def _drawn(path: Path, content: bytes) -> bytes:
    if len(content) > _MAX_SVG_LENGTH or _FORBIDDEN.search(content):
        raise UnitUnreadable(f"the logo {path} is too long or refers to other files: save it as PNG")
    try:
        return drawn_apart(content, MAX_SIDE)
    except ItemFailed:
        raise UnitUnreadable(
            f"the logo {path} is not a drawing that can be read with little memory and time: save it as PNG"
        ) from None


def _again(path: Path, content: bytes) -> bytes:
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise UnitUnreadable(f"the logo {path} has too many pixels: save it smaller")
            # A telephone stores a photograph as its chip lay, and beside it which way is up.
            drawn = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise UnitUnreadable(f"the logo {path} is not a picture: save it as PNG, JPEG or SVG") from None
    drawn.thumbnail((MAX_SIDE, MAX_SIDE))
    out = BytesIO()
    drawn.save(out, "PNG", optimize=True)
    return out.getvalue()
