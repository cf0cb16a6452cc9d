"""The pages of one phone: home, alert, history, sharing, what is stored. Works without script.

Decides which page answers which address. The same pages serve a real phone on loopback and, under a
path of its own, any phone of the demo.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from litestar import Litestar, Request, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import ClientException
from litestar.response import Redirect, Template

from bluezone.phone.errors import DiagnosisError
from bluezone.phone.ui.qr_picture import qr_picture
from bluezone.phone.ui.screen import alert_screens, history_screen, home_screen, windows_to_offer
from bluezone.phone.ui.sharing import Progress, Sharing, SharingState, refusal_key
from bluezone.phone.ui.view import HISTORY_LINES, PhoneAsleep, PhoneView
from bluezone.protocol.errors import CodeError
from bluezone.protocol.verification_code import parse_code
from bluezone.web.page import page, see_other
from bluezone.web.site import create_site

PACKAGE = "bluezone.phone.ui"
# The national hotline; a region file may name another.
DEFAULT_HOTLINE = "1900 9095"

WebRequest = Request[Any, Any, Any]


@dataclass(slots=True)
class Screens:
    """One phone's pages.

    Attributes:
        view: of the phone.
        sharing: what became of a typed code.
        base: path before every address, "" for a phone of its own.
        owner: message parts (vi, en) that say whose phone it is; only in the demo.
        map_address: where the demo's map is; only in the demo.
    """

    view: PhoneView
    sharing: Sharing
    base: str = ""
    owner: tuple[str, str] | None = None
    map_address: str = ""

    def page(self, request: WebRequest, template: str, *, status: int = 200, **context: Any) -> Template:
        """One of this phone's pages."""
        return page(
            request,
            f"phone/{template}.html",
            status=status,
            base=self.base,
            here=template,
            owner=self.owner,
            map_address=self.map_address,
            hotline=self.view.hotline or DEFAULT_HOTLINE,
            offset=self.view.utc_offset_minutes,
            **context,
        )


@get("/")
async def home(request: WebRequest, screens: NamedDependency[Screens]) -> Template:
    """Is it working?"""
    view = screens.view
    shown = home_screen(await view.status(), await view.met_counts(), view.utc_offset_minutes)
    alerts = alert_screens(await view.alerts())
    return screens.page(request, "home", screen=shown, alerts=alerts)


@get("/alert")
async def alert(request: WebRequest, screens: NamedDependency[Screens]) -> Template:
    """The warning, or that there is none."""
    return screens.page(request, "alert", alerts=alert_screens(await screens.view.alerts()))


@get("/history")
async def history(request: WebRequest, screens: NamedDependency[Screens]) -> Template:
    """Who and when."""
    lines = await screens.view.history()
    hours = history_screen(lines, screens.view.utc_offset_minutes)
    is_cut = len(lines) >= HISTORY_LINES
    return screens.page(request, "history", hours=hours, is_cut=is_cut, limit=HISTORY_LINES)


@get("/history/erase")
async def ask_erase(request: WebRequest, screens: NamedDependency[Screens]) -> Template:
    """What erasing means, before it is done."""
    return screens.page(request, "erase")


@post("/history/erase")
async def erase(request: WebRequest, screens: NamedDependency[Screens]) -> Redirect:
    """Forgets what was heard."""
    form = await request.form()
    if form.get("sure") == "yes":
        await screens.view.erase_history()
    return see_other(f"{screens.base}/history")


@get("/share")
async def share(request: WebRequest, screens: NamedDependency[Screens]) -> Template:
    """Where the code is typed, or what became of it."""
    return await _share_page(request, screens, screens.sharing.progress)


@post("/share")
async def start_sharing(request: WebRequest, screens: NamedDependency[Screens]) -> Template | Redirect:
    """Sends, with consent; a page that cannot be sent says why and keeps what was typed."""
    form = await request.form()
    typed = str(form.get("code", ""))
    withheld = _whole_numbers(form.getall("withheld", []))
    refused = "" if form.get("consent") == "yes" else "share.refused.no-consent"
    try:
        parse_code(typed)
    except CodeError as error:
        refused = refusal_key(error)
    if refused:
        progress = Progress(SharingState.REFUSED, 0, refused, typed[:64])
        return await _share_page(request, screens, progress, status=422)
    await screens.sharing.start(typed, withheld)
    return see_other(f"{screens.base}/share")


@get("/swab")
async def swab(request: WebRequest, screens: NamedDependency[Screens]) -> Template:
    """The code that goes with a sample, and sending after a positive result."""
    return await _swab_page(request, screens)


@post("/swab")
async def make_swab_code(request: WebRequest, screens: NamedDependency[Screens]) -> Template | Redirect:
    """Makes the code, or a new one for a second sample."""
    try:
        await screens.view.make_swab_code()
    except DiagnosisError:
        return await _swab_page(request, screens, refused="swab.refused.no-time", status=503)
    return see_other(f"{screens.base}/swab")


@post("/swab/share")
async def share_by_swab(request: WebRequest, screens: NamedDependency[Screens]) -> Template | Redirect:
    """Sends, with consent, after a positive result of a sample of this phone."""
    form = await request.form()
    if form.get("consent") != "yes":
        return await _swab_page(request, screens, refused="share.refused.no-consent", status=422)
    await screens.sharing.start(None, frozenset())
    return see_other(f"{screens.base}/share")


@get("/about")
async def about(request: WebRequest, screens: NamedDependency[Screens]) -> Template:
    """What is stored, what is sent, what it cannot do."""
    return screens.page(request, "about")


_SAMPLE = (swab, make_swab_code, share_by_swab)
_PAGES = (home, alert, history, ask_erase, erase, share, start_sharing, *_SAMPLE, about)


def create_phone_router(path: str, provide_screens: Callable[..., Any]) -> Router:
    """The pages under a path.

    Args:
        path: may hold parameters that `provide_screens` takes.
        provide_screens: an async function that finds the `Screens` of a request.
    """
    return Router(
        path=path,
        route_handlers=list(_PAGES),
        dependencies={"screens": Provide(provide_screens)},
        exception_handlers={PhoneAsleep: _asleep},
    )


def create_phone_app(view: PhoneView, *, names: Sequence[str] = ()) -> Litestar:
    """The site of one real phone, for its owner on the same machine.

    Args:
        view: of the phone.
        names: host names besides the loopback ones under which it answers.
    """
    screens = Screens(view, Sharing(view))

    async def provide() -> Screens:
        return screens

    @asynccontextmanager
    async def running(_app: Litestar) -> AsyncIterator[None]:
        try:
            yield
        finally:
            screens.sharing.stop()

    return create_site(
        [create_phone_router("/", provide)], {"phone": PACKAGE}, names=names, lifespan=[running]
    )


async def _share_page(
    request: WebRequest, screens: Screens, progress: Progress, *, status: int = 200
) -> Template:
    now = (await screens.view.status()).now
    windows = windows_to_offer(await screens.view.windows(), now)
    return screens.page(request, "share", status=status, progress=progress, windows=windows)


async def _swab_page(
    request: WebRequest, screens: Screens, *, refused: str = "", status: int = 200
) -> Template:
    code = await screens.view.swab_code()
    picture = qr_picture(code.text) if code else None
    return screens.page(request, "swab", status=status, code=code, picture=picture, refused=refused)


def _asleep(request: WebRequest, _error: PhoneAsleep) -> Template:
    return page(request, "phone/asleep.html", status=503, here="asleep")


def _whole_numbers(values: Sequence[Any]) -> frozenset[int]:
    try:
        return frozenset(int(str(value)) for value in values)
    except ValueError:
        raise ClientException from None
