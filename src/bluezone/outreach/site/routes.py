"""Which address of the public site is answered by what, in both languages, and the last resort of the rest.

Decides nothing else. The handlers set no cookie and need none: no form of the public site changes anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.enums import HttpMethod
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler, route
from litestar.params import FromPath

from bluezone.outreach.site import downloads, kit_pages
from bluezone.outreach.site.page import WebRequest, in_language, render
from bluezone.outreach.site.pages import PAGES, SitePages
from bluezone.web.cacheable import KEEP_SHORTLY, cacheable
from bluezone.web.language import DEFAULT_LANGUAGE, LANGUAGES

PACKAGE = "bluezone.outreach.site"
_READING = [HttpMethod.GET, HttpMethod.HEAD]
_FILES: Mapping[str, Any] = {
    "/c/{unit:str}/files/{path:path}": downloads.kit_file,
    "/c/{unit:str}/previews/{name:str}": downloads.preview,
    "/c/{unit:str}/{name:str}": downloads.kit_zip,
    "/downloads/kit.pub": downloads.kit_key,
    "/downloads/{name:str}": downloads.program_file,
    "/typeface/{name:str}": downloads.typeface,
    "/share/{name:str}": downloads.share_picture,
}
_KIT_PAGES: Mapping[str, Any] = {
    "/c": kit_pages.communes,
    "/c/{unit:str}": kit_pages.unit_page,
    "/c/{unit:str}/kit": kit_pages.kit_page,
}


async def elsewhere(
    request: WebRequest, language: NamedDependency[str], path: FromPath[str]
) -> Response[bytes]:
    """A unit's address as its materials print it, typed in any letters; else there is no such page."""
    return await kit_pages.unit_page(request, language, path.strip("/").lower().removeprefix("c/"))


async def robots(request: WebRequest) -> Response[bytes]:
    """What search engines may read: everything but the offices' pages."""
    site: SitePages = request.app.state.site
    text = f"User-agent: *\nDisallow: /office\nSitemap: {site.address}/sitemap.xml\n"
    return cacheable(request, text.encode(), "text/plain; charset=utf-8", KEEP_SHORTLY)


async def sitemap(request: WebRequest) -> Response[bytes]:
    """Every page for search engines, in both languages."""
    site: SitePages = request.app.state.site
    units = [f"/c/{unit}{end}" for unit in site.kits.kits for end in ("", "/kit")]
    addresses = [
        site.address + in_language(language, path)
        for path in (*PAGES, "/c", *units)
        for language in LANGUAGES
    ]
    entries = "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in addresses)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
    )
    return cacheable(request, text.encode(), "application/xml; charset=utf-8", KEEP_SHORTLY)


def site_handlers() -> list[Router]:
    """Everything of the public site; it finds its `SitePages` as `request.app.state.site`."""
    only_once = {**_FILES, "/robots.txt": robots, "/sitemap.xml": sitemap}
    pages = {**PAGES, **_KIT_PAGES, "/{path:path}": elsewhere}
    routers = [_router("/", DEFAULT_LANGUAGE, {**pages, **only_once})]
    return routers + [_router(f"/{one}", one, pages) for one in LANGUAGES if one != DEFAULT_LANGUAGE]


async def look_again(request: WebRequest) -> None:
    """Now and then, before an answer: what lies in the folders today. Others are answered meanwhile."""
    site: SitePages = request.app.state.site
    for shelf in (site.kits, site.releases):
        if shelf.is_due:
            await asyncio.to_thread(shelf.look)


def _router(prefix: str, language: str, handlers: Mapping[str, Any]) -> Router:
    async def speak() -> str:
        return language

    def missing(request: WebRequest, _error: NotFoundException) -> Response[bytes]:
        return render(request, language, "missing", "/", status=404)

    return Router(
        path=prefix,
        route_handlers=[_reading(path, handler) for path, handler in handlers.items()],
        dependencies={"language": Provide(speak)},
        exception_handlers={NotFoundException: missing},
        before_request=look_again,
        opt={"exclude_from_csrf": True},
    )


def _reading(path: str, handler: Any) -> HTTPRouteHandler:
    made: HTTPRouteHandler = route(path, http_method=_READING)(handler)
    return made
