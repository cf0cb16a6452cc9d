"""What keeps a site on this machine from being used by other sites in the same browser.

Decides which host names are answered and which headers every answer carries. A page of a stranger that
lets its own name point to 127.0.0.1 (DNS rebinding) sends its own name as Host, and is refused.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
# No inline script, no inline style, nothing from elsewhere; frames only of this site (a phone's screen).
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self';"
    " connect-src 'self'; media-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_REFUSED = b"This site answers only to its own name, or on its machine to http://127.0.0.1 with its port.\n"


class Guard:
    """Refuses foreign host names and foreign origins, and puts the headers on every answer.

    Args:
        app: what is guarded.
        names: host names that are answered, without port.
    """

    def __init__(self, app: ASGIApp, names: Collection[str] = LOOPBACK_NAMES) -> None:
        self.app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in HEADERS.items():
                    headers[name] = value
                # What a phone shows is nobody's to find later; public answers say how long they last.
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        given = {name: value for name, value in scope["headers"] if name in (b"host", b"origin")}
        if not is_own_name(given.get(b"host", b""), self._names) or not self._may_come_from(given):
            await _refuse(with_headers)
            return
        await self.app(scope, receive, with_headers)

    def _may_come_from(self, given: dict[bytes, bytes]) -> bool:
        own, origin = given.get(b"host", b""), given.get(b"origin")
        return origin is None or origin in (b"http://" + own, b"https://" + own)


def is_own_name(host: bytes, names: Collection[str]) -> bool:
    """Whether a Host header, with or without port, is one of these names."""
    try:
        return urlsplit(b"//" + host).hostname in {name.encode() for name in names}
    except ValueError:
        return False


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(_REFUSED))]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": _REFUSED, "more_body": False})
