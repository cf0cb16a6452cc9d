"""Route 2 on the demo's pages, by forms alone, as a browser without script uses them.

One town lives through the tests of this module in their order: bad input first, then the story.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from bluezone.sim.demo.app import create_demo_app
from bluezone.sim.scenario import Scenario
from bluezone.sim.stage import Stage

Client = TestClient[Litestar]
PATIENCE_S = 60.0
NEVER_ISSUED = "000820C20A1G7Y"
_TOKEN = r'name="_csrf_token" value="([^"]+)"'


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A presenter's browser; the town stands still at its start."""
    stage = Stage(seed=1, depth="frame", pace=0.0)
    with TestClient(create_demo_app(stage), base_url="http://127.0.0.1:8420") as client:
        yield client


@pytest.fixture(scope="module")
def scenario(client: Client) -> Scenario:
    """What the town lives through."""
    scenario: Scenario = client.app.state.presenter.scenario
    return scenario


def send(client: Client, page: str, form: str, **fields: str) -> str:
    """Sends a form of a page, once it is there; the page that a person then sees, in English."""
    # A phone that is still waking up has no form yet.
    found = re.search(_TOKEN, wait_for(client, page, _TOKEN))
    assert found
    return client.post(form, data={"_csrf_token": found[1], **fields}).text


def wait_for(client: Client, page: str, pattern: str) -> str:
    """Reloads a page until it shows something."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        text = client.get(page).text
        if re.search(pattern, text):
            return text
        time.sleep(0.1)
    raise AssertionError(f"{page} never showed {pattern}")


def test_phones_wake_within_a_minute(client: Client) -> None:
    client.get("/?lang=en")
    assert client.get("/phones/3/").status_code == 503
    send(client, "/", "/pace", pace="max")
    assert "Bluezone is working" in wait_for(client, "/phones/3/", "is working")
    send(client, "/", "/pace", pace="60")


@pytest.mark.parametrize("path", ["/phones/24/", "/phones/999999999999/", "/phones/x/", "/phones/-1/share"])
def test_a_phone_that_does_not_exist(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("chosen", ["24", "-1", "x", "²", "9" * 50])
def test_a_person_who_does_not_exist_is_not_chosen(client: Client, scenario: Scenario, chosen: str) -> None:
    answer = client.get("/", params={"phone": chosen})
    assert answer.status_code == 200
    assert f'src="/phones/{scenario.case}/"' in answer.text


@pytest.mark.parametrize("pace", ["1e9", "nan", "-60", "", "None"])
def test_a_pace_that_does_not_exist(client: Client, pace: str) -> None:
    assert "not right" in send(client, "/", "/pace", pace=pace)


@pytest.mark.parametrize(
    ("station", "onset", "sentence"),
    [
        ("24", "2026-10-15", "choose a person"),
        ("", "2026-10-15", "choose a person"),
        ("3", "15/10/2026", "year-month-day"),
        ("3", "2026-10-16", "future"),
        ("3", "2026-09-23", "21 days"),
    ],
)
def test_a_confirmation_that_cannot_be(client: Client, station: str, onset: str, sentence: str) -> None:
    assert sentence in send(client, "/staff", "/staff", station=station, onset=onset)
    assert not client.app.state.presenter.confirmations


def test_a_code_that_nobody_was_given(client: Client) -> None:
    send(client, "/phones/4/share", "/phones/4/share", code=NEVER_ISSUED, consent="yes")
    assert "does not know this code" in wait_for(client, "/phones/4/share", "does not know")


def test_forms_need_their_token(client: Client) -> None:
    for form in ("/pace", "/story/next", "/staff", "/phones/3/share"):
        assert client.post(form, data={"pace": "0"}).status_code == 403


def test_the_story_warns_exactly_those_who_were_near(client: Client, scenario: Scenario) -> None:
    send(client, "/", "/story/next")
    wait_for(client, "/", r'id="next-step">Confirm')
    send(client, "/", "/pace", pace="60")
    text = send(client, "/staff", "/staff", station=str(scenario.case), onset="2026-10-15")
    groups = re.search(r'class="big-code code">((?:<span>\w+</span>)+)', text)
    assert groups
    code = " ".join(re.findall(r"<span>(\w+)</span>", groups[1]))
    share = f"/phones/{scenario.case}/share"
    send(client, share, share, code=code.lower(), consent="yes")
    send(client, "/", "/pace", pace="max")
    assert "go to every phone" in wait_for(client, share, "Sent")
    page = wait_for(client, "/", r'href="#result">See the result')
    warned = {int(one) for one in re.findall(r'data-station="(\d+)" data-warned="yes"', page)}
    assert warned == scenario.must_be_alerted
    assert "Right: warned" in page
    assert "Missed" not in page


def test_a_warned_phone_says_when_how_long_and_never_who(client: Client, scenario: Scenario) -> None:
    for station in scenario.must_be_alerted:
        text = client.get(f"/phones/{station}/alert").text
        assert "Thursday, 15 October 2026" in text
        assert re.search(r"\d+ to \d+ minutes", text)
        history = client.get(f"/phones/{station}/history").text
        for digits in re.findall(r'class="code">([0-9a-f]{4})<', history):
            assert not re.search(rf"\b{digits}\b", text.split("<main")[1])
    others = set(range(24)) - scenario.must_be_alerted
    assert all("No close contact" in client.get(f"/phones/{one}/alert").text for one in others)


def test_the_code_works_once(client: Client, scenario: Scenario) -> None:
    code = client.app.state.presenter.confirmations[-1].code
    send(client, "/phones/4/share", "/phones/4/share", code=code, consent="yes")
    assert "another phone" in wait_for(client, "/phones/4/share", "already used")


def test_erasing_the_history_forgets_what_was_met(client: Client) -> None:
    send(client, "/", "/pace", pace="0")
    assert re.search(r'class="code">[0-9a-f]{4}<', client.get("/phones/8/history").text)
    text = send(client, "/phones/8/history/erase", "/phones/8/history/erase", sure="yes")
    assert "Nothing is stored" in text
    assert "You may be at risk" in client.get("/phones/8/").text


def test_time_stands_still_when_paused(client: Client) -> None:
    clock = r'id="clock">(\d\d:\d\d)<'
    first = re.search(clock, client.get("/").text)
    time.sleep(0.3)
    assert first
    assert first[0] in client.get("/").text
