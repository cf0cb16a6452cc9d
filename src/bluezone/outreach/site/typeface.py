"""The typeface of the public pages, cut down to the letters that Vietnamese and English need.

A whole weight is 133 kB; these are 20 kB. Decides which letters those are: everything else is shown in a font
of the visitor's system. WOFF, not WOFF2: 5 kB more a weight, and no further package.
"""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO

import fontpkg_be_vietnam_pro
from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Be Vietnam Pro Small"
WEIGHTS = {"Regular": 400, "SemiBold": 600, "Bold": 700}
# Latin-1, Vietnamese and the highlands' languages, combining signs, punctuation, dong, euro, minus.
_LETTERS = (
    "U+0020-007E,U+00A0-00FF,U+0102-0103,U+010C-010D,U+0110-0115,U+0128-012D,U+014E-014F,U+0168-016D,"
    "U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303,U+0309,U+0323,U+1EA0-1EF9,U+2010-2026,U+2030,U+20AB,U+20AC,U+2212"
)
_FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "tnum"]


@cache
def small_fonts() -> dict[str, bytes]:
    """Weight to WOFF bytes; takes about a second, once."""
    folder = fontpkg_be_vietnam_pro.ROOT / "files"
    return {weight: _cut((folder / f"BeVietnamPro-{weight}.ttf").read_bytes()) for weight in WEIGHTS}


@cache
def font_addresses() -> dict[str, str]:
    """Weight to an address that changes with its content."""
    return {weight: f"/typeface/{_name(weight, content)}" for weight, content in small_fonts().items()}


def font_named(name: str) -> bytes | None:
    """The small file of a name, if there is one."""
    return next(
        (content for weight, content in small_fonts().items() if _name(weight, content) == name), None
    )


@cache
def sheet() -> bytes:
    """The style sheet that brings the small files, as a family of its own beside the whole one."""
    faces = (
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {WEIGHTS[weight]}; font-display: swap;'
        f' src: url("{address}") format("woff"); unicode-range: {_LETTERS}; }}\n'
        for weight, address in font_addresses().items()
    )
    return "".join(faces).encode()


@cache
def sheet_address() -> str:
    """Where the style sheet is."""
    return f"/typeface/letters-{hashlib.sha256(sheet()).hexdigest()[:12]}.css"


def _name(weight: str, content: bytes) -> str:
    return f"{weight}-{hashlib.sha256(content).hexdigest()[:12]}.woff"


def _cut(whole: bytes) -> bytes:
    font = TTFont(BytesIO(whole))
    options = subset.Options()
    options.layout_features = _FEATURES
    options.hinting = False
    options.notdef_outline = True
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(_LETTERS))
    cutter.subset(font)
    font.flavor = "woff"
    small = BytesIO()
    font.save(small)
    return small.getvalue()
