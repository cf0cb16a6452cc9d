"""Sets one sheet with typst: layouts, words, QR code, logo and screens go in, a PDF or PNG comes out.

Decides what a layout can see (only that folder) and that the bleed box of a print sheet is right. How a
sheet looks is in `typst/*.typ`; what it says is in `wording`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Literal

import segno
import typst

from bluezone.outreach.kit.errors import ItemFailed, NameTooLong
from bluezone.outreach.kit.glyphs import FONT_FOLDER
from bluezone.outreach.kit.job import PACKAGE, Job
from bluezone.outreach.kit.pdf import with_bleed_box

BLEED_MM = 3.0
SLUG_MM = 5.0  # outside of the bleed: crop marks
_TOO_LONG = "name-too-long"


@dataclass(frozen=True, slots=True)
class Sheet:
    """How one file is set.

    Attributes:
        layout: file in `typst/`.
        form: what the layout is to be, such as `a3`; the layout knows its forms.
        format: of the file.
        ppi: pixels per inch of a PNG.
        has_marks: whether there are bleed and crop marks around it.
    """

    layout: str
    form: str = ""
    format: Literal["pdf", "png"] = "pdf"
    ppi: float = 144
    has_marks: bool = False


def set_sheet(job: Job, sheet: Sheet, more: Mapping[str, Any] | None = None) -> bytes:
    """Sets a sheet of one page (PNG) or any number of pages (PDF).

    Args:
        job: whose words, unit, logo and language are shown.
        sheet: how.
        more: further data for the layout, under `d.more`.

    Raises:
        NameTooLong: a name of the unit does not fit; the sentence says where.
        ItemFailed: the layout cannot be set.
    """
    folder = job.folder / "typst"
    _furnish(folder, job, more or {})
    inputs = {"form": sheet.form, "marks": "yes" if sheet.has_marks else "no"}
    compiler = typst.Compiler(
        folder / sheet.layout, root=folder, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs
    )
    try:
        # No PDF carries a date: the same unit, the same bytes.
        made = compiler.compile(format=sheet.format, ppi=sheet.ppi, timestamp=0)
    except typst.TypstError as error:
        raise _failure(job, f"{sheet.layout} {sheet.form}".strip(), error) from None
    content = made[0] if isinstance(made, list) else made
    assert isinstance(content, bytes)
    return with_bleed_box(content, SLUG_MM) if sheet.has_marks else content


def qr_drawing(address: str) -> str:
    """A QR code as SVG: black, no border, rows that overlap a little so that no viewer shows seams."""
    rows = _qr(address)
    path = "".join(
        f"M{start} {y}h{end - start}v1.02h-{end - start}z"
        for y, row in enumerate(rows)
        for start, end in _runs(row)
    )
    side = len(rows)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path d="{path}"/></svg>'


def qr_side(address: str) -> int:
    """How many squares a QR code has on a side."""
    return len(_qr(address))


def _qr(address: str) -> list[bytes]:
    return [bytes(row) for row in segno.make(address, error="m", micro=False).matrix]


def _runs(row: bytes) -> list[tuple[int, int]]:
    edges = [x for x in range(len(row) + 1) if (row[x - 1] if x else 0) != (row[x] if x < len(row) else 0)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _furnish(folder: Path, job: Job, more: Mapping[str, Any]) -> None:
    if not folder.exists():
        with as_file(files(PACKAGE).joinpath("typst")) as layouts:
            shutil.copytree(layouts, folder)
        with as_file(files(PACKAGE).joinpath("screens")) as screens:
            shutil.copytree(screens, folder / "screens")
        mark = files("bluezone.web").joinpath("static", "mark.svg").read_bytes()
        (folder / "mark.svg").write_bytes(mark)
        (folder / "qr.svg").write_text(qr_drawing(job.unit.address), encoding="utf-8")
        if job.logo_png:
            (folder / "logo.png").write_bytes(job.logo_png)
    data = {
        "language": job.language,
        "words": job.words,
        "unit": job.unit.facts(),
        "shown_address": job.unit.shown_address,
        "name": job.unit.name_in(job.language),
        "parent": job.unit.parent_in(job.language),
        "has_logo": job.logo_png is not None,
        "qr_side": qr_side(job.unit.address),
        "bleed_mm": BLEED_MM,
        "slug_mm": SLUG_MM,
        "more": dict(more),
    }
    (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT_FOLDER)]
    )


def _failure(job: Job, layout: str, error: typst.TypstError) -> ItemFailed:
    if _TOO_LONG in str(error):
        texts = {
            "unit.address": job.unit.shown_address,
            "unit.name": job.unit.name_in(job.language),
            "unit.parent": job.unit.parent_in(job.language),
        }
        entry = next((name for name, text in texts.items() if text in str(error)), "a text")
        return NameTooLong(
            f"{entry} is too long for {layout} of the item {job.item.id} ({job.item.title['en']}): "
            "give a shorter form in the unit file"
        )
    return ItemFailed(f"{job.item.id} cannot be set: {error}")
