"""Which voice a unit has: its own recording, its own piper voice, or espeak-ng; and what that depends on."""

from __future__ import annotations

from collections.abc import Iterator

from bluezone.outreach.kit.unit_file import Unit
from bluezone.outreach.kit.voice.espeak import EspeakVoice
from bluezone.outreach.kit.voice.own_files import state_of
from bluezone.outreach.kit.voice.piper import LARGEST_SETTINGS, LARGEST_VOICE, PiperVoice, settings_of
from bluezone.outreach.kit.voice.port import Voice
from bluezone.outreach.kit.voice.recording import LARGEST_FILE

# Words a minute, to be tried one after the other until a text fits its time. A loudspeaker in the open is
# heard over wind and traffic: slower than a film.
SPOT_PACES = (145, 155, 165, 178)
FILM_PACES = (160, 172, 185)
_INSTALL = "apt-get install espeak-ng"
_OR_RECORD = f"{_INSTALL}, or put a recording of your own into the unit file ([voice] recording)"
_OR_PIPER = f"{_INSTALL}, or put a piper voice of your own into the unit file ([voice] piper)"


def spot_voices(unit: Unit, language: str) -> Iterator[Voice]:
    """The voices for the loudspeaker; each is faster than the last."""
    return _voices(unit, language, SPOT_PACES, _OR_RECORD)


def film_voices(unit: Unit, language: str) -> Iterator[Voice]:
    """The voices for films; each is faster than the last."""
    # A film has many sentences: no recording replaces them.
    return _voices(unit, language, FILM_PACES, _OR_PIPER if language == "vi" else _INSTALL)


def spot_depends_on(unit: Unit, language: str) -> Iterator[bytes]:
    """What of a unit decides how the loudspeaker spot sounds."""
    if unit.recording is not None:
        yield state_of(unit.recording, LARGEST_FILE)
    # Its script says how numbers are spoken, whoever speaks.
    yield from films_depend_on(unit, language)


def films_depend_on(unit: Unit, language: str) -> Iterator[bytes]:
    """What of a unit decides how its films sound."""
    if language != "vi":
        return
    yield unit.voice_region.encode()
    if unit.piper_voice is not None:
        yield state_of(unit.piper_voice, LARGEST_VOICE)
        yield state_of(settings_of(unit.piper_voice), LARGEST_SETTINGS)


def _voices(unit: Unit, language: str, paces: tuple[int, ...], advice: str) -> Iterator[Voice]:
    # A piper voice speaks one language and has its own pace; the operator's is taken for Vietnamese.
    if unit.piper_voice is not None and language == "vi":
        yield PiperVoice(unit.piper_voice, language, unit.voice_region)
        return
    for pace in paces:
        yield EspeakVoice(language, unit.voice_region, pace, advice)
