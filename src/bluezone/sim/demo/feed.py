"""Positions and the time of day for every open map, about twice a second.

Decides how many maps may watch and what they are told; one look at the town serves them all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec

from bluezone.sim.demo.errors import FeedFull
from bluezone.sim.demo.plan import marks
from bluezone.sim.demo.presenter import Presenter
from bluezone.web.language import clock_text

MAX_LISTENERS = 16
LOOK_EVERY_S = 0.5
# Parts of the page that have words are fetched anew at least this often, in looks.
_WORDS_EVERY = 8


class Feed:
    """The live events of one demo.

    Args:
        presenter: of the demo.
    """

    def __init__(self, presenter: Presenter) -> None:
        self._presenter = presenter
        self._listeners: set[asyncio.Queue[bytes | None]] = set()
        self._closed = False

    async def run(self) -> None:
        """Looks at the town until cancelled; also without listeners, so that the log misses nothing."""
        look = 0
        while True:
            message = await self._look(look // _WORDS_EVERY)
            for queue in self._listeners:
                # A slow browser gets the newest look, not all of them.
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(message)
            look += 1
            await asyncio.sleep(LOOK_EVERY_S)

    def close(self) -> None:
        """Ends all streams."""
        self._closed = True
        for queue in self._listeners:
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(None)

    def listen(self) -> AsyncIterator[bytes]:
        """A new stream of events.

        Raises:
            FeedFull: 16 are open.
        """
        if len(self._listeners) >= MAX_LISTENERS or self._closed:
            raise FeedFull("too many maps are open")
        return self._stream()

    async def _stream(self) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1)
        self._listeners.add(queue)
        try:
            yield b"retry: 2000\n\n"
            while (message := await queue.get()) is not None:
                yield b"data: " + message + b"\n\n"
        finally:
            self._listeners.discard(queue)

    async def _look(self, words: int) -> bytes:
        presenter = self._presenter
        snapshot = await presenter.stage.snapshot()
        result = await presenter.result(snapshot)
        step = presenter.step(snapshot, result)
        presenter.settle(step)
        offset = presenter.stage.region.utc_offset_minutes
        version = [words, len(snapshot.happenings), step, snapshot.pace, snapshot.finished]
        return msgspec.json.encode(
            {
                "clock": clock_text(snapshot.now, offset),
                "people": [(mark.x, mark.y, mark.kind) for mark in marks(snapshot.people)],
                "version": "/".join(str(part) for part in version),
            }
        )
