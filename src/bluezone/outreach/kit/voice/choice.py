"""Which voice a unit has: its own recording, its own piper voice, or espeak-ng."""

from __future__ import annotations

from collections.abc import Iterator

from bluezone.outreach.kit.unit_file import Unit
from bluezone.outreach.kit.voice.espeak import EspeakVoice
from bluezone.outreach.kit.voice.piper import PiperVoice
from bluezone.outreach.kit.voice.port import Voice

# Words a minute, to be tried one after the other until a text fits its time. A loudspeaker in the open is
# heard over wind and traffic: slower than a film.
SPOT_PACES = (145, 155, 165, 178)
FILM_PACES = (160, 172, 185)


def spot_voices(unit: Unit, language: str) -> Iterator[Voice]:
    """The voices for the loudspeaker; each is faster than the last."""
    return _voices(unit, language, SPOT_PACES)


def film_voices(unit: Unit, language: str) -> Iterator[Voice]:
    """The voices for films; each is faster than the last."""
    return _voices(unit, language, FILM_PACES)


def _voices(unit: Unit, language: str, paces: tuple[int, ...]) -> Iterator[Voice]:
    # A piper voice speaks one language and has its own pace; the operator's is taken for Vietnamese.
    if unit.piper_voice is not None and language == "vi":
        yield PiperVoice(unit.piper_voice, language, unit.voice_region)
        return
    for pace in paces:
        yield EspeakVoice(language, unit.voice_region, pace)
