"""Style sheets, scripts, pictures and the typeface: small files, read once and served from memory.

Decides their addresses and how long a browser may keep them. A name that is not in the table does not
exist, so no path of the disk can be asked for. The typeface is served from its installed package.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

import fontpkg_be_vietnam_pro
from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

FONT_WEIGHTS = ("Regular", "SemiBold", "Bold")
KEEP_FOR_A_YEAR = "public, max-age=31536000, immutable"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served.

    Attributes:
        content: bytes.
        media_type: of the answer.
        digest: changes with the content, 12 hex digits.
    """

    content: bytes
    media_type: str
    digest: str


class Assets:
    """The files that a site serves, by `group/name`.

    Args:
        packages: group to the package whose folder `static` holds its files.
    """

    def __init__(self, packages: Mapping[str, str]) -> None:
        self._assets = {
            f"{group}/{entry.name}": _asset(entry.name, entry.read_bytes())
            for group, package in packages.items()
            for entry in files(package).joinpath("static").iterdir()
            if PurePosixPath(entry.name).suffix in _MEDIA_TYPES
        }
        self._assets |= {f"fonts/{name}": asset for name, asset in _fonts().items()}

    def address(self, name: str) -> str:
        """The address of an asset; it changes with the content, so a browser may keep it for ever."""
        return f"/assets/{name}?v={self._assets[name].digest}"

    def find(self, name: str) -> Asset | None:
        """The asset of a name, if there is one."""
        return self._assets.get(name)


# Assets have no forms, and an answer that may be kept for a year must not carry a cookie.
@get("/assets/{group:str}/{name:str}", include_in_schema=False, opt={"exclude_from_csrf": True})
async def asset_file(
    group: FromPath[str], name: FromPath[str], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """One asset; without the version in its address a browser asks again each time."""
    assets: Assets = request.app.state.assets
    found = assets.find(f"{group}/{name}")
    if found is None:
        raise NotFoundException
    tag = f'"{found.digest}"'
    is_versioned = request.query_params.get("v") == found.digest or group == "fonts"
    headers = {"ETag": tag, "Cache-Control": KEEP_FOR_A_YEAR if is_versioned else "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers, media_type=found.media_type)
    return Response(found.content, headers=headers, media_type=found.media_type)


@cache
def _fonts() -> dict[str, Asset]:
    folder = fontpkg_be_vietnam_pro.ROOT / "files"
    names = [f"BeVietnamPro-{weight}.ttf" for weight in FONT_WEIGHTS]
    return {name: _asset(name, (folder / name).read_bytes()) for name in names}


def _asset(name: str, content: bytes) -> Asset:
    media_type = _MEDIA_TYPES[PurePosixPath(name).suffix]
    return Asset(content, media_type, hashlib.sha256(content).hexdigest()[:12])
