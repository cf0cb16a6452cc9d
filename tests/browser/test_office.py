"""Every page of the offices and of units in a real browser: no barrier, no sideways scroll, no script."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Complaints

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser
DESKTOP, PHONE, SMALLEST = 1280, 390, 360
_RUN = [sys.executable, "-u", "-c", "from bluezone.cli.main import main; main()", "outreach"]
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
OFFICE_PAGES = (
    "/office/",
    "/office/instructions/new",
    "/office/instructions/{id}",
    "/office/instructions/{id}?told=not-reached",
    "/office/instructions/{id}/rollup",
    "/office/instructions/{id}/rollup?deadline=1",
    "/office/instructions/{id}/letter",
    "/office/instructions/{id}/import",
    "/office/reports/{id}/nghia-phu",
    "/office/reports/{id}/nghia-phu/versions",
    "/office/units",
    "/office/audit",
    "/office/instructions/nothing",
    "/office/missing",
)
UNIT_PAGES = ("/office/", "/office/reports/{id}/dak-r-moan", "/office/reports/{id}/nghia-phu")
OPEN_PAGES = ("/office/sign-in", "/office/link/nothing")


@dataclass(frozen=True)
class Served:
    """A service in a process of its own, after the campaign of 2020.

    Attributes:
        address: of the site.
        home: its folder.
        instruction: the city's.
    """

    address: str
    home: Path
    instruction: str

    def at(self, path: str, language: str = "vi") -> str:
        """The address of a page in a language."""
        path = path.replace("{id}", self.instruction)
        return f"{self.address}{path}{'&' if '?' in path else '?'}lang={language}"

    def link(self, role: str, unit: str) -> str:
        """A fresh sign-in link."""
        command = [*_RUN, "link", "--home", str(self.home), "--role", role, "--unit", unit]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return _ADDRESS.sub(self.address, said.strip())


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service, served."""
    with serving(tmp_path_factory.mktemp("office"), port=8650) as served:
        yield served


@contextmanager
def serving(folder: Path, port: int) -> Iterator[Served]:
    """The service in a new folder, served while this lasts."""
    home = folder / "home"
    lived = [*_RUN, "demo", "--once", "--out", str(folder / "out"), "--home", str(home)]
    subprocess.run(lived, capture_output=True, check=True)
    process = subprocess.Popen(
        [*_RUN, "serve", "--home", str(home), "--port", str(port)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        address = next(found[0] for line in process.stdout if (found := _ADDRESS.search(line)))
        yield Served(address, home, _instruction(home))
    finally:
        process.terminate()
        assert process.wait(timeout=15) is not None


def _instruction(home: Path) -> str:
    import sqlite3

    with sqlite3.connect(home / "outreach.db") as conn:
        query = "SELECT instruction_id FROM outreach_instructions WHERE office_id = 'gia-nghia'"
        return str(conn.execute(query).fetchone()[0])


def signed_in(browser: Browser, served: Served, role: str, unit: str, **options: object) -> BrowserContext:
    """A browser that opened a link and pressed its button."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(served.link(role, unit))
    page.click("main button")
    page.locator("form.signed-in").wait_for()
    page.close()
    return context


def every_page(browser: Browser, served: Served, **options: object) -> Iterator[tuple[Page, str]]:
    """Each page once, as whoever may see it."""
    for role, unit, paths in (
        ("office", "gia-nghia", OFFICE_PAGES),
        ("unit", "dak-r-moan", UNIT_PAGES),
        ("province", "dak-nong", ("/office/units/import",)),
    ):
        context = signed_in(browser, served, role, unit, **options)
        page = context.new_page()
        for path in paths:
            yield page, path
        context.close()
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    for path in OPEN_PAGES:
        yield page, path
    page.goto(served.link("unit", "y-te"))
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_has_a_barrier(
    browser: Browser, served: Served, complaints: Complaints, language: str, width: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    watched: set[int] = set()
    for page, path in every_page(
        browser, served, viewport={"width": width, "height": 844}, color_scheme=scheme
    ):
        if id(page) not in watched:
            watched.add(id(page))
            complaints.watch(page)
        page.goto(served.at(path, language))
        for details in page.locator("details").all():
            details.evaluate("one => { one.open = true; }")
        found = axe.run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    complaints.lines = [line for line in complaints.lines if not re.search(r"status of (403|404|410)", line)]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_scrolls_sideways_on_a_small_phone_or_with_large_letters(
    browser: Browser, served: Served, language: str
) -> None:
    for page, path in every_page(browser, served, viewport={"width": SMALLEST, "height": 740}):
        page.goto(served.at(path, language))
        for large in (False, True):
            if large:
                page.set_viewport_size({"width": PHONE, "height": 844})
                page.evaluate("document.documentElement.style.fontSize = '200%'")
            limit = PHONE if large else SMALLEST
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= limit, f"{path} is {width} pixels wide{' with large letters' if large else ''}"
        page.set_viewport_size({"width": SMALLEST, "height": 740})


def test_without_script_a_report_is_saved_refused_corrected_and_sent(
    browser: Browser, served: Served
) -> None:
    context = signed_in(browser, served, "unit", "dak-r-moan", java_script_enabled=False)
    page = context.new_page()
    page.goto(served.at("/office/reports/{id}/dak-r-moan"))
    assert page.input_value("#population") == "5900"
    typed = {"residents_installed": "9.999", "residents_new": "100", "broadcasts": "5", "leaflets": "300"}
    typed |= {"posters": "8", "staff_smartphones": "20", "staff_installed": "19"}
    typed |= {"reporter": "công chức văn hóa", "reporter_phone": "0261 354 4000"}
    for name, value in typed.items():
        page.fill(f"#{name}", value)
    page.get_by_role("button", name="Lưu nháp").click()
    assert "Đã lưu nháp" in page.inner_text("main")
    assert page.input_value("#posters") == "8"
    page.get_by_role("button", name="Gửi báo cáo").click()
    assert page.locator("#residents_installed[aria-invalid=true]").count() == 1
    assert "nhiều hơn" in page.locator("#problem-residents_installed-1").inner_text()
    page.fill("#residents_installed", "999")
    page.get_by_role("button", name="Gửi báo cáo").click()
    assert "Đã nhận báo cáo" in page.inner_text("main")
    context.close()


def test_with_script_what_is_typed_is_saved_by_itself(browser: Browser, served: Served) -> None:
    context = signed_in(browser, served, "unit", "lao-dong")
    page = context.new_page()
    page.goto(served.at("/office/reports/{id}/lao-dong"))
    page.fill("#difficulties", "đang gõ dở")
    page.locator("#autosaved", has_text="Đã tự lưu nháp lúc").wait_for(timeout=15_000)
    page.reload()
    assert page.input_value("#difficulties") == "đang gõ dở"
    context.close()


def test_a_draft_that_could_not_be_saved_is_said(browser: Browser, served: Served) -> None:
    context = signed_in(browser, served, "unit", "lao-dong")
    page = context.new_page()
    page.goto(served.at("/office/reports/{id}/lao-dong"))
    cookies = context.cookies()
    context.clear_cookies()
    page.fill("#difficulties", "gõ khi phiên đã hết")
    page.locator("#autosaved", has_text="Chưa tự lưu nháp được").wait_for(timeout=15_000)
    context.add_cookies(cookies)  # type: ignore[arg-type]  # Cookie is what add_cookies takes, typed twice
    page.fill("#difficulties", "gõ tiếp")
    page.locator("#autosaved", has_text="Đã tự lưu nháp lúc").wait_for(timeout=15_000)
    context.close()


def test_the_sheet_of_links_prints_one_square_for_each_unit(browser: Browser, served: Served) -> None:
    context = signed_in(browser, served, "office", "gia-nghia")
    page = context.new_page()
    page.goto(served.at("/office/instructions/{id}"))
    page.get_by_role("button", name="In đường dẫn").click()
    page.emulate_media(media="print")
    assert page.locator(".qr").count() == 14
    boxes = [one.bounding_box() for one in page.locator(".qr").all()]
    assert all(box and abs(box["width"] - box["height"]) < 1 and box["width"] > 120 for box in boxes)
    assert not page.locator("header.bar").is_visible()
    context.close()


def test_nothing_is_asked_of_another_host(browser: Browser, served: Served) -> None:
    asked: list[str] = []
    for page, path in every_page(browser, served):
        page.on("request", lambda request: asked.append(request.url))
        page.goto(served.at(path))
    assert asked
    assert [url for url in asked if not url.startswith(served.address)] == []
