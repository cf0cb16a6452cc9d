"""Frames of a finished film as pictures: what a viewer sees at a moment, and whether a subtitle is there."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from bluezone.outreach.kit.errors import ItemRefused
from bluezone.outreach.kit.sound.program import Command, ffmpeg_program, run
from bluezone.outreach.kit.video.commands import SUBTITLE_ABOVE
from bluezone.outreach.kit.video.frame import FPS, Frame
from bluezone.outreach.kit.video.stills import Stills
from bluezone.outreach.kit.video.timeline import Timeline

_INK = (18, 38, 63)
_WHITE = 235
# Half the width and half the height of the middle of the smallest subtitle, pixels.
_BAND = (110, 26)
_NEAR = 26
# The mean difference (of 255) that encoding leaves between a subtitle as set and as seen.
_MOST_DIFFERENT = 8.0


def frame_at(path: Path, second: float) -> Image.Image:
    """What is seen at a moment."""
    head: Command = [ffmpeg_program(), "-hide_banner", "-nostats", "-loglevel", "error"]
    given: Command = ["-protocol_whitelist", "file", "-ss", f"{max(0.0, second):.3f}", "-i", path]
    asked = ["-map", "0:v:0", "-frames:v", "1", "-c:v", "png", "-f", "image2pipe", "-"]
    content, _ = run([*head, *given, *asked], f"looking at {path.name}")
    return Image.open(BytesIO(content)).convert("RGB")


def has_subtitle(picture: Image.Image, frame: Frame) -> bool:
    """Whether the dark band with light letters stands where subtitles stand."""
    middle = (frame.width // 2, frame.height - SUBTITLE_ABOVE[frame.name])
    band = picture.crop(
        (middle[0] - _BAND[0], middle[1] - _BAND[1], middle[0] + _BAND[0], middle[1] + _BAND[1])
    )
    pixels = list(band.getdata())
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
        if _difference(frame_at(path, second), still, frame) > _MOST_DIFFERENT:
            wrong.append(f"at {second:.1f} s the subtitle {cue.text!r} is not seen")
    if wrong:
        raise ItemRefused(wrong)


def _difference(picture: Image.Image, still: Path, frame: Frame) -> float:
    with Image.open(still) as opened:
        subtitle = opened.convert("RGBA")
    left = (frame.width - subtitle.width) // 2
    top = int(frame.height - SUBTITLE_ABOVE[frame.name] - subtitle.height / 2)
    seen = picture.crop((left, top, left + subtitle.width, top + subtitle.height))
    mask = subtitle.getchannel("A").point(lambda alpha: 255 if alpha > 250 else 0)
    means = ImageStat.Stat(ImageChops.difference(seen, subtitle.convert("RGB")), mask).mean
    return float(max(means))
