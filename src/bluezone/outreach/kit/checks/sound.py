"""The loudspeaker spot as a file: how long, how loud, in which form."""

from __future__ import annotations

from collections.abc import Iterator

from bluezone.outreach.kit.checks import Subject
from bluezone.outreach.kit.errors import ItemFailed
from bluezone.outreach.kit.sound.loudness import faults, measure
from bluezone.outreach.kit.sound.pcm import RATE
from bluezone.outreach.kit.sound.probe import probe
from bluezone.outreach.kit.voice.port import LONGEST_SPOT_S, SHORTEST_SPOT_S

_CODECS = {".mp3": "mp3", ".wav": "pcm_s16le"}


def check_sound(subject: Subject) -> Iterator[str]:
    """An MP3 or WAV of the spot."""
    try:
        media = probe(subject.path)
        wanted = _CODECS[subject.path.suffix]
        if (media.audio, media.rate) != (wanted, RATE):
            yield f"is {media.audio} with {media.rate} samples a second; it must be {wanted} with {RATE}"
        if not SHORTEST_SPOT_S <= media.seconds <= LONGEST_SPOT_S:
            yield f"lasts {media.seconds:.1f} s; it must last {SHORTEST_SPOT_S:.0f} to {LONGEST_SPOT_S:.0f} s"
        yield from faults(measure(subject.path))
    except ItemFailed as error:
        yield str(error)
