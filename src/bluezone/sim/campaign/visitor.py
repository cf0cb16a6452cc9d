"""Somebody at a browser: opens pages, fills forms, presses buttons, over HTTP and nothing else.

Decides how a form's protection is carried along. What is typed is the story's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

import httpx

_TOKEN = re.compile(r'name="_csrf_token" value="([^"]+)"')
_PROBLEM = re.compile(r'<p class="problem"[^>]*>(.*?)</p>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser shows.

    Attributes:
        status: of the answer.
        address: where the browser ended.
        text: HTML.
        content: bytes.
    """

    status: int
    address: str
    text: str
    content: bytes

    @property
    def token(self) -> str:
        """The token that protects the page's forms; empty when there is none."""
        found = _TOKEN.search(self.text)
        return found[1] if found else ""

    @property
    def problems(self) -> list[str]:
        """The sentences beside fields that need to be put right."""
        return [" ".join(unescape(_TAG.sub("", text)).split()) for text in _PROBLEM.findall(self.text)]

    def field(self, name: str) -> str:
        """What stands in a field now; empty when there is none."""
        written = re.search(rf'<textarea[^>]* name="{name}"[^>]*>(.*?)</textarea>', self.text, re.DOTALL)
        typed = re.search(rf'<input[^>]* name="{name}"[^>]* value="([^"]*)"', self.text)
        found = written or typed
        return unescape(found[1]) if found else ""


class Visitor:
    """One browser with its own cookies.

    Args:
        transport: how requests travel: into an app in this process, or over a socket.
        base_url: of the site.
    """

    def __init__(self, base_url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(
            transport=transport, base_url=base_url, follow_redirects=True, timeout=60
        )

    async def open(self, address: str) -> Page:
        """Opens a page; whole addresses of the same site are fine, as they stand in messages."""
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return _page(await self._client.get(path))

    async def press(
        self,
        page: Page,
        action: str,
        fields: Mapping[str, str | list[str]] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> Page:
        """Sends a form of a page.

        Args:
            page: that holds the form.
            action: where the form goes, a path.
            fields: what was typed and ticked.
            files: what was chosen.
        """
        data = {"_csrf_token": page.token, **(fields or {})}
        return _page(await self._client.post(action, data=data, files=files))

    async def follow_link(self, address: str) -> Page:
        """Opens a one-time link and presses its button."""
        page = await self.open(address)
        return await self.press(page, urlsplit(address).path)

    async def close(self) -> None:
        """Closes the browser."""
        await self._client.aclose()


def _page(answer: httpx.Response) -> Page:
    is_text = answer.headers.get("content-type", "").startswith("text/")
    return Page(answer.status_code, answer.url.path, answer.text if is_text else "", answer.content)
