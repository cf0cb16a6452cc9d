"""Small pictures of the kit's files: the first page of a PDF, a picture made smaller, a frame of a film.

Decides which file of an item is shown and how large the picture may be. A picture is made once and kept under
the checksum of its source, so it is never out of date.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import imageio_ffmpeg
import structlog
from PIL import Image

from bluezone.outreach.kit.job import BuiltFile
from bluezone.outreach.kit.pdf import opened

WIDTH, HEIGHT = 480, 720
# A picture of an A2 poster has 6 million pixels; ten times that is not one of ours.
_MAX_PIXELS = 60_000_000
_FILM_SECOND = "1.5"
_FILM_TIMEOUT_S = 30
# ffmpeg would guess the form from the content, and a playlist names other files and addresses.
_ONLY_THIS_FILE = ("-protocol_whitelist", "file", "-f", "mov")
_CANNOT_BE_DRAWN = (
    ValueError,
    OSError,
    Image.DecompressionBombError,
    RuntimeError,  # what pdfium says of a damaged document
    subprocess.SubprocessError,
)
_BEST_FIRST = (".png", ".jpg", ".pdf", ".mp4")
log = structlog.get_logger(__name__)


class Previews:
    """Makes previews one at a time, and keeps them.

    Args:
        folder: where they are kept; made when it is missing. None: in memory only.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._memory: dict[str, bytes] = {}
        # One picture at a time leaves the machine to the pages.
        self._one_at_a_time = asyncio.Lock()

    async def of(self, file: BuiltFile, path: Path) -> bytes | None:
        """A WebP picture of a file, at most 480 x 720 pixels; None if none can be made."""
        if (known := self._known(file.sha256)) is not None:
            return known or None
        async with self._one_at_a_time:
            if (known := self._known(file.sha256)) is None:
                known = await asyncio.to_thread(_picture_or_nothing, path)
                self._keep(file.sha256, known)
        return known or None

    def _known(self, sha256: str) -> bytes | None:
        if sha256 in self._memory:
            return self._memory[sha256]
        try:
            return (self._folder / f"{sha256}.webp").read_bytes() if self._folder else None
        except OSError:
            return None

    def _keep(self, sha256: str, content: bytes) -> None:
        # What could not be drawn is remembered only until the next start.
        if self._folder is None or not content:
            self._memory[sha256] = content
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            half = self._folder / f".{sha256}"
            half.write_bytes(content)
            half.replace(self._folder / f"{sha256}.webp")
        except OSError as error:
            log.warning("preview-not-kept", reason=error.strerror)
            self._memory[sha256] = content


def best_to_show(files: Sequence[BuiltFile]) -> BuiltFile | None:
    """The file of an item of which a picture says most."""
    drawn = [file for file in files if Path(file.path).suffix in _BEST_FIRST]
    return min(drawn, key=lambda file: (_BEST_FIRST.index(Path(file.path).suffix), file.path), default=None)


def picture_of(path: Path) -> bytes:
    """A small WebP picture of a PNG, JPEG, PDF or MP4 file.

    Raises:
        ValueError, OSError: none can be made of it.
    """
    suffix = path.suffix
    if suffix == ".pdf":
        with opened(path) as document:
            page = document[0]
            scale = min(WIDTH / page.get_width(), HEIGHT / page.get_height())
            return _webp(page.render(scale=scale).to_pil())
    content = _frame(path) if suffix == ".mp4" else path.read_bytes()
    with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as picture:
        if picture.width * picture.height > _MAX_PIXELS:
            raise ValueError("the picture has too many pixels")
        return _webp(picture)


def _picture_or_nothing(path: Path) -> bytes:
    try:
        return picture_of(path)
    except _CANNOT_BE_DRAWN as error:
        log.warning("no-preview", path=path.name, error=type(error).__name__)
        return b""


def _webp(picture: Image.Image) -> bytes:
    small = picture.convert("RGB")
    small.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    out = BytesIO()
    small.save(out, "WEBP", quality=72, method=4)
    return out.getvalue()


def _frame(path: Path) -> bytes:
    """One frame as PNG, by ffmpeg as a program of its own; the first one of a very short film."""
    for second in (_FILM_SECOND, "0"):
        done = subprocess.run(  # noqa: S603 - the program is that of the package, the path is of our own kit
            [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-ss", second, *_ONLY_THIS_FILE,
             "-i", path.resolve(), "-frames:v", "1", "-vf", f"scale={WIDTH}:-2",
             "-f", "image2pipe", "-c:v", "png", "-"],
            capture_output=True, timeout=_FILM_TIMEOUT_S, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode == 0 and done.stdout:
            return done.stdout
    raise ValueError("ffmpeg shows no frame of this film")
