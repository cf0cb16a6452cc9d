"""Who is signed in on a browser: cookies in, an identity out.

Decides the cookies: never readable by script, sent only with requests that come from this site or follow a
link to it, and over TLS alone where the site has TLS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import Cookie
from litestar.response import Redirect

from bluezone.web.page import see_other
from bluezone.web.signin.rules import DAY_S, Identity
from bluezone.web.signin.service import SignedIn, SignIn

WebRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Door:
    """How one application lets people in.

    Attributes:
        service: the accounts.
        base: path below which the application lies, such as "/office".
        is_secure: whether the site is reached by https.
    """

    service: SignIn
    base: str
    is_secure: bool

    @property
    def session_cookie(self) -> str:
        """Name of the session's cookie."""
        return f"{self.base.strip('/')}-session"

    @property
    def device_cookie(self) -> str:
        """Name of the cookie of a known browser."""
        return f"{self.base.strip('/')}-device"

    async def identity(self, request: WebRequest) -> Identity:
        """Who is signed in.

        Raises:
            SessionMissing.
        """
        return await self.service.identity_of(request.cookies.get(self.session_cookie, ""))

    def let_in(self, signed_in: SignedIn, target: str = "") -> Redirect:
        """The answer after signing in: cookies, and the page to go on with."""
        answer = see_other(signed_in.target or own_path(target, self.base))
        answer.cookies.append(self._cookie(self.session_cookie, signed_in.session_token, 45 * DAY_S))
        if signed_in.device_token:
            answer.cookies.append(self._cookie(self.device_cookie, signed_in.device_token, 400 * DAY_S))
        return answer

    async def let_out(self, request: WebRequest) -> Redirect:
        """The answer after signing out."""
        await self.service.sign_out(request.cookies.get(self.session_cookie, ""))
        answer = see_other(f"{self.base}/sign-in")
        answer.cookies.append(self._cookie(self.session_cookie, "", 0))
        return answer

    def _cookie(self, name: str, value: str, max_age: int) -> Cookie:
        return Cookie(
            name,
            path=self.base,
            value=value,
            max_age=max_age,
            httponly=True,
            secure=self.is_secure,
            samesite="lax",
        )


def own_path(target: str, base: str) -> str:
    """A page below the base that somebody wanted to see; the first page for anything else."""
    parts = urlsplit(target)
    is_own = not parts.scheme and not parts.netloc and parts.path.startswith(f"{base}/")
    return target if is_own and "\\" not in target and target.isprintable() else f"{base}/"
