"""The app factory of the offices' site: pages, sign-in, reminders, and whatever else is mounted beside them.

Decides what is mounted where. The public site passes its own handlers, packages and state.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from litestar import Litestar, Request, Router, get
from litestar.di import Provide
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from bluezone.database.errors import DatabaseError
from bluezone.outreach.errors import OutreachError
from bluezone.outreach.pages import files, instructions, letters, overview, reports, rollups
from bluezone.outreach.pages.front import Front, on_database_error, on_outreach_error, on_too_large
from bluezone.outreach.service import Outreach
from bluezone.web.page import see_other
from bluezone.web.signin import pages as signin_pages
from bluezone.web.signin.browser import Door
from bluezone.web.site import FormProtection, create_site

PACKAGE = "bluezone.outreach.pages"
MAX_FORM_BYTES = 65_536
WebRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Mounted:
    """What another part of the site brings along.

    Attributes:
        handlers: of its pages.
        packages: group of assets to the package that holds them.
        state: what its handlers find in the app's state.
    """

    handlers: Sequence[ControllerRouterHandler] = ()
    packages: Mapping[str, str] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)


def create_outreach_app(
    service: Outreach,
    secret: str,
    *,
    names: Collection[str] = (),
    is_secure: bool = False,
    reminds: bool = True,
    beside: Mounted | None = None,
) -> Litestar:
    """The site of one service.

    Args:
        service: from `open_outreach`; the app starts it and closes it.
        secret: protects the forms.
        names: host names besides the loopback ones under which it answers.
        is_secure: whether people reach it by https.
        reminds: whether the app sends reminders by itself while it runs.
        beside: the rest of the site; without it the first page leads to the offices.
    """
    door = Door(service.ground.sign_in, service.base, is_secure)
    mounted = beside or Mounted(handlers=[_to_offices])

    @asynccontextmanager
    async def running(_app: Litestar) -> AsyncIterator[None]:
        await service.start()
        loop = asyncio.create_task(service.reminding.keep_reminding()) if reminds else None
        try:
            yield
        finally:
            if loop is not None:
                loop.cancel()
                with suppress(asyncio.CancelledError):
                    await loop
            await service.close()

    return create_site(
        [office_router(service, door), *mounted.handlers],
        {"office": PACKAGE, **mounted.packages},
        names=names,
        lifespan=[running],
        state={"outreach": service, **mounted.state},
        protection=FormProtection(secret, "office-form", is_secure, MAX_FORM_BYTES),
    )


def office_router(service: Outreach, door: Door) -> Router:
    """Every page below the service's base."""

    async def provide_door() -> Door:
        return door

    async def provide_front(request: WebRequest) -> Front:
        return Front(service, door, await door.identity(request))

    handlers = [
        *signin_pages.HANDLERS,
        *overview.HANDLERS,
        *instructions.HANDLERS,
        *reports.HANDLERS,
        *rollups.HANDLERS,
        *letters.HANDLERS,
        *files.HANDLERS,
    ]
    return Router(
        path=service.base,
        route_handlers=handlers,
        dependencies={"door": Provide(provide_door), "front": Provide(provide_front)},
        exception_handlers={
            **signin_pages.exception_handlers(service.base),
            OutreachError: on_outreach_error,
            DatabaseError: on_database_error,
            RequestEntityTooLarge: on_too_large,
        },
    )


@get("/", include_in_schema=False)
async def _to_offices(request: WebRequest) -> Redirect:
    service: Outreach = request.app.state.outreach
    return see_other(f"{service.base}/")
