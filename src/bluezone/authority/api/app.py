"""The app factory: routes, failures and the batch loop around one `Authority`.

Every handler is asynchronous: a handler in a thread would run outside a simulated clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from bluezone.authority.api.activity import activity
from bluezone.authority.api.batches import batch_file, index
from bluezone.authority.api.configuration import configuration
from bluezone.authority.api.failure import on_anything, on_http_exception, on_missing
from bluezone.authority.api.health import health
from bluezone.authority.api.publish import publish, redeem
from bluezone.authority.api.time import signed_time
from bluezone.authority.batch_loop import keep_building
from bluezone.authority.errors import ObjectMissing
from bluezone.authority.service import Authority

# One byte more than the largest request is ever read, and the handlers count themselves.
_MAX_BODY = None


def create_app(authority: Authority, *, build_batches: bool = True) -> Litestar:
    """The service of one authority.

    Args:
        authority: from `open_authority` or `memory_authority`; the app starts it and closes it.
        build_batches: whether the app builds batches by itself while it runs.
    """

    @asynccontextmanager
    async def running(_app: Litestar) -> AsyncIterator[None]:
        await authority.start()
        loop = asyncio.create_task(keep_building(authority)) if build_batches else None
        try:
            yield
        finally:
            if loop is not None:
                loop.cancel()
                with suppress(asyncio.CancelledError):
                    await loop
            await authority.close()

    return Litestar(
        route_handlers=[redeem, publish, signed_time, index, batch_file, configuration, health, activity],
        state=State({"authority": authority}),
        lifespan=[running],
        exception_handlers={
            HTTPException: on_http_exception,
            ObjectMissing: on_missing,
            Exception: on_anything,
        },
        request_max_body_size=_MAX_BODY,
        openapi_config=None,
        logging_config=None,
    )
