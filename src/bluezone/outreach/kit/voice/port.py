"""Voices as a port: a sentence goes in, a WAV file comes out; who speaks is the adapter's.

Decides what every voice may be asked. Adapters: `espeak`, `piper`, `recording`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from bluezone.outreach.kit.errors import VoiceBroken
from bluezone.outreach.kit.sound.pcm import RATE, Sound, from_bytes, trimmed
from bluezone.outreach.kit.sound.program import Command, ffmpeg_program, run

MAX_TEXT_LENGTH = 4_000
# How long a loudspeaker spot lasts.
SHORTEST_SPOT_S, LONGEST_SPOT_S = 30.0, 60.0
# No spoken file of a kit is longer; a decoder is stopped there.
LONGEST_S = 180


class Voice(Protocol):
    """Somebody or something that can speak."""

    def speak(self, text: str, into: Path) -> None:
        """Writes the text as a WAV file.

        Args:
            text: as printed, at most `MAX_TEXT_LENGTH` characters; the voice reads dates and numbers itself.
            into: the file to write.

        Raises:
            ProgramMissing: its program is not on this machine.
            VoiceBroken: it cannot speak this.
        """


def spoken_sound(voice: Voice, text: str, scratch: Path) -> Sound:
    """A sentence as sound without silence around it.

    Args:
        voice: who speaks.
        text: as printed.
        scratch: a file that may be overwritten.

    Raises:
        VoiceBroken: nothing is heard.
    """
    if len(text) > MAX_TEXT_LENGTH:
        raise VoiceBroken(f"a spoken text has {len(text)} characters; at most {MAX_TEXT_LENGTH} are read")
    voice.speak(text, scratch)
    sound = trimmed(decoded(scratch))
    if not sound.samples:
        raise VoiceBroken(f"the voice said nothing for {text[:60]!r}")
    return sound


def decoded(path: Path) -> Sound:
    """The samples of a WAV file, whatever its rate, width and number of channels.

    Raises:
        ItemFailed: ffmpeg cannot read it.
    """
    # Named as WAV, so that a play list in disguise is not followed to other files.
    return decoded_sound(path, "-f", "wav")


def decoded_sound(path: Path, *form: str) -> Sound:
    """The samples of the first sound in a file, at most `LONGEST_S` of it.

    Args:
        path: a sound or a film.
        form: options that name its form; without them ffmpeg finds it out.

    Raises:
        ItemFailed: ffmpeg cannot read it.
    """
    head: Command = [ffmpeg_program(), "-hide_banner", "-nostats", "-loglevel", "error"]
    given: Command = ["-protocol_whitelist", "file", *form, "-i", path, "-t", str(LONGEST_S)]
    asked = ["-map", "0:a:0", "-ac", "1", "-ar", str(RATE), "-f", "s16le", "-"]
    raw, _ = run([*head, *given, *asked], f"reading {path.name}")
    return from_bytes(raw)
