"""The demo as a program: the town in its thread, the site in this one, an end that leaves nothing behind.

Decides how both are started and stopped and what is printed. Leaves the pages to `pages`.
"""

from __future__ import annotations

import asyncio
import webbrowser
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from litestar import Litestar
from litestar.di import Provide

from bluezone.phone.ui.app import PACKAGE as PHONE_PACKAGE
from bluezone.phone.ui.app import create_phone_router
from bluezone.sim.commune import DEFAULT_PEOPLE
from bluezone.sim.demo import pages
from bluezone.sim.demo.feed import Feed
from bluezone.sim.demo.presenter import Presenter
from bluezone.sim.stage import DEFAULT_PACE, Stage
from bluezone.sim.town import Depth
from bluezone.web.serving import LocalServer, address_of, bind
from bluezone.web.site import create_site

DEFAULT_PORT = 8420
_HANDLERS = (pages.town, pages.events, pages.set_pace, pages.next_step, pages.staff, pages.confirm)


def create_demo_app(stage: Stage, *, names: Sequence[str] = ()) -> Litestar:
    """The site of a demo.

    Args:
        stage: the app starts it and stops it.
        names: host names besides the loopback ones under which it answers.
    """
    presenter = Presenter(stage)
    feed = Feed(presenter)

    @asynccontextmanager
    async def running(_app: Litestar) -> AsyncIterator[None]:
        await stage.start()
        looking = asyncio.create_task(feed.run())
        try:
            yield
        finally:
            feed.close()
            presenter.stop()
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
            await stage.stop()

    return create_site(
        [*_HANDLERS, create_phone_router("/phones/{station:int}", pages.provide_screens)],
        {"demo": "bluezone.sim.demo", "phone": PHONE_PACKAGE},
        names=names,
        lifespan=[running],
        state={"presenter": presenter, "feed": feed},
        dependencies={"presenter": Provide(pages.provide_presenter)},
    )


async def run_demo(
    *,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    seed: int = 1,
    people: int = DEFAULT_PEOPLE,
    depth: Depth = "hci",
    pace: float | None = DEFAULT_PACE,
    open_browser: bool = False,
    say: Callable[[str], None] = print,
) -> None:
    """Runs the demo until Ctrl-C.

    Args:
        host: address to listen on.
        port: the first to try; the next 19 follow.
        seed: of the scenario, the air and every phone.
        people: 24..48.
        depth: how real the air is.
        pace: simulated seconds per real second at the start; None as fast as possible.
        open_browser: whether to open the page.
        say: prints a line.

    Raises:
        PortTaken, ScenarioError.
    """
    stage = Stage(seed=seed, people=people, depth=depth, pace=pace)
    listener = bind(host, port)
    app = create_demo_app(stage, names=[host])
    server = LocalServer(app, stopping=app.state.feed.close)
    for line in _first_steps(address_of(listener), people, port, listener.getsockname()[1]):
        say(line)
    if open_browser:
        webbrowser.open(address_of(listener))
    try:
        await server.serve(sockets=[listener])
    finally:
        listener.close()
    say("The town is closed; nothing of it was kept.")


def _first_steps(address: str, people: int, wished_port: int, port: int) -> list[str]:
    lines = [f"Port {wished_port} is taken; using {port}."] if port != wished_port else []
    return [
        *lines,
        f"A commune with {people} people and {people} phones is awake:",
        "",
        f"    {address}            (English: {address}?lang=en)",
        "",
        "  1. Open the page and press the blue button, step by step; or do it by hand:",
        f"  2. {address}staff   the health worker confirms somebody and reads out a code",
        "  3. on the map choose that person, open the phone, type the code",
        "",
        "Ctrl-C ends it.",
    ]
