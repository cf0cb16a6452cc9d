"""Previews: which file is shown, how damaged or huge sources end, and that nothing is drawn twice."""

from __future__ import annotations

import asyncio
import struct
import subprocess
import zlib
from io import BytesIO
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from bluezone.outreach.kit.job import BuiltFile
from bluezone.outreach.site import preview as drawing
from bluezone.outreach.site.preview import Previews, best_to_show
from tests.unit.outreach.site.sample import picture

FILE = BuiltFile("poster", "poster/poster-a3-vi.png", 1, "ab" * 32)


def test_a_picture_says_more_than_a_sheet_and_a_sheet_more_than_a_film() -> None:
    names = ["a/x.mp4", "a/x.pdf", "a/x.png", "a/x.docx"]
    files = [BuiltFile("a", name, 1, "0") for name in names]
    assert best_to_show(files) == files[2]
    assert best_to_show(files[:2]) == files[1]
    assert best_to_show(files[3:]) is None


async def test_it_is_drawn_once_and_kept_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "poster.png"
    source.write_bytes(picture(800, 1000))
    drawn: list[Path] = []
    real = drawing.picture_of

    def counted(path: Path) -> bytes:
        drawn.append(path)
        return real(path)

    monkeypatch.setattr(drawing, "picture_of", counted)
    previews = Previews(tmp_path / "kept")
    pictures = await asyncio.gather(*(previews.of(FILE, source) for _ in range(4)))
    assert len(set(pictures)) == 1
    assert await Previews(tmp_path / "kept").of(FILE, source) == pictures[0]
    assert len(drawn) == 1


def test_a_film_shows_a_frame(tmp_path: Path) -> None:
    film, pattern = tmp_path / "video.mp4", "testsrc=size=640x360:rate=5:duration=1"
    make = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", pattern]
    subprocess.run([*make, "-pix_fmt", "yuv420p", film], check=True, stdin=subprocess.DEVNULL)
    with Image.open(BytesIO(drawing.picture_of(film))) as shown:
        assert (shown.format, shown.size) == ("WEBP", (480, 270))


def test_a_film_is_read_as_mp4_whatever_it_looks_like(tmp_path: Path) -> None:
    """Else ffmpeg would take the form that fits, and a playlist names other files and addresses."""
    film = tmp_path / "video.mp4"
    make = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", "testsrc=duration=3:rate=5"]
    subprocess.run([*make, "-f", "mpegts", film], check=True, stdin=subprocess.DEVNULL)
    with pytest.raises(ValueError, match="no frame"):
        drawing.picture_of(film)


def bomb() -> bytes:
    """A PNG of few bytes that says that it has 3,600 million pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b"no picture"),
        ("a.png", b""),
        ("a.png", bomb()),
        ("a.pdf", b"%PDF broken"),
        ("a.mp4", b"no film"),
    ],
    ids=["text", "empty", "bomb", "pdf", "film"],
)
async def test_what_cannot_be_drawn_has_no_preview(tmp_path: Path, name: str, content: bytes) -> None:
    source = tmp_path / name
    source.write_bytes(content)
    assert await Previews(None).of(FILE, source) is None


async def test_a_folder_that_cannot_be_written_only_costs_memory(tmp_path: Path) -> None:
    source = tmp_path / "poster.png"
    source.write_bytes(picture(100, 100))
    (tmp_path / "in-the-way").write_text("x")
    previews = Previews(tmp_path / "in-the-way")
    first = await previews.of(FILE, source)
    assert first
    assert await previews.of(FILE, source) == first
