"""The pages of the kits: which communes have one, what a QR code leads to, and what is in a kit.

Decides how the files of a manifest are grouped into the fourteen items and what is said of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from urllib.parse import urlencode

from litestar import Response
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bluezone.outreach.kit.items import Item, catalogue
from bluezone.outreach.kit.job import BuiltFile
from bluezone.outreach.kit.manifest import CHECK_LINES
from bluezone.outreach.site.finding import MAX_TYPED, find
from bluezone.outreach.site.page import WebRequest, render
from bluezone.outreach.site.pages import SitePages
from bluezone.outreach.site.preview import best_to_show
from bluezone.outreach.site.shelf import Kit
from bluezone.outreach.site.whole_kit import zip_bytes
from bluezone.web.language import LANGUAGES, words_of

MOST_SHOWN = 200
# What tells files of one kind in one item apart.
_FILE_KEYS = {
    "letter": "site.file.letter",
    "plan": "site.file.plan",
    "speech": "site.file.speech",
    "post": "site.file.post",
    "report": "site.file.report",
}
_SOUNDS = (".mp3",)
_WIDE = ("banner", "introduction", "video-install", "video-8", "video-15", "video-30")


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file as a page shows it: what it is, where it is, how it is printed."""

    name: str
    label: str
    address: str
    bytes: int
    sha256: str
    how_to_print: str


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One of the fourteen items as a page shows it.

    Attributes:
        id, number, title, where: of the item.
        files: that it has in this language.
        preview: address of a small picture, or "".
        shape: "wide" or "tall", for the place of the picture.
        sign: what stands there without a picture.
        sound: address of what can be listened to, or "".
    """

    id: str
    number: int
    title: str
    where: str
    files: tuple[ShownFile, ...]
    preview: str
    shape: str
    sign: str
    sound: str


async def communes(request: WebRequest, language: NamedDependency[str]) -> Response[bytes]:
    """Which communes have a kit, and a search among them."""
    site: SitePages = request.app.state.site
    typed = " ".join(request.query_params.get("q", "")[:MAX_TYPED].split())
    found = find(site.kits.kits.values(), typed)
    return render(
        request,
        language,
        "communes",
        "/c",
        query="?" + urlencode({"q": typed}) if typed else "",
        typed=typed,
        found=found[:MOST_SHOWN],
        found_count=len(found),
    )


async def unit_page(
    request: WebRequest, language: NamedDependency[str], unit: FromPath[str]
) -> Response[bytes]:
    """Where the QR code of a unit's materials leads."""
    kit = kit_of(request, unit)
    return render(request, language, "unit", f"/c/{kit.unit_id}", kit=kit)


async def kit_page(
    request: WebRequest, language: NamedDependency[str], unit: FromPath[str]
) -> Response[bytes]:
    """A unit's kit: every item with a picture, its files, how to print and how to check."""
    kit = kit_of(request, unit)
    items, missing = shown_items(kit, language)
    return render(
        request,
        language,
        "kit",
        f"/c/{kit.unit_id}/kit",
        kit=kit,
        items=items,
        missing=missing,
        zip_address=f"/c/{kit.unit_id}/bluezone-{kit.unit_id}.zip?v={kit.digest}",
        zip_bytes=zip_bytes(kit),
        check_lines=CHECK_LINES if kit.is_signed else CHECK_LINES[1:],
    )


def kit_of(request: WebRequest, unit: str) -> Kit:
    """The kit of a unit; a telephone's keyboard begins with a capital, so capitals are as good.

    Raises:
        NotFoundException: there is none.
    """
    site: SitePages = request.app.state.site
    kit = site.kits.kits.get(unit.lower())
    if kit is None:
        raise NotFoundException
    return kit


def shown_items(kit: Kit, language: str) -> tuple[list[ShownItem], list[str]]:
    """The items of a kit in a language, and the titles of those that are missing in it.

    An item that exists only in the other language is shown in that one.
    """
    shown, missing = [], []
    for item in catalogue():
        own = [file for file in kit.files.values() if file.item == item.id]
        wanted = [file for file in own if f"-{language}" in PurePosixPath(file.path).name] or own
        if wanted:
            wanted.sort(key=partial(_place, item))
            shown.append(_shown(kit, item, wanted, language))
        if (item.id, language) in kit.missing or not own:
            missing.append(item.title[language])
    return shown, missing


def file_address(kit: Kit, file: BuiltFile) -> str:
    """Where a file is fetched; the address changes with the content."""
    return f"/c/{kit.unit_id}/files/{file.path}?v={file.sha256[:12]}"


def _shown(kit: Kit, item: Item, files: Sequence[BuiltFile], language: str) -> ShownItem:
    drawn = best_to_show(files)
    sound = next((file for file in files if file.path.endswith(_SOUNDS)), None)
    return ShownItem(
        id=item.id,
        number=item.number,
        title=item.title[language],
        where=item.where[language],
        files=tuple(_shown_file(kit, item, file, language) for file in files),
        preview=f"/c/{kit.unit_id}/previews/{item.id}-{language}.webp?v={drawn.sha256[:12]}" if drawn else "",
        shape="wide" if item.id in _WIDE else "tall",
        sign=PurePosixPath(files[0].path).suffix.removeprefix(".").upper(),
        sound=file_address(kit, sound) if sound else "",
    )


def _shown_file(kit: Kit, item: Item, file: BuiltFile, language: str) -> ShownFile:
    name = PurePosixPath(file.path).name
    plan = next((one for one in item.files if name in map(one.name_in, LANGUAGES)), None)
    label = plan.size[language] if plan else name
    key = _FILE_KEYS.get(name.partition("-")[0])
    if key is not None:
        label = f"{words_of(language).text(key)} ({label})"
    how = plan.how_to_print[language] if plan else ""
    return ShownFile(name, label, file_address(kit, file), file.bytes, file.sha256, how)


def _place(item: Item, file: BuiltFile) -> tuple[int, str]:
    """As the catalogue lists the files; what it does not know comes last."""
    name = PurePosixPath(file.path).name
    known = (number for number, plan in enumerate(item.files) if name in map(plan.name_in, LANGUAGES))
    return next(known, len(item.files)), file.path
