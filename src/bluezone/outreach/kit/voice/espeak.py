"""The voice that needs no file: espeak-ng, a separate program, with accents of north, centre and south."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bluezone.outreach.kit.sound.program import find_program, run
from bluezone.outreach.kit.voice.spoken import spoken

_VOICES = {
    ("vi", "north"): "vi",
    ("vi", "central"): "vi-vn-x-central",
    ("vi", "south"): "vi-vn-x-south",
}
_ENGLISH = "en-gb"
# At the program's own amplitude of 100 peaks are cut off; loudness is set afterwards anyway.
_AMPLITUDE = 60


@dataclass(frozen=True, slots=True)
class EspeakVoice:
    """Speaks by espeak-ng.

    Attributes:
        language: `vi` or `en`.
        region: north, central or south; for Vietnamese.
        words_per_minute: pace; espeak counts each Vietnamese syllable as a word.
        advice: what to do where the program is missing, a clause.
        program: name or path of the program.
    """

    language: str
    region: str = "north"
    words_per_minute: int = 160
    advice: str = "apt-get install espeak-ng"
    program: str = "espeak-ng"

    def speak(self, text: str, into: Path) -> None:
        """Writes the text as a WAV file."""
        program = find_program(self.program, self.advice)
        said = spoken(text, self.language, self.region)
        options = ["-v", self._name(), "-s", str(self.words_per_minute), "-a", str(_AMPLITUDE), "-b", "1"]
        run([program, *options, "-w", into, "--stdin"], "speaking the text", given=said.encode(), limit_s=60)

    def _name(self) -> str:
        return _VOICES.get((self.language, self.region), _ENGLISH)
