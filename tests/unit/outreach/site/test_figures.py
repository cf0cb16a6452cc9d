"""The page of figures: the authority's count, what it does not mean, and what is said when nobody answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest
from litestar.testing import TestClient

from bluezone.clock import ManualClock
from bluezone.outreach.activity import (
    ASK_AGAIN_S,
    KEEP_S,
    Activity,
    ActivityUnavailable,
    AuthorityActivity,
    DayCount,
    parse_activity,
)
from bluezone.outreach.figures import Share
from bluezone.outreach.site.totals import Totals
from tests.unit.outreach.site.sample import make_pages, make_site

GOOD = b'{"days":[{"day":20783,"index_downloads":8123},{"day":20782,"index_downloads":7455}]}'


class Counted:
    """An authority that counted."""

    async def latest(self) -> Activity:
        """Two days."""
        return parse_activity(GOOD, 1_790_000_000.0)


class Silent:
    """An authority that does not answer."""

    async def latest(self) -> Activity:
        """Nothing."""
        raise ActivityUnavailable("it does not answer")


class Published:
    """An office that published its roll-up."""

    async def latest(self) -> Totals:
        """The founding letter's own ward."""
        return Totals(20783, 14, 12, 2121, Share(2121, 3073, 1), Share())


def page(activity: object, totals: object = None, path: str = "/figures") -> str:
    """The page over these sources."""
    pages = make_pages(None, None, activity=activity, totals=totals)  # type: ignore[arg-type]
    with TestClient(make_site(pages), base_url="http://127.0.0.1:9") as client:
        return client.get(path).text


def test_the_last_day_is_shown_and_that_it_is_not_people() -> None:
    text = page(Counted())
    assert '<p class="figure">8.123</p>' in text
    assert "Thứ Năm, 26 tháng 11, 2026" in text
    assert "không phải số người dùng" in text
    assert "8,123" in page(Counted(), path="/en/figures")


@pytest.mark.parametrize("source", [Silent(), None])
def test_without_an_answer_no_figure_is_shown(source: object) -> None:
    text = page(source)
    assert "không hỏi được máy chủ" in text
    assert 'class="figure"' not in text


def test_totals_are_rates_with_their_denominator() -> None:
    text = page(Silent(), Published())
    assert "12 trong 14 đơn vị" in text
    assert "3.073" in text
    assert "69,0%" in text
    assert "điện thoại thông minh" not in text, "a rate without its denominator"
    assert "chưa công bố tổng hợp" in page(Silent())


def source(answer: Callable[[httpx.Request], httpx.Response]) -> tuple[AuthorityActivity, ManualClock]:
    """The port over a service that answers so."""
    clock = ManualClock(1_790_000_000.0)
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return AuthorityActivity("http://authority/", clock, client), clock


async def test_an_answer_is_kept_for_ten_minutes() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, content=GOOD)

    activity, clock = source(answer)
    first = await asyncio.gather(*(activity.latest() for _ in range(5)))
    assert first[0].days == (DayCount(20782, 7455), DayCount(20783, 8123))
    clock.advance(KEEP_S - 1)
    await activity.latest()
    assert asked == ["http://authority/v1/activity"]
    clock.advance(1)
    await activity.latest()
    assert len(asked) == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"days":7}', b'{"days":[{"day":-1,"index_downloads":1}]}', b'{"days":[{"day":1}]}',
     b"\xff" * 100, b'{"days":[' + b",".join([b'{"day":1,"index_downloads":1}'] * 61) + b"]}",
     b" " * 70_000 + GOOD],
)  # fmt: skip
async def test_what_is_not_figures_is_no_figure(content: bytes) -> None:
    activity, _ = source(lambda _request: httpx.Response(200, content=content))
    with pytest.raises(ActivityUnavailable):
        await activity.latest()


async def test_a_service_that_fails_is_left_alone_for_a_minute() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if len(asked) == 1:
            raise httpx.ConnectTimeout("late")
        return httpx.Response(503 if len(asked) == 2 else 200, content=GOOD)

    activity, clock = source(answer)
    for _ in range(3):
        with pytest.raises(ActivityUnavailable):
            await activity.latest()
    assert len(asked) == 1
    clock.advance(ASK_AGAIN_S)
    with pytest.raises(ActivityUnavailable, match="503"):
        await activity.latest()
    clock.advance(ASK_AGAIN_S)
    assert (await activity.latest()).days[-1].count == 8123
