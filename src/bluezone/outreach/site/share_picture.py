"""The picture that chats and search engines show beside a link, drawn once in each language.

Decides its size and words; what it looks like is `typst/share.typ`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files

import fontpkg_be_vietnam_pro
import typst

from bluezone.web.language import words_of

WIDTH, HEIGHT = 1200, 628
_PIXELS_PER_INCH = 72.0
_FONTS = str(fontpkg_be_vietnam_pro.ROOT / "files")


@dataclass(frozen=True, slots=True)
class SharePicture:
    """One picture.

    Attributes:
        content: PNG bytes.
        path: its address on this site; changes with the content.
    """

    content: bytes
    path: str


def draw_share_picture(language: str, shown_address: str) -> SharePicture:
    """Draws the picture of a language.

    Args:
        language: of its words.
        shown_address: of the site, as people read it.
    """
    words = words_of(language)
    texts = {
        "language": language,
        "heading": words.text("site.share.heading"),
        "line": words.text("site.share.line"),
        "address": shown_address,
        "mark": files("bluezone.web").joinpath("static", "mark.svg").read_text(encoding="utf-8"),
    }
    source = files("bluezone.outreach.site").joinpath("typst", "share.typ").read_bytes()
    content: bytes = typst.compile(
        source,
        format="png",
        ppi=_PIXELS_PER_INCH,
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[_FONTS]),
        sys_inputs={"words": json.dumps(texts, ensure_ascii=False)},
    )
    digest = hashlib.sha256(content).hexdigest()[:12]
    return SharePicture(content, f"/share/{language}-{digest}.png")
