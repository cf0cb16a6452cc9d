"""What is fetched from the site besides pages: files of kits, whole kits, previews, the program, letters.

Decides which names exist. None of them is a path of the disk: each is looked up in what is on the shelves.
"""

from __future__ import annotations

import asyncio
from pathlib import PurePosixPath

from litestar import Response
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Stream

from bluezone.outreach.kit.job import BuiltFile
from bluezone.outreach.kit.signing import public_pem
from bluezone.outreach.site.kit_pages import kit_of
from bluezone.outreach.site.page import WebRequest
from bluezone.outreach.site.pages import SitePages
from bluezone.outreach.site.preview import best_to_show
from bluezone.outreach.site.sending import send
from bluezone.outreach.site.shelf import Kit, pieces_of
from bluezone.outreach.site.typeface import font_named, sheet, sheet_address
from bluezone.outreach.site.whole_kit import members_of
from bluezone.outreach.site.zip_stream import part_of, zip_length, zip_pieces
from bluezone.web.cacheable import KEEP_FOR_A_YEAR, KEEP_SHORTLY, cacheable

FileAnswer = Response[bytes] | Stream


async def kit_file(request: WebRequest, unit: FromPath[str], path: FromPath[str]) -> FileAnswer:
    """One file of a kit."""
    kit = kit_of(request, unit)
    file = kit.files.get(path.removeprefix("/"))
    if file is None:
        raise NotFoundException
    real = await asyncio.to_thread(_site(request).kits.verified_path, kit, file)
    if real is None:
        raise NotFoundException
    name = f"{kit.unit_id}-{PurePosixPath(file.path).name}"
    return send(request, name, file.bytes, file.sha256, lambda start, end: pieces_of(real, start, end))


async def kit_zip(request: WebRequest, unit: FromPath[str], name: FromPath[str]) -> FileAnswer:
    """A whole kit."""
    kit = kit_of(request, unit)
    if name != f"bluezone-{kit.unit_id}.zip":
        raise NotFoundException
    is_whole = await asyncio.to_thread(_is_whole, _site(request), kit)
    if not is_whole:
        raise NotFoundException
    members = members_of(kit)
    length = zip_length(members)
    return send(
        request, name, length, kit.digest, lambda start, end: part_of(zip_pieces(members), start, end)
    )


async def preview(request: WebRequest, unit: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A small picture of one item in one language."""
    kit = kit_of(request, unit)
    item, _, language = name.removesuffix(".webp").rpartition("-")
    files = [file for file in kit.files.values() if file.item == item]
    wanted: list[BuiltFile] = [
        file for file in files if f"-{language}" in PurePosixPath(file.path).name
    ] or files
    chosen = best_to_show(wanted)
    site = _site(request)
    real = await asyncio.to_thread(site.kits.verified_path, kit, chosen) if chosen else None
    content = await site.previews.of(chosen, real) if chosen and real else None
    if content is None or chosen is None:
        raise NotFoundException
    is_versioned = request.query_params.get("v") == chosen.sha256[:12]
    keep = KEEP_FOR_A_YEAR if is_versioned else KEEP_SHORTLY
    return cacheable(request, content, "image/webp", keep, tag=chosen.sha256[:16])


async def kit_key(request: WebRequest) -> Response[bytes]:
    """The public key with which kits are signed."""
    key = _site(request).kits.key
    if key is None:
        raise NotFoundException
    return cacheable(request, public_pem(key), "application/x-pem-file", KEEP_SHORTLY)


async def program_file(request: WebRequest, name: FromPath[str]) -> FileAnswer:
    """One file of the program's downloads."""
    release = _site(request).releases.release
    path = release.path_of(name) if release else None
    if path is None or not path.is_file():
        raise NotFoundException
    stat = path.stat()
    tag = f"{stat.st_size:x}-{stat.st_mtime_ns:x}"
    return send(request, name, stat.st_size, tag, lambda start, end: pieces_of(path, start, end))


async def typeface(request: WebRequest, name: FromPath[str]) -> Response[bytes]:
    """The small letters, and their style sheet."""
    if sheet_address() == f"/typeface/{name}":
        return cacheable(request, sheet(), "text/css; charset=utf-8", KEEP_FOR_A_YEAR)
    content = font_named(name)
    if content is None:
        raise NotFoundException
    return cacheable(request, content, "font/woff", KEEP_FOR_A_YEAR)


async def share_picture(request: WebRequest, name: FromPath[str]) -> Response[bytes]:
    """The picture that other sites show beside a link."""
    site = _site(request)
    language = name[:2]
    if language not in ("vi", "en") or site.drawn_picture(language).path != f"/share/{name}":
        raise NotFoundException
    return cacheable(request, site.drawn_picture(language).content, "image/png", KEEP_FOR_A_YEAR)


def _site(request: WebRequest) -> SitePages:
    site: SitePages = request.app.state.site
    return site


def _is_whole(site: SitePages, kit: Kit) -> bool:
    return all(site.kits.verified_path(kit, file) is not None for file in kit.files.values())
