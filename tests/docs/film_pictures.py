"""Contact sheets of a kit's films for the documentation: `python -m tests.docs.film_pictures KIT_FOLDER`.

Shows the middle of every subtitle of the film of 30 seconds, wide and tall, and of the installation film.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from bluezone.outreach.kit.video.frame import FRAMES, TALL, WIDE, Frame
from bluezone.outreach.kit.video.looking import frame_at, whole
from bluezone.outreach.kit.video.subtitles import parse_subrip
from tests.docs.kit_pictures import write

_COLUMNS = {WIDE: 4, TALL: 8}
_HEIGHTS = {WIDE: 180, TALL: 316}
_FILMS = (("video-30", "video-30s", FRAMES), ("video-install", "install", (WIDE,)))


def main(kit: Path) -> None:
    """Writes the sheets of both languages."""
    for language in ("vi", "en"):
        rows: list[list[Image.Image]] = []
        for item, stem, frames in _FILMS:
            for frame in frames:
                seen = moments(kit / item / f"{stem}-{language}", frame)
                columns = _COLUMNS[frame]
                rows += [seen[at : at + columns] for at in range(0, len(seen), columns)]
        write(f"kit-films-{language}.png", rows)


def moments(film: Path, frame: Frame) -> list[Image.Image]:
    """What is seen in the middle of each subtitle.

    Args:
        film: path without size and suffix.
        frame: wide or tall.
    """
    shown = parse_subrip(film.with_name(f"{film.name}.srt").read_text(encoding="utf-8"))
    path = film.with_name(f"{film.name}-{frame.size}.mp4")
    size = (round(_HEIGHTS[frame] * frame.width / frame.height), _HEIGHTS[frame])
    seconds = [(one.begin_s + one.end_s) / 2 for one in shown]
    return [frame_at(path, second, whole(frame)).resize(size) for second in seconds]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
