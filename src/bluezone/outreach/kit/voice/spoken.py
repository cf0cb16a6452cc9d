"""A sentence in a language of the kit as a voice must be given it."""

from __future__ import annotations

from functools import cache

from bluezone.outreach.kit.voice.lexicon import lexicon_of
from bluezone.outreach.kit.voice.numbers_vi import NORTH, SOUTH
from bluezone.outreach.kit.voice.spoken_en import EnglishReader
from bluezone.outreach.kit.voice.spoken_vi import VietnameseReader


def spoken(text: str, language: str, region: str = "north") -> str:
    """The text in words only: no digit, no sign that a voice would name.

    Args:
        text: as printed.
        language: `vi` or `en`.
        region: north, central or south; says how Vietnamese numbers are counted.
    """
    return _reader(language, region).read(text)


@cache
def _reader(language: str, region: str) -> VietnameseReader | EnglishReader:
    if language == "en":
        return EnglishReader(lexicon_of("en"))
    return VietnameseReader(lexicon_of("vi"), NORTH if region == "north" else SOUTH)
