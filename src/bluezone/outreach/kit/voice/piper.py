"""A voice of the operator's own: an .onnx file spoken by piper, a separate program.

Decides what such a file must look like before the program is started. Nothing of piper is linked or
shipped; no voice comes with the kit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bluezone.outreach.kit.errors import ItemFailed, VoiceBroken
from bluezone.outreach.kit.sound.program import Command, find_program, run
from bluezone.outreach.kit.voice.spoken import spoken
from bluezone.web.bounded_file import FileUnusable, read_at_most

_ADVICE = "pip install piper-tts, or take the line `piper` out of the unit file to use espeak-ng"
LARGEST_VOICE = 500_000_000
LARGEST_SETTINGS = 1_000_000


def settings_of(model: Path) -> Path:
    """Where the settings of a voice lie: beside it."""
    return model.with_name(f"{model.name}.json")


@dataclass(frozen=True, slots=True)
class PiperVoice:
    """Speaks by piper.

    Attributes:
        model: the .onnx file; its settings lie beside it as .onnx.json.
        language: of the texts.
        region: north, central or south; says how numbers are counted.
        program: name or path of the program.
    """

    model: Path
    language: str
    region: str = "north"
    program: str = "piper"

    def speak(self, text: str, into: Path) -> None:
        """Writes the text as a WAV file."""
        self._require_files()
        program = find_program(self.program, _ADVICE)
        said = spoken(text, self.language, self.region) + "\n"
        command: Command = [program, "--model", self.model, "--output_file", into]
        try:
            run(command, "speaking the text", given=said.encode(), limit_s=300)
        except ItemFailed as error:
            raise VoiceBroken(f"the voice {self.model.name} cannot be used: {error}") from None

    def _require_files(self) -> None:
        settings = settings_of(self.model)
        if not self.model.is_file() or not settings.is_file():
            raise VoiceBroken(
                f"the piper voice needs two files, {self.model.name} and {settings.name}: put both where the"
                " unit file says, or delete its line `piper` to use espeak-ng"
            )
        try:
            length = self.model.stat().st_size
            content = read_at_most(settings, LARGEST_SETTINGS)
        except (OSError, FileUnusable) as error:
            raise VoiceBroken(f"the piper voice {self.model.name} cannot be used: {error}") from None
        if not 0 < length <= LARGEST_VOICE:
            raise VoiceBroken(f"{self.model.name} has {length} bytes; a piper voice has 1 to {LARGEST_VOICE}")
        try:
            json.loads(content)
        except (ValueError, RecursionError):
            raise VoiceBroken(f"{settings.name} is not the settings of a piper voice (JSON)") from None
