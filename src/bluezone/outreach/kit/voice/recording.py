"""A recording of the commune's own: a WAV that is spoken instead of a synthetic voice.

Decides whether a recording can be used: that it is a WAV, how long it may be, not silent, not cut off at
full scale. It is made as loud as every other sound of the kit afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bluezone.outreach.kit.errors import ItemFailed, VoiceBroken
from bluezone.outreach.kit.sound.pcm import Sound, as_wav, clipped_share, peak_dbfs, trimmed
from bluezone.outreach.kit.voice.port import decoded

LARGEST_FILE = 100_000_000
_QUIETEST_PEAK_DBFS = -40.0
_MOST_CLIPPED = 0.002


@dataclass(frozen=True, slots=True)
class RecordedVoice:
    """Speaks by a recording; the text is what its speaker should have said.

    Attributes:
        path: the WAV file.
        shortest_s: what is left without silence around it lasts at least this, seconds.
        longest_s: and at most this.
    """

    path: Path
    shortest_s: float
    longest_s: float

    def speak(self, text: str, into: Path) -> None:  # noqa: ARG002
        """Writes the recording, without the silence around it."""
        self._require_wav()
        try:
            whole = decoded(self.path)
        except ItemFailed as error:
            raise VoiceBroken(
                f"the recording {self.path.name} is damaged; export it again as WAV ({error})"
            ) from None
        into.write_bytes(as_wav(self._usable(whole)))

    def _require_wav(self) -> None:
        if not self.path.is_file():
            raise VoiceBroken(
                f"the recording {self.path.name} is not there: put it where the unit file says, or delete the"
                " line `recording` there to use a synthetic voice"
            )
        try:
            length = self.path.stat().st_size
            with self.path.open("rb") as file:
                head = file.read(12)
        except OSError as error:
            raise VoiceBroken(
                f"the recording {self.path.name} cannot be read ({error.strerror}):"
                " get the right to read it, or save it again"
            ) from None
        if head[:4] not in (b"RIFF", b"RF64") or head[8:] != b"WAVE":
            raise VoiceBroken(f"{self.path.name} is not a WAV file; export the recording as WAV (PCM)")
        if length > LARGEST_FILE:
            raise VoiceBroken(
                f"{self.path.name} is larger than {LARGEST_FILE // 10**6} MB; export it at 48 kHz, 16 bit"
            )

    def _usable(self, whole: Sound) -> Sound:
        sound = trimmed(whole)
        if peak_dbfs(sound) < _QUIETEST_PEAK_DBFS:
            raise VoiceBroken(
                f"the recording {self.path.name} is almost silent; record it nearer to the microphone"
            )
        if clipped_share(sound) > _MOST_CLIPPED:
            raise VoiceBroken(
                f"the recording {self.path.name} is cut off at full scale; record it again, less loud"
            )
        if not self.shortest_s <= sound.seconds <= self.longest_s:
            raise VoiceBroken(
                f"the recording {self.path.name} lasts {sound.seconds:.0f} s without its silence;"
                f" it must last {self.shortest_s:.0f} to {self.longest_s:.0f} s"
            )
        return sound
