"""Every public page in both languages, wide and narrow: no barrier, no sideways scroll, no script."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.outreach.activity import Activity, DayCount
from bluezone.outreach.figures import Share
from bluezone.outreach.site.totals import Totals
from bluezone.web.serving import LocalServer, address_of, bind
from tests.browser.conftest import Complaints
from tests.unit.outreach.site.sample import make_kit, make_pages, make_release, make_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PAGES = (
    "/", "/install", "/genuine", "/c", "/c?q=gia", "/c?q=nowhere", "/c/gia-nghia", "/c/gia-nghia/kit", "/faq",
    "/figures", "/privacy", "/accessibility", "/missing",
)  # fmt: skip
DESKTOP, PHONE, SMALLEST = 1280, 390, 320
# What a first visit may cost; the figures of today are in docs/how-to/run-the-public-site.md.
HEAVIEST_KB, MOST_REQUESTS, SLOWEST_MS = 100, 12, 4000


class Counted:
    """An authority that counted a fortnight."""

    async def latest(self) -> Activity:
        """A rising number."""
        return Activity(tuple(DayCount(20770 + day, 1200 + 977 * day) for day in range(14)), 1_790_000_000.0)


class Published:
    """An office that published its roll-up."""

    async def latest(self) -> Totals:
        """Twelve of fourteen units."""
        return Totals(20783, 14, 12, 21_210, Share(21_210, 84_920, 7), Share(21_210, 51_300, 7))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with kits, downloads and figures; its address."""
    with standing(tmp_path_factory.mktemp("site")) as address:
        yield address


@contextmanager
def standing(home: Path) -> Iterator[str]:
    """The same in a new folder, while this lasts."""
    key = Ed25519PrivateKey.generate()
    make_kit(home / "kits", key)
    release = make_release(home / "release", key)
    pages = make_pages(home / "kits", release, key=key, activity=Counted(), totals=Published())
    server, listener = LocalServer(make_site(pages)), bind("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield address_of(listener).rstrip("/")
    finally:
        server.should_exit = True
        thread.join(timeout=15)


def addresses(site: str, language: str) -> list[str]:
    """All pages in a language."""
    if language == "vi":
        return [site + path for path in PAGES]
    return [site + ("/en" if path == "/" else f"/en{path}") for path in PAGES]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_has_a_barrier(
    browser: Browser, site: str, complaints: Complaints, language: str, width: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    complaints.watch(page)
    for address in addresses(site, language):
        page.goto(address)
        for details in page.locator("details").all():
            details.evaluate("one => { one.open = true; }")
        found = axe.run(page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
    complaints.lines = [line for line in complaints.lines if "404" not in line]
    context.close()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_scrolls_sideways(browser: Browser, site: str, language: str) -> None:
    page = browser.new_page(viewport={"width": SMALLEST, "height": 740})
    for address in addresses(site, language):
        page.set_viewport_size({"width": SMALLEST, "height": 740})
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= SMALLEST, address
        page.set_viewport_size({"width": PHONE, "height": 844})
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE, f"{address} with large letters"
    page.close()


def tab(page: Page) -> str:
    """One press of the tabulator; what has the focus then."""
    page.keyboard.press("Tab")
    focused: str = page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id")
    return focused


def test_the_first_tab_leads_to_the_content_and_all_is_reached_by_keyboard(
    browser: Browser, site: str
) -> None:
    page = browser.new_page()
    page.goto(f"{site}/en/c")
    assert tab(page) == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    assert tab(page) == "q"
    page.keyboard.type("bac gia")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/c?q=bac+gia")
    assert "1 unit found" in page.inner_text("[role=status]")
    page.close()


def test_without_script_a_resident_gets_from_the_code_to_the_steps(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/gia-nghia")
    assert "Phường Bắc Gia Nghĩa" in page.inner_text("h1")
    page.get_by_role("link", name="Cách cài đặt").click()
    page.get_by_role("link", name="Máy tính Linux").click()
    assert "pip install" in page.inner_text("#linux ~ ol")
    page.get_by_role("link", name="English").click()
    assert "Install Bluezone" in page.inner_text("h1")
    assert context.cookies() == []
    context.close()


def test_an_officer_fetches_a_file_and_the_whole_kit(browser: Browser, site: str) -> None:
    page = browser.new_page()
    page.goto(f"{site}/c/gia-nghia/kit")
    for picture in page.locator(".preview img").all():
        picture.scroll_into_view_if_needed()
        page.wait_for_function("one => one.complete && one.naturalWidth > 0", arg=picture.element_handle())
    with page.expect_download() as sheet:
        page.locator("#poster").get_by_role("link", name="PDF, A3").click()
    assert sheet.value.suggested_filename == "gia-nghia-poster-a3-vi.pdf"
    with page.expect_download() as whole:
        page.get_by_role("link", name="Tải tất cả").click()
    assert whole.value.suggested_filename == "bluezone-gia-nghia.zip"
    assert whole.value.path().read_bytes()[:4] == b"PK\3\4"
    page.close()


def test_only_the_small_letters_are_fetched_and_only_from_here(browser: Browser, site: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in addresses(site, "vi"):
        page.goto(address)
        page.evaluate("document.fonts.ready")
    assert [url for url in asked if not url.startswith(site)] == []
    assert [url for url in asked if url.endswith(".ttf")] == []
    assert any(url.endswith(".woff") for url in asked)
    page.close()


def test_a_first_visit_stays_light(site: str) -> None:
    """`bluezone bench pages` in a process of its own, on this site."""
    command = [sys.executable, "-c", "from bluezone.cli.main import main; main()", "bench", "pages"]
    done = subprocess.run([*command, "--address", site], capture_output=True, text=True, check=True)
    rows = re.findall(r"^(/\S*)\s+([\d.]+)\s+(\d+)\s+(\d+)\s+(\d+)$", done.stdout, re.M)
    assert {row[0] for row in rows} >= {"/", "/install", "/c", "/faq", "/figures"}
    for path, kilobytes, requests, paint_ms, slow_ms in rows:
        assert float(kilobytes) <= HEAVIEST_KB, path
        assert int(requests) <= MOST_REQUESTS, path
        assert int(paint_ms) > 0, path
        assert 0 < int(slow_ms) <= SLOWEST_MS, path
