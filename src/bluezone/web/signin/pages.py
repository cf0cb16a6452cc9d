"""The pages of signing in: by password, by a one-time link, and out again. Work without script.

A link's page only asks: mail scanners open every link they see, and must not use it up. The button does.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from bluezone.web.page import page, see_other
from bluezone.web.signin.browser import Door, WebRequest
from bluezone.web.signin.errors import LinkError, NotAllowed, SessionMissing, SignInError, TooManyTries
from bluezone.web.signin.service import sentence_key

_STATUS = {TooManyTries.code: 429, NotAllowed.code: 403, SessionMissing.code: 401}


@get("/sign-in")
async def sign_in_page(request: WebRequest, door: NamedDependency[Door]) -> Template:
    """Name and password."""
    return _form(request, door)


@post("/sign-in")
async def sign_in(request: WebRequest, door: NamedDependency[Door]) -> Template | Redirect:
    """Signs in, or says why not; what was typed as name stays."""
    form = await request.form()
    name = str(form.get("name", ""))
    try:
        signed_in = await door.service.with_password(
            name,
            str(form.get("password", "")),
            caller=request.client.host if request.client else "",
            device_token=request.cookies.get(door.device_cookie, ""),
        )
    except SignInError as error:
        return _form(request, door, error=error, name=name[:64], target=str(form.get("next", "")))
    return door.let_in(signed_in, str(form.get("next", "")))


@get("/link/{token:str}")
async def link_page(request: WebRequest, door: NamedDependency[Door], token: FromPath[str]) -> Template:
    """Who the link is for, and the button that uses it."""
    try:
        link = await door.service.look_at_link(token)
    except LinkError as error:
        key = sentence_key(error)
        return page(request, "signin/problem.html", status=410, base=door.base, sentence=key)
    return page(request, "signin/link.html", base=door.base, token=token, link=link)


@post("/link/{token:str}")
async def use_link(
    request: WebRequest, door: NamedDependency[Door], token: FromPath[str]
) -> Template | Redirect:
    """Signs in by the link."""
    try:
        return door.let_in(await door.service.with_link(token))
    except LinkError as error:
        key = sentence_key(error)
        return page(request, "signin/problem.html", status=410, base=door.base, sentence=key)


@post("/sign-out")
async def sign_out(request: WebRequest, door: NamedDependency[Door]) -> Redirect:
    """Signs out."""
    return await door.let_out(request)


HANDLERS: tuple[ControllerRouterHandler, ...] = (sign_in_page, sign_in, link_page, use_link, sign_out)


def exception_handlers(base: str) -> dict[int | type[Exception], Any]:
    """What a page below `base` answers when somebody is not signed in, or may not."""

    def on_error(request: WebRequest, error: SignInError) -> Template | Redirect:
        if isinstance(error, SessionMissing) and request.method == "GET":
            wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return see_other(f"{base}/sign-in?{_query(wanted)}")
        status = _STATUS.get(error.code, 400)
        return page(request, "signin/problem.html", status=status, base=base, sentence=sentence_key(error))

    return {SignInError: on_error}


def _query(wanted: str) -> str:
    return urlencode({"next": wanted})


def _form(
    request: WebRequest, door: Door, *, error: SignInError | None = None, name: str = "", target: str = ""
) -> Template:
    return page(
        request,
        "signin/sign_in.html",
        status=_STATUS.get(error.code, 422) if error else 200,
        base=door.base,
        name=name,
        target=target or request.query_params.get("next", ""),
        sentence=sentence_key(error) if error else "",
    )
