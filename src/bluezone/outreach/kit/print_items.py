"""The printed items and the banners: which sheet each of their files is."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bluezone.outreach.kit.checks.reading import PICTURE_TEXT
from bluezone.outreach.kit.items import catalogue
from bluezone.outreach.kit.job import ItemBuilder, Job, Report, package_files
from bluezone.outreach.kit.twin import check_twin
from bluezone.outreach.kit.typesetting import Sheet, set_sheet
from bluezone.outreach.kit.wording import questions

_SOURCES = ("typst", "screens", "typesetting.py", "twin.py", "print_items.py")
SHEETS = {
    "index-{lang}.pdf": Sheet("index.typ"),
    "door-to-door-{lang}.pdf": Sheet("guide.typ"),
    "leaflet-a5-{lang}.pdf": Sheet("leaflet.typ", has_marks=True),
    "poster-a3-{lang}.pdf": Sheet("poster.typ", "a3", has_marks=True),
    "poster-a2-{lang}.pdf": Sheet("poster.typ", "a2", has_marks=True),
    "poster-a3-{lang}.png": Sheet("poster.typ", "a3", "png", ppi=150),
    "poster-a2-{lang}.png": Sheet("poster.typ", "a2", "png", ppi=120),
    "faq-{lang}.pdf": Sheet("faq.typ"),
    "banner-728x90-{lang}.png": Sheet("banner.typ", "728x90", "png", ppi=72),
    "banner-300x250-{lang}.png": Sheet("banner.typ", "300x250", "png", ppi=72),
    "banner-1200x628-{lang}.png": Sheet("banner.typ", "1200x628", "png", ppi=72),
    "street-banner-{lang}.pdf": Sheet("street.typ", has_marks=True),
    "brief-{lang}.pdf": Sheet("brief.typ"),
    "standee-80x180-{lang}.pdf": Sheet("standee.typ", has_marks=True),
}


class PrintItems:
    """Sets every file of an item that has a sheet."""

    def inputs(self, job: Job) -> Iterable[bytes]:
        """The layouts, and the questions where they are printed."""
        yield from package_files(*_SOURCES)
        yield repr(self._more(job)).encode()

    def build(self, job: Job, report: Report) -> None:
        """Sets one file after the other."""
        more = self._more(job)
        for number, plan in enumerate(job.item.files):
            report(number / len(job.item.files))
            sheet = SHEETS[plan.name]
            content = set_sheet(job, sheet, more)
            if sheet.format == "png":
                check_twin(job, plan, sheet, more)
                content = small_png(content, described(job))
            job.path(plan.name).write_bytes(content)

    @staticmethod
    def _more(job: Job) -> dict[str, object]:
        if job.item.id == "index":
            return {"items": _index_rows(job)}
        asked = questions(job.language, job.unit)
        return {"faq": [{"q": one.question, "a": list(one.answer)} for one in asked]}


def small_png(content: bytes, described: str) -> bytes:
    """The same picture in a palette of 256 colours: flat drawings lose nothing that an eye would see.

    Args:
        content: a PNG.
        described: what it says, for those who do not see it; goes into the file.
    """
    with Image.open(BytesIO(content)) as picture:
        resolution = picture.info.get("dpi", (72, 72))
        palette = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    words = PngInfo()
    words.add_itxt(PICTURE_TEXT, described)
    out = BytesIO()
    palette.save(out, "PNG", dpi=resolution, pnginfo=words)
    return out.getvalue()


def described(job: Job) -> str:
    """What a poster or banner says, as one text."""
    words = job.words
    call = words["call"]
    parts = (
        f"{words['brand']['name']}: {words['brand']['slogan']}. {call['three']}. {call['lookalike']}",
        f"{call['hotline']}: {call['numbers']}. {job.unit.name_in(job.language)}",
    )
    return " ".join(parts)


def _index_rows(job: Job) -> list[dict[str, object]]:
    language = job.language
    built = {one.path: one for one in job.others}
    rows: list[dict[str, object]] = []
    for item in catalogue():
        spoken = language if language in item.languages else item.languages[0]
        listed = []
        for plan in item.files:
            entry = built.get(f"{item.id}/{plan.name_in(spoken)}")
            listed.append(
                {
                    "name": plan.name_in(spoken),
                    "size": plan.size[language],
                    "print": plan.how_to_print[language],
                    "sha256": entry.sha256 if entry else "",
                    "there": entry is not None or item.id == job.item.id,
                }
            )
        title = {
            "id": item.id,
            "number": item.number,
            "title": item.title[language],
            "where": item.where[language],
        }
        rows.append({**title, "files": listed})
    return rows


BUILDER: ItemBuilder = PrintItems()
