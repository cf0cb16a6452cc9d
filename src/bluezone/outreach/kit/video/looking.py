"""Frames of a finished film as pictures: what a viewer sees at a moment, and whether a subtitle is there."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from bluezone.outreach.kit.errors import ItemFailed, ItemRefused
from bluezone.outreach.kit.sound.program import Command, ffmpeg_program, run
from bluezone.outreach.kit.video.commands import SUBTITLE_ABOVE
from bluezone.outreach.kit.video.frame import FPS, Frame
from bluezone.outreach.kit.video.stills import Stills
from bluezone.outreach.kit.video.timeline import Timeline

_INK = (18, 38, 63)
_WHITE = 235
# Width and height of the middle of the smallest subtitle, pixels.
_BAND = (220, 52)
_NEAR = 26
# The mean difference (of 255) that encoding leaves between a subtitle as set and as seen.
_MOST_DIFFERENT = 8.0


Box = tuple[int, int, int, int]


def frame_at(path: Path, second: float, box: Box) -> Image.Image:
    """What is seen at a moment in a part of the picture.

    Args:
        path: of the film.
        second: when.
        box: left, top, width and height of the part, pixels; only this much is handed over.
    """
    left, top, width, height = box
    head: Command = [ffmpeg_program(), "-hide_banner", "-nostats", "-loglevel", "error"]
    given: Command = ["-protocol_whitelist", "file", "-ss", f"{max(0.0, second):.3f}", "-i", path]
    cut = (
        f"scale=in_color_matrix=bt709:out_range=full,format=rgb24,crop={width}:{height}:{left}:{top}:exact=1"
    )
    asked = ["-map", "0:v:0", "-frames:v", "1", "-vf", cut, "-f", "rawvideo", "-"]
    content, _ = run([*head, *given, *asked], f"looking at {path.name}")
    if len(content) != 3 * width * height:
        raise ItemFailed(f"{path.name} has no picture of this size at {second:.1f} s")
    return Image.frombytes("RGB", (width, height), content)


def whole(frame: Frame) -> Box:
    """All of a frame."""
    return (0, 0, frame.width, frame.height)


def has_subtitle(path: Path, second: float, frame: Frame) -> bool:
    """Whether at a moment the dark band with light letters stands where subtitles stand."""
    left = frame.width // 2 - _BAND[0] // 2
    top = frame.height - SUBTITLE_ABOVE[frame.name] - _BAND[1] // 2
    band = frame_at(path, second, (left, top, *_BAND))
    pixels = list(zip(*(band.getchannel(name).tobytes() for name in "RGB"), strict=True))
    dark = sum(all(abs(a - b) <= _NEAR for a, b in zip(pixel, _INK, strict=True)) for pixel in pixels)
    light = sum(min(pixel) >= _WHITE for pixel in pixels)
    return dark / len(pixels) > 0.4 and light / len(pixels) > 0.03


def require_subtitles(path: Path, frame: Frame, timeline: Timeline, stills: Stills) -> None:
    """Compares the middle of every cue with the subtitle as it was set.

    Raises:
        ItemRefused: another subtitle, or none, is seen.
    """
    wrong = []
    for cue, still in zip(timeline.cues, stills.subtitles, strict=True):
        second = (cue.begin + cue.end) / 2 / FPS
        if _difference(path, second, still, frame) > _MOST_DIFFERENT:
            wrong.append(f"at {second:.1f} s the subtitle {cue.text!r} is not seen")
    if wrong:
        raise ItemRefused(wrong)


def _difference(path: Path, second: float, still: Path, frame: Frame) -> float:
    with Image.open(still) as opened:
        subtitle = opened.convert("RGBA")
    # Pictures are laid on even rows and columns: colour has half the resolution.
    left = (frame.width - subtitle.width) // 2 & ~1
    top = int(frame.height - SUBTITLE_ABOVE[frame.name] - subtitle.height / 2) & ~1
    seen = frame_at(path, second, (left, top, subtitle.width, subtitle.height))
    mask = subtitle.getchannel("A").point(lambda alpha: 255 if alpha > 250 else 0)
    means = ImageStat.Stat(ImageChops.difference(seen, subtitle.convert("RGB")), mask).mean
    return float(max(means))
