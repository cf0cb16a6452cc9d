"""The stream of positions: bounded, skipping what a slow browser missed, and ended with the demo."""

from __future__ import annotations

from typing import cast

import pytest

from bluezone.sim.demo import feed as module
from bluezone.sim.demo.errors import FeedFull
from bluezone.sim.demo.feed import Feed
from bluezone.sim.demo.presenter import Presenter


def feed_without_town() -> Feed:
    """A feed that is never asked to look."""
    return Feed(cast(Presenter, None))


async def test_only_so_many_maps_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LISTENERS", 2)
    feed = feed_without_town()
    streams = [feed.listen(), feed.listen()]
    for stream in streams:
        assert await anext(stream) == b"retry: 2000\n\n"
    with pytest.raises(FeedFull):
        feed.listen()


async def test_closing_ends_every_stream_and_takes_no_new_one() -> None:
    feed = feed_without_town()
    stream = feed.listen()
    await anext(stream)
    feed.close()
    assert [message async for message in stream] == []
    with pytest.raises(FeedFull):
        feed.listen()
