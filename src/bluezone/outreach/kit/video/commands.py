"""The command lines for ffmpeg: stills become a film's part, sound becomes AAC, parts are joined.

Decides the motion: a picture rises softly as its scene begins, scenes dissolve, and the end fades into the
ground of the closing card. Pure: what is run is left to `film`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from bluezone.outreach.kit.sound.program import Command
from bluezone.outreach.kit.video.frame import (
    AUDIO_CODEC,
    CLOSING_COLOUR,
    FPS,
    MARKED_COLOURS,
    TO_VIDEO_COLOURS,
    VIDEO_CODEC,
    Frame,
)
from bluezone.outreach.kit.video.stills import Stills
from bluezone.outreach.kit.video.timeline import DISSOLVE_FRAMES, Cue, Timeline

FADE_FRAMES = 8
# Distance of a subtitle's middle from the lower edge, and of a picture's upper left corner, pixels.
SUBTITLE_ABOVE = {"wide": 112, "tall": 330}
_PICTURE_PLACE = {
    ("wide", "picture"): ("660", "150"),
    ("wide", "phone"): ("1380", "24"),
    ("wide", "people"): ("(W-w)/2", "190"),
    ("tall", "picture"): ("0", "845"),
    ("tall", "phone"): ("(W-w)/2", "512"),
    ("tall", "people"): ("(W-w)/2", "560"),
}
_RISE_S = 0.9


def part_command(
    program: str, frame: Frame, timeline: Timeline, stills: Stills, out: Path, *, is_closing: bool = False
) -> Command:
    """Encodes a body or a closing card, without sound.

    Args:
        program: ffmpeg.
        frame: shape of the film.
        timeline: of this part alone.
        stills: one base for each scene, one subtitle for each cue.
        out: MP4 to be written.
        is_closing: a closing card fades in from its own ground; a body fades out to it.
    """
    inputs = [*stills.bases, *(picture for picture in stills.pictures if picture), *stills.subtitles]
    graph = [
        *_scenes(frame, timeline, stills),
        *_dissolves(timeline),
        *_subtitles(frame, timeline.cues, len(inputs) - len(stills.subtitles)),
        *_ground(frame, timeline.frames, is_closing),
    ]
    files = [part for still in inputs for part in ("-i", still)]
    head: Command = [program, "-hide_banner", "-nostats", "-loglevel", "error", "-y", *files]
    mapped = ["-filter_complex", ";".join(graph), "-map", "[film]", "-frames:v", str(timeline.frames)]
    return [*head, *mapped, *VIDEO_CODEC, "-an", "-movflags", "+faststart", out]


def sound_command(program: str, wav: Path, out: Path, frames: int) -> Command:
    """Encodes the sound of a whole film as AAC, exactly as long as its pictures."""
    seconds = f"{frames / FPS:.3f}"
    head: Command = [
        program,
        "-hide_banner",
        "-nostats",
        "-loglevel",
        "error",
        "-y",
        "-i",
        wav,
        "-t",
        seconds,
    ]
    return [*head, *AUDIO_CODEC, out]


def join_command(program: str, parts: Path, sound: Path, title: str, out: Path) -> Command:
    """Joins body and closing card and lays the sound under them; nothing is encoded again.

    Args:
        program: ffmpeg.
        parts: list for the concat demuxer.
        sound: AAC.
        title: of the film, into its metadata.
        out: MP4 to be written.
    """
    head: Command = [program, "-hide_banner", "-nostats", "-loglevel", "error", "-y"]
    given: Command = ["-f", "concat", "-safe", "0", "-i", parts, "-i", sound]
    kept: Command = [
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-c",
        "copy",
        "-metadata",
        f"title={title}",
        "-movflags",
        "+faststart",
    ]
    return [*head, *given, *kept, out]


def parts_list(parts: Sequence[Path]) -> str:
    """The list that the concat demuxer reads; a quote in a path is written as it asks for."""
    return "".join("file '{}'\n".format(str(part.resolve()).replace("'", "'\\''")) for part in parts)


def scene_frames(timeline: Timeline) -> list[tuple[int, int]]:
    """First frame and length of each scene's own clip: half a dissolve longer on each inner side."""
    half, last = DISSOLVE_FRAMES // 2, timeline.frames
    clips: list[tuple[int, int]] = []
    for begin, end in pairwise(timeline.cuts):
        first = begin - half if begin else 0
        clips.append((first, (end + half if end < last else last) - first))
    return clips


def _scenes(frame: Frame, timeline: Timeline, stills: Stills) -> Iterator[str]:
    picture_input = len(stills.bases)
    for number, (_, length) in enumerate(scene_frames(timeline)):
        repeated = f"loop=loop={length}:size=1,setpts=N/{FPS}/TB,fps={FPS},trim=end_frame={length},setsar=1"
        yield f"[{number}:v]{TO_VIDEO_COLOURS},format=yuv420p,{repeated}[b{number}]"
        if stills.pictures[number] is None:
            yield f"[b{number}]null[s{number}]"
            continue
        x, y = _PICTURE_PLACE[frame.name, stills.kinds[number]]
        rise = f"{y}+{frame.rise}*pow(1-min(t/{_RISE_S}\\,1)\\,3)"
        soft = f"{repeated},fade=t=in:st=0:d=0.5:alpha=1"
        yield f"[{picture_input}:v]{TO_VIDEO_COLOURS},format=yuva420p,{soft}[p{number}]"
        yield f"[b{number}][p{number}]overlay=x={x}:y='{rise}':format=yuv420:eval=frame[s{number}]"
        picture_input += 1


def _dissolves(timeline: Timeline) -> Iterator[str]:
    before = "s0"
    for number, (first, _) in enumerate(scene_frames(timeline)[1:], 1):
        yield f"[{before}][s{number}]{_dissolve(DISSOLVE_FRAMES, first)}[x{number}]"
        before = f"x{number}"
    yield f"[{before}]null[scenes]"


def _subtitles(frame: Frame, cues: Sequence[Cue], first_input: int) -> Iterator[str]:
    before = "scenes"
    middle = frame.height - SUBTITLE_ABOVE[frame.name]
    for number, cue in enumerate(cues):
        # Half a frame earlier than the first and the last one, so that rounding never decides.
        shown = f"between(t\\,{(cue.begin - 0.5) / FPS:.3f}\\,{(cue.end - 0.5) / FPS:.3f})"
        yield f"[{first_input + number}:v]{TO_VIDEO_COLOURS},format=yuva420p[u{number}]"
        place = f"overlay=x=(W-w)/2:y={middle}-h/2:format=yuv420:enable='{shown}'"
        yield f"[{before}][u{number}]{place}[t{number}]"
        before = f"t{number}"
    yield f"[{before}]null[told]"


def _ground(frame: Frame, frames: int, is_closing: bool) -> Iterator[str]:
    """Out of the ground of the closing card, or into it."""
    colour = f"color=c={CLOSING_COLOUR}:s={frame.size}:r={FPS},format=gbrp,{TO_VIDEO_COLOURS},format=yuv420p"
    yield f"{colour},trim=end_frame={FADE_FRAMES},setsar=1[ground]"
    order = "[ground][told]" if is_closing else "[told][ground]"
    yield f"{order}{_dissolve(FADE_FRAMES, 0 if is_closing else frames - FADE_FRAMES)},{MARKED_COLOURS}[film]"


def _dissolve(frames: int, first: int) -> str:
    return f"xfade=transition=fade:duration={frames / FPS}:offset={first / FPS:.2f}"
