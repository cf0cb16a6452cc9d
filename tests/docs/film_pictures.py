"""A contact sheet of a kit's films for the documentation: `python -m tests.docs.film_pictures KIT [vi]`.

Shows the film of 30 seconds wide and tall, and what the installation film shows besides, each in the middle
of a subtitle.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image

from bluezone.outreach.kit.video.frame import TALL, WIDE, Frame
from bluezone.outreach.kit.video.looking import frame_at, whole
from bluezone.outreach.kit.video.subtitles import parse_subrip
from tests.docs.kit_pictures import FOLDER

_HEIGHTS = {WIDE: 176, TALL: 388}
_GAP = 12
_GROUND = "#c9d3df"
_LARGEST = 290_000
# Which subtitles stand for their scenes.
_SCENES = (0, 1, 2, 3, 4, 5)
_STEPS = (1, 2, 3, 5, 11, 13)


def main(kit: Path, languages: Sequence[str]) -> None:
    """Writes the sheet of each language."""
    for language in languages:
        short, install = (
            kit / "video-30" / f"video-30s-{language}",
            kit / "video-install" / f"install-{language}",
        )
        wide, steps = moments(short, WIDE, _SCENES), moments(install, WIDE, _STEPS)
        sheet = beside([wide[:3], wide[3:], moments(short, TALL, _SCENES)[:4], steps[:3], steps[3:]])
        out = BytesIO()
        # Frames of a film are photographs to a coder: a palette would give the sky steps.
        sheet.save(out, "JPEG", quality=86, subsampling=0, optimize=True)
        assert len(out.getvalue()) < _LARGEST, len(out.getvalue())
        (FOLDER / f"kit-films-{language}.jpg").write_bytes(out.getvalue())


def beside(rows: Sequence[Sequence[Image.Image]]) -> Image.Image:
    """Pictures side by side, rows below each other."""
    width = max(sum(one.width + _GAP for one in row) for row in rows) + _GAP
    height = sum(row[0].height + _GAP for row in rows) + _GAP
    sheet, top = Image.new("RGB", (width, height), _GROUND), _GAP
    for row in rows:
        left = (width - sum(one.width + _GAP for one in row) + _GAP) // 2
        for one in row:
            sheet.paste(one, (left, top))
            left += one.width + _GAP
        top += row[0].height + _GAP
    return sheet


def moments(film: Path, frame: Frame, numbers: Sequence[int]) -> list[Image.Image]:
    """What is seen in the middle of some subtitles.

    Args:
        film: path without size and suffix.
        frame: wide or tall.
        numbers: of the subtitles, from 0.
    """
    shown = parse_subrip(film.with_name(f"{film.name}.srt").read_text(encoding="utf-8"))
    path = film.with_name(f"{film.name}-{frame.size}.mp4")
    size = (round(_HEIGHTS[frame] * frame.width / frame.height), _HEIGHTS[frame])
    seconds = [(shown[number].begin_s + shown[number].end_s) / 2 for number in numbers]
    return [frame_at(path, second, whole(frame)).resize(size) for second in seconds]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or ("vi", "en"))
