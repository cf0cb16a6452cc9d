"""Which voice a unit has: its own recording, its own piper voice, or espeak-ng."""

from __future__ import annotations

from collections.abc import Iterator

from bluezone.outreach.kit.unit_file import Unit
from bluezone.outreach.kit.voice.espeak import EspeakVoice
from bluezone.outreach.kit.voice.piper import PiperVoice
from bluezone.outreach.kit.voice.port import Voice

# A loudspeaker in the open is heard over wind and traffic: slower than a film.
SPOT_PACES = (145, 155, 165, 178)
FILM_PACE = 165


def voice_of(unit: Unit, language: str, pace: int = FILM_PACE) -> Voice:
    """The voice that reads a unit's texts.

    Args:
        unit: a piper voice of its own speaks Vietnamese only.
        language: of the text.
        pace: words a minute, for a voice that can be told.
    """
    if unit.piper_voice is not None and language == "vi":
        return PiperVoice(unit.piper_voice, language)
    return EspeakVoice(language, words_per_minute=pace)


def voices_of(unit: Unit, language: str) -> Iterator[Voice]:
    """The voices to try one after the other until a text fits its time; each is faster than the last."""
    if unit.piper_voice is not None and language == "vi":
        yield voice_of(unit, language)
        return
    for pace in SPOT_PACES:
        yield voice_of(unit, language, pace)
