"""What a finished sound or film is, as ffmpeg sees it: codecs, shape, length; pictures are not decoded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bluezone.outreach.kit.errors import ItemFailed
from bluezone.outreach.kit.sound.program import Command, ffmpeg_program, run

_VIDEO = re.compile(
    r"Stream #0:\d+\S*: Video: (?P<codec>\w+)(?: \((?P<profile>[^)]*)\))?(?: \([^)]*\))?, (?P<pixels>\w+)"
    r".*?, (?P<width>\d{2,5})x(?P<height>\d{2,5}).*?, (?P<fps>[\d.]+) fps"
)
_AUDIO = re.compile(
    r"Stream #0:\d+\S*: Audio: (?P<codec>\w+).*?, (?P<rate>\d+) Hz, (?P<channels>mono|stereo|[\d.]+)"
)
_PROGRESS = re.compile(rb"^(frame|out_time_us)=\s*(-?\d+)", re.M)
_CHANNELS = {"mono": 1, "stereo": 2}
_HEAD = 8
_MOST_BOXES = 64


@dataclass(frozen=True, slots=True)
class Media:
    """A file's facts.

    Attributes:
        seconds: length of the longest stream.
        frames: pictures in it; 0 without video.
        video: codec and profile, such as `h264 High`; empty without video.
        pixels: pixel format.
        size: `WIDTHxHEIGHT`.
        fps: frames a second.
        audio: codec; empty without sound.
        rate: samples a second.
        channels: of the sound.
    """

    seconds: float
    frames: int
    video: str
    pixels: str
    size: str
    fps: float
    audio: str
    rate: int
    channels: int


def probe(path: Path) -> Media:
    """Reads a file's facts; its packets are counted, not decoded.

    Raises:
        ItemFailed: it is damaged, or no sound and no film.
    """
    head: Command = [ffmpeg_program(), "-hide_banner", "-nostats", "-xerror", "-protocol_whitelist", "file"]
    counted = ["-map", "0", "-c", "copy", "-f", "null", "-progress", "pipe:1", "-"]
    progress, said = run([*head, "-i", path, *counted], f"reading {path.name}")
    return parse_facts(said, progress)


def parse_facts(said: str, progress: bytes) -> Media:
    """The facts in what ffmpeg said of its input, and in its last progress report.

    Raises:
        ItemFailed: neither video nor sound is named.
    """
    given = said.split("Output #0", maxsplit=1)[0]
    video, audio = _VIDEO.search(given), _AUDIO.search(given)
    if video is None and audio is None:
        raise ItemFailed("the file has neither pictures nor sound")
    last = {name.decode(): int(value) for name, value in _PROGRESS.findall(progress)}
    return Media(
        seconds=last.get("out_time_us", 0) / 1e6,
        frames=last.get("frame", 0) if video else 0,
        video=f"{video['codec']} {video['profile']}" if video else "",
        pixels=video["pixels"] if video else "",
        size=f"{video['width']}x{video['height']}" if video else "",
        fps=float(video["fps"]) if video else 0.0,
        audio=audio["codec"] if audio else "",
        rate=int(audio["rate"]) if audio else 0,
        channels=_CHANNELS.get(audio["channels"], 0) if audio else 0,
    )


def box_names(path: Path) -> list[str]:
    """The outermost boxes of an MP4 in their order; a browser begins to play when `moov` is before `mdat`."""
    names: list[str] = []
    with path.open("rb") as file:
        while len(names) < _MOST_BOXES and len(head := file.read(_HEAD)) == _HEAD:
            length = int.from_bytes(head[:4], "big")
            names.append(head[4:].decode("latin-1"))
            if length == 1:  # the length follows as 8 bytes
                length = int.from_bytes(file.read(8), "big") - 8
            if length < _HEAD:
                break
            file.seek(length - _HEAD, 1)
    return names
