"""The typeface of the materials, and whether it has a character."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import fontpkg_be_vietnam_pro
from fontTools.ttLib import TTFont

from bluezone.outreach.kit.errors import GlyphMissing
from bluezone.outreach.kit.unit_file import Unit

FONT_FOLDER = Path(fontpkg_be_vietnam_pro.ROOT) / "files"
FAMILY = "Be Vietnam Pro"


@cache
def covered() -> frozenset[int]:
    """Code points that the typeface can show."""
    with TTFont(FONT_FOLDER / "BeVietnamPro-Regular.ttf") as font:
        return frozenset(font.getBestCmap())


def uncovered(text: str) -> list[str]:
    """Characters of a text that the typeface lacks, each once; line breaks and tabs are no characters."""
    return sorted({c for c in text if ord(c) not in covered() and c not in "\n\r\t"})


def require_glyphs(unit: Unit) -> None:
    """Refuses a unit whose texts cannot be printed.

    Raises:
        GlyphMissing: names the characters.
    """
    texts = {
        **{f"name.{k}": v for k, v in unit.name.items()},
        **{f"parent.{k}": v for k, v in unit.parent.items()},
    }
    for entry, text in texts.items():
        if lacking := uncovered(text):
            shown = ", ".join(f"{c} (U+{ord(c):04X})" for c in lacking[:5])
            raise GlyphMissing(
                f"unit.{entry} holds characters that the typeface {FAMILY} lacks: {shown}; "
                "write the name in Vietnamese or Latin letters"
            )
