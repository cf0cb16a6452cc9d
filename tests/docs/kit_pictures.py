"""Contact sheets of a finished kit for the documentation: `python -m tests.docs.kit_pictures KIT_FOLDER`.

Decides which pages stand on which sheet and how large. Slides and documents need LibreOffice, which is not a
dependency; without it their sheet stays as it is.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image

from tests.docs.repository import ROOT

FOLDER = ROOT / "docs" / "pictures"
LARGEST = 250_000
_GAP = 14
_GROUND = "#c9d3df"
_PRINT = ("poster/poster-a3", "leaflet/leaflet-a5", "standee/standee-80x180", "introduction/brief")
_DOCUMENTS = ("letter", "report")
_PAPER = ("index/index", "persuasion/door-to-door", "faq/faq")


def main(kit: Path) -> None:
    """Writes the sheets of both languages."""
    for language in ("vi", "en"):
        printed = [page for name in _PRINT for page in pages(kit / f"{name}-{language}.pdf", 560)]
        write(f"kit-print-{language}.png", [printed])
        write(
            f"kit-banners-{language}.png",
            [
                [
                    picture(kit / "banner" / f"banner-1200x628-{language}.png", 330),
                    picture(kit / "banner" / f"banner-300x250-{language}.png", 250),
                ],
                [picture(kit / "banner" / f"banner-728x90-{language}.png", 90)],
                pages(kit / "banner" / f"street-banner-{language}.pdf", 210),
            ],
        )
        papers = [page for name in _PAPER for page in pages(kit / f"{name}-{language}.pdf", 420)]
        write(f"kit-papers-{language}.png", [papers[:4], papers[4:]])
    printed = [page for name in _PRINT for page in pages(kit / f"{name}-vi.pdf", 480)]
    write("kit-grey-vi.png", [[in_grey(page) for page in printed]])
    office = shutil.which("soffice")
    if office:
        for language in ("vi", "en"):
            write_office(kit, office, language)


def write_office(kit: Path, office: str, language: str) -> None:
    """The slides and documents of a language, as LibreOffice shows them."""
    with tempfile.TemporaryDirectory() as out:
        sources = [kit / "introduction" / f"introduction-{language}.pptx"]
        sources += [kit / "templates" / f"{name}-{language}.docx" for name in _DOCUMENTS]
        subprocess.run(
            [office, "--headless", "--convert-to", "pdf", "--outdir", out, *map(str, sources)],
            check=True,
            capture_output=True,
        )
        slides = pages(Path(out) / f"introduction-{language}.pdf", 150)
        letters = [page for name in _DOCUMENTS for page in pages(Path(out) / f"{name}-{language}.pdf", 450)]
        write(f"kit-office-{language}.png", [slides[:4], slides[4:8], slides[8:]])
        write(f"kit-documents-{language}.png", [letters])


def in_grey(page: Image.Image) -> Image.Image:
    """A page as a printer without colours prints it."""
    return page.convert("L").convert("RGB")


def pages(path: Path, height: int) -> list[Image.Image]:
    """Every page of a PDF, so many pixels high."""
    document = pypdfium2.PdfDocument(path)
    return [page.render(scale=height / page.get_height()).to_pil().convert("RGB") for page in document]


def picture(path: Path, height: int) -> Image.Image:
    """A picture, so many pixels high."""
    with Image.open(path) as source:
        return source.convert("RGB").resize((round(source.width * height / source.height), height))


def write(name: str, rows: list[list[Image.Image]], *, colours: int = 128, largest: int = LARGEST) -> None:
    """Puts pictures side by side, rows below each other, and saves them in a palette."""
    width = max(sum(one.width + _GAP for one in row) for row in rows) + _GAP
    height = sum(max(one.height for one in row) + _GAP for row in rows) + _GAP
    sheet, top = Image.new("RGB", (width, height), _GROUND), _GAP
    for row in rows:
        left = (width - sum(one.width + _GAP for one in row) + _GAP) // 2
        for one in row:
            sheet.paste(one, (left, top))
            left += one.width + _GAP
        top += max(one.height for one in row) + _GAP
    out = BytesIO()
    sheet.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    assert len(out.getvalue()) < largest, f"{name} has {len(out.getvalue())} bytes"
    (FOLDER / name).write_bytes(out.getvalue())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
