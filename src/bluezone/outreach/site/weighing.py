"""How heavy each page is and how soon something is seen: a real browser on a slow line, with nothing kept.

Decides what is measured: bytes over the line (headers included), requests, and the first paint that shows
content, on this machine's loopback and on a line like a telephone's in a commune. The slow line is the one
that Lighthouse uses for "slow 4G": 1.6 Mbit/s, 150 ms, a processor four times slower.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bluezone.clock import SystemClock
from bluezone.outreach.notation import NATIONAL_HOTLINE
from bluezone.outreach.site.errors import BenchUnavailable
from bluezone.outreach.site.install_file import parse_systems
from bluezone.outreach.site.pages import PAGES, SitePages
from bluezone.outreach.site.preview import Previews
from bluezone.outreach.site.release import ReleaseShelf
from bluezone.outreach.site.routes import PACKAGE, site_handlers
from bluezone.outreach.site.shelf import KitShelf
from bluezone.web.serving import LocalServer, address_of, bind
from bluezone.web.site import create_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SLOW_BYTES_PER_S = 1_600_000 / 8
SLOW_LATENCY_MS = 150
SLOW_PROCESSOR = 4
ROUNDS = 3
PUBLIC_PATHS = (*PAGES, "/c")
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"


@dataclass(frozen=True, slots=True)
class PageCost:
    """What one page costs a visitor who has nothing of it.

    Attributes:
        path: of the page.
        bytes: over the line.
        requests: for the page and everything on it that is seen at first.
        paint_ms: first paint with content on loopback, milliseconds.
        slow_paint_ms: the same on the slow line with the slow processor.
    """

    path: str
    bytes: int
    requests: int
    paint_ms: float
    slow_paint_ms: float


def weigh(address: str, paths: Sequence[str], done: Callable[[float], None]) -> list[PageCost]:
    """Measures pages of a site that is running.

    Args:
        address: of the site, without closing stroke.
        paths: of the pages.
        done: is told the share that is done.

    Raises:
        BenchUnavailable: there is no chromium or no playwright on this machine.
    """
    found = next((path for name in _CHROMIUM if (path := shutil.which(name))), None)
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is installed
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise BenchUnavailable("measuring pages needs chromium, and the packages of: make setup-e2e")
    costs = []
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for number, path in enumerate(paths, 1):
            fast = [_visit(browser, address + path, is_slow=False) for _ in range(ROUNDS)]
            slow = [_visit(browser, address + path, is_slow=True) for _ in range(ROUNDS)]
            costs.append(
                PageCost(
                    path,
                    max(visit[0] for visit in fast),
                    max(visit[1] for visit in fast),
                    median(visit[2] for visit in fast),
                    median(visit[2] for visit in slow),
                )
            )
            done(number / len(paths))
        browser.close()
    return costs


@contextmanager
def standing_site(kits: Path | None) -> Iterator[tuple[str, list[str]]]:
    """A site of its own for the measurement: its address, and the pages to measure.

    Args:
        kits: a folder of kits; None: none.
    """
    listener, clock = bind("127.0.0.1", 0), SystemClock()
    address = address_of(listener).rstrip("/")
    shelf = KitShelf(kits, key=None, address=None, monotonic=clock.monotonic)
    pages = SitePages(
        address=address,
        publisher="Bluezone",
        region_name="Bluezone",
        hotline=NATIONAL_HOTLINE,
        province_hotline=NATIONAL_HOTLINE,
        utc_offset_minutes=420,
        kits=shelf,
        releases=ReleaseShelf(None, monotonic=clock.monotonic),
        systems=parse_systems(files(PACKAGE).joinpath("systems.toml").read_bytes()),
        previews=Previews(None),
    )
    server = LocalServer(create_site(site_handlers(), {"site": PACKAGE}, state={"site": pages}))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    shelf.look()
    units = [f"/c/{unit}{end}" for unit in list(shelf.kits)[:1] for end in ("", "/kit")]
    try:
        yield address, [*PUBLIC_PATHS, *units]
    finally:
        server.should_exit = True
        thread.join()


def _visit(browser: Browser, address: str, *, is_slow: bool) -> tuple[int, int, float]:
    """Bytes, requests and first paint (ms) of one visit with an empty cache, on a telephone's screen."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    page = context.new_page()
    session = context.new_cdp_session(page)
    received: dict[str, int] = {}

    def finished(event: dict[str, Any]) -> None:
        received[event["requestId"]] = int(event["encodedDataLength"])

    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    if is_slow:
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": SLOW_LATENCY_MS,
                "downloadThroughput": SLOW_BYTES_PER_S,
                "uploadThroughput": SLOW_BYTES_PER_S / 2,
            },
        )
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PROCESSOR})
    page.goto(address, wait_until="networkidle")
    paint = float(page.evaluate(_FIRST_PAINT))
    context.close()
    return sum(received.values()), len(received), paint
