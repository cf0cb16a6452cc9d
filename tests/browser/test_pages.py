"""Every page in both languages, widths and colour schemes: no barrier, no complaint, no sideways scroll.

The town has lived through its story first, so that tables, warnings and codes are on the pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Complaints

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PACE = "300.0"
CASE, WARNED, FAR = 6, 7, 19
PAGES = (
    "/",
    "/staff",
    "/staff?code=1",
    f"/phones/{FAR}/",
    f"/phones/{WARNED}/",
    f"/phones/{WARNED}/alert",
    f"/phones/{FAR}/alert",
    f"/phones/{WARNED}/history",
    f"/phones/{WARNED}/history/erase",
    f"/phones/{WARNED}/share",
    f"/phones/{CASE}/share",
    f"/phones/{WARNED}/swab",
    f"/phones/{FAR}/swab",
    f"/phones/{WARNED}/about",
    "/missing",
)
DESKTOP, PHONE, SMALLEST = 1280, 390, 360


@pytest.fixture(scope="module")
def told(browser: Browser, demo: str) -> str:
    """A demo whose story has been told without script, by pressing the button; then it is paused."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo}/?lang=en")
    for said in ("Confirm the case", "Type it in", "Go faster", "See the result"):
        page.click("#next-step")
        wait_without_script(page, said)
    page.click("#pace-0")
    context.close()
    return demo


def wait_without_script(page: Page, said: str) -> None:
    """Reloads until the story's button says something."""
    for _ in range(300):
        if said in page.inner_text("#next-step"):
            return
        page.wait_for_timeout(200)
        page.reload()
    raise AssertionError(f"the story never came to {said!r}")


def address(told: str, path: str, language: str) -> str:
    """The address of a page in a language."""
    return f"{told}{path}{'&' if '?' in path else '?'}lang={language}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_has_a_barrier(
    browser: Browser, told: str, complaints: Complaints, language: str, width: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    complaints.watch(page)
    for path in PAGES:
        page.goto(address(told, path, language))
        for details in page.locator("details").all():
            details.evaluate("one => { one.open = true; }")
        found = axe.run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    complaints.lines = [line for line in complaints.lines if "404" not in line]
    context.close()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_scrolls_sideways_on_a_small_phone(browser: Browser, told: str, language: str) -> None:
    page = browser.new_page(viewport={"width": SMALLEST, "height": 740})
    for path in PAGES:
        page.goto(address(told, path, language))
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= SMALLEST, f"{path} is {width} pixels wide"
    page.close()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_twice_as_large_letters_fit(browser: Browser, told: str, language: str) -> None:
    page = browser.new_page(viewport={"width": PHONE, "height": 844})
    for path in PAGES:
        page.goto(address(told, path, language))
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE, f"{path} is {width} pixels wide"
    page.close()


def test_without_script_a_code_is_typed_and_a_wrong_one_explained(browser: Browser, told: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{told}/phones/{FAR}/share?lang=en")
    page.fill("#code", "000820C20A1G7Z")
    page.check("input[name=consent]")
    page.get_by_role("button", name="Share my identifiers").click()
    assert "mistyped" in page.get_by_role("alert").inner_text()
    assert page.input_value("#code") == "000820C20A1G7Z"
    context.close()


def test_the_letters_are_those_of_the_package(browser: Browser, told: str) -> None:
    page = browser.new_page()
    page.goto(told)
    page.evaluate("document.fonts.ready")
    assert page.evaluate("[...document.fonts].filter(one => one.status == 'loaded').length") >= 2
    page.close()


def test_nothing_is_asked_of_another_host(browser: Browser, told: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        page.goto(told + path)
    assert [url for url in asked if not url.startswith(told)] == []
    page.close()
