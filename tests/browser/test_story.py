"""The whole story as a newcomer lives it in a browser, with script, at a high pace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bluezone.sim.scenario import commune_day
from tests.browser.conftest import Complaints

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PACE = "300.0"
PATIENCE_MS = 90_000


def wait_for_step(page: Page, key: str) -> None:
    """Waits until the story's button says something else."""
    page.locator("#next-step", has_text=key).wait_for(timeout=PATIENCE_MS)


def people(page: Page, kind: str) -> set[int]:
    """Stations whose mark on the map is of a kind."""
    marks = page.locator(f'#map .mark[data-kind="{kind}"]').all()
    return {int(mark.get_attribute("data-station") or -1) for mark in marks}


def test_exactly_those_who_were_near_are_warned(browser: Browser, demo: str, complaints: Complaints) -> None:
    scenario = commune_day(1)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints.watch(page)
    page.goto(f"{demo}/?lang=en")

    page.click("#next-step")
    wait_for_step(page, "Confirm the case")
    page.get_by_role("link", name="Health worker").click()
    page.select_option("#station", str(scenario.case))
    page.get_by_role("button", name="Confirm and get a code").click()
    page.locator(".big-code span").nth(2).wait_for()
    code = " ".join(page.locator(".big-code span").all_inner_texts())
    assert re.fullmatch(r"[0-9A-Z]{5} [0-9A-Z]{5} [0-9A-Z]{4}", code)

    page.get_by_role("link", name="Open the phone of").click()
    page.fill("#code", code.lower().replace(" ", "-"))
    page.check("input[name=consent]")
    page.get_by_role("button", name="Share my identifiers").click()
    page.get_by_text("go to every phone with the next list").wait_for(timeout=PATIENCE_MS)

    page.get_by_role("link", name="to the map").click()
    page.click("#next-step")
    wait_for_step(page, "See the result")
    page.locator("#map [data-kind=warned]").nth(len(scenario.must_be_alerted) - 1).wait_for()
    assert people(page, "warned") == scenario.must_be_alerted
    assert people(page, "case") == {scenario.case}
    near = str(len(scenario.must_be_alerted))
    assert page.locator("#result dd").all_inner_texts() == [near, near, "0", "0"]

    warned = min(scenario.must_be_alerted)
    page.locator(f"#mark-{warned}").click()
    phone = page.frame_locator("#phone-frame")
    phone.get_by_role("link", name="See what to do").click()
    phone.get_by_role("heading", name="What to do").wait_for()
    text = phone.locator("main").inner_text()
    assert "Thursday, 15 October 2026" in text
    assert re.search(r"\d+ to \d+ minutes", text)
    assert "metre" in text
    phone.get_by_role("link", name="History").click()
    phone.locator(".met li").first.wait_for()
    for prefix in phone.locator(".met .code").all_text_contents():
        assert prefix.rstrip("…") not in text
    page.close()


def test_people_move_and_time_can_be_paused_without_loading_the_page(
    browser: Browser, demo: str, complaints: Complaints
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints.watch(page)
    page.goto(f"{demo}/?lang=en")
    page.evaluate("window.isSamePage = true")
    page.get_by_role("button", name="300×").click()
    before = page.inner_text("#clock")
    page.locator("#clock", has_not_text=before).wait_for()
    page.get_by_role("button", name="Pause").click()
    page.locator("#pace-0[aria-pressed=true]").wait_for()
    assert page.evaluate("window.isSamePage")
    assert page.evaluate("document.activeElement.id") == "pace-0"
    page.close()


def test_a_person_can_be_chosen_with_the_keyboard(
    browser: Browser, demo: str, complaints: Complaints
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints.watch(page)
    page.goto(f"{demo}/?lang=en")
    page.focus("#mark-7")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?*phone=7*")
    assert page.inner_text("#phone-owner") == "Vegetable seller"
    page.frame_locator("#phone-frame").get_by_text("Phone of Vegetable seller").wait_for()
    page.close()
