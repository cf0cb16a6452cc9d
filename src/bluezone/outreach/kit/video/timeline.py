"""When each scene, sentence and subtitle of a film begins and ends, counted in frames.

Decides how time that is left is spread, so that a film of thirty seconds has thirty seconds and its breaths
are even. Knows no file: the lengths of the spoken sentences come in, frames go out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bluezone.outreach.kit.video.frame import FPS

# Seconds before the first word of a scene, between two sentences, and after the last.
LEAD_S, GAP_S, TAIL_S = 0.4, 0.3, 0.35
# How long one scene dissolves into the next; even, so that half of it lies on each side.
DISSOLVE_FRAMES = 10
# A subtitle stands a little before and after what is heard.
EARLY_S, LATE_S = 0.12, 0.3


@dataclass(frozen=True, slots=True)
class Cue:
    """One sentence in time.

    Attributes:
        text: as it is shown.
        speech_s: second of its first sound.
        begin: first frame of the subtitle.
        end: first frame without it.
    """

    text: str
    speech_s: float
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A film, or a part of one.

    Attributes:
        cuts: first frame of each scene, and at last the number of frames.
        cues: in order, never overlapping.
    """

    cuts: tuple[int, ...]
    cues: tuple[Cue, ...]

    @property
    def frames(self) -> int:
        """How many there are."""
        return self.cuts[-1]

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.frames / FPS


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence and how long it takes to say it, seconds."""

    text: str
    seconds: float


def natural_s(scene: Sequence[Spoken]) -> float:
    """The shortest time in which a scene can be spoken calmly, seconds."""
    return LEAD_S + sum(line.seconds for line in scene) + GAP_S * (len(scene) - 1) + TAIL_S


def lay_out(
    scenes: Sequence[Sequence[Spoken]], total_s: float | None = None, least_s: float = 0.0
) -> Timeline | None:
    """The timeline of a film's body, or of its closing card.

    Args:
        scenes: each with at least one sentence.
        total_s: how long it must last; None: as long as it naturally does.
        least_s: but never shorter than this.

    Returns:
        None when the sentences do not fit into `total_s`.
    """
    natural = [natural_s(scene) for scene in scenes]
    total = math.ceil(max(sum(natural), least_s) * FPS) if total_s is None else round(total_s * FPS)
    spare_s = total / FPS - sum(natural)
    if spare_s < -1e-9:
        return None
    share_s = max(0.0, spare_s) / len(scenes)
    cuts, at_s = [0], 0.0
    cues: list[Cue] = []
    for scene, needed_s in zip(scenes, natural, strict=True):
        # A little more of what is left stands behind the words: one looks longer than one listens.
        cues += _cues(scene, at_s + LEAD_S + share_s * 0.4)
        at_s += needed_s + share_s
        cuts.append(round(at_s * FPS))
    cuts[-1] = total
    return Timeline(tuple(cuts), tuple(_apart(cues, total)))


def joined(body: Timeline, closing: Timeline) -> Timeline:
    """Body and closing card as one film."""
    moved = (
        Cue(cue.text, cue.speech_s + body.seconds, cue.begin + body.frames, cue.end + body.frames)
        for cue in closing.cues
    )
    cuts = (*body.cuts, *(cut + body.frames for cut in closing.cuts[1:]))
    return Timeline(cuts, (*body.cues, *moved))


def _cues(scene: Sequence[Spoken], at_s: float) -> list[Cue]:
    found = []
    for line in scene:
        begin = max(0, math.floor((at_s - EARLY_S) * FPS))
        found.append(Cue(line.text, at_s, begin, math.ceil((at_s + line.seconds + LATE_S) * FPS)))
        at_s += line.seconds + GAP_S
    return found


def _apart(cues: Sequence[Cue], total: int) -> list[Cue]:
    """A subtitle ends where the next begins, and with the film."""
    following = [cue.begin for cue in cues[1:]] + [total]
    return [
        Cue(cue.text, cue.speech_s, cue.begin, min(cue.end, limit))
        for cue, limit in zip(cues, following, strict=True)
    ]
