"""The spoken side of a film: every sentence as sound, spoken faster only when a part would not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bluezone.outreach.kit.errors import ItemFailed
from bluezone.outreach.kit.job import Job
from bluezone.outreach.kit.sound.pcm import Sound, placed
from bluezone.outreach.kit.video.timeline import Spoken, Timeline, lay_out
from bluezone.outreach.kit.voice.choice import film_voices
from bluezone.outreach.kit.voice.port import spoken_sound


@dataclass(frozen=True, slots=True)
class SpokenPart:
    """A body or a closing card as it is heard.

    Attributes:
        timeline: when which sentence is heard.
        sounds: of each sentence, in the order of the cues.
    """

    timeline: Timeline
    sounds: tuple[Sound, ...]

    def track(self) -> Sound:
        """The whole part as one sound."""
        cues = self.timeline.cues
        return placed(zip((cue.speech_s for cue in cues), self.sounds, strict=True), self.timeline.seconds)


def speak_part(
    job: Job, scenes: Sequence[Sequence[str]], scratch: Path, total_s: float | None, least_s: float = 0.0
) -> SpokenPart:
    """Speaks a part and lays it out.

    Args:
        job: whose voice speaks.
        scenes: sentences of each scene.
        scratch: a file that may be overwritten.
        total_s: how long the part lasts; None: as long as it takes.
        least_s: but never shorter than this.

    Raises:
        ItemFailed: even spoken fast it does not fit.
    """
    for voice in film_voices(job.unit, job.language):
        sounds = [[spoken_sound(voice, line, scratch) for line in lines] for lines in scenes]
        spoken = [
            [Spoken(line, sound.seconds) for line, sound in zip(lines, heard, strict=True)]
            for lines, heard in zip(scenes, sounds, strict=True)
        ]
        timeline = lay_out(spoken, total_s, least_s)
        if timeline is not None:
            return SpokenPart(timeline, tuple(sound for heard in sounds for sound in heard))
    raise ItemFailed(
        f"{job.item.id}: what is said does not fit into {total_s} s, not even spoken fast; shorten the text"
    )
