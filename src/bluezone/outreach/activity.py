"""How often the list of keys was fetched, as the health authority counts it: the one honest public figure.

Decides how long an answer is kept and what becomes of a service that does not answer. The figure counts
fetches: a telephone fetches several times a day, so it is neither people nor downloads of the program.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Protocol

import httpx
import msgspec
import structlog

from bluezone.clock import Clock

ACTIVITY_ADDRESS = "/v1/activity"
TIMEOUT_S = 3.0
KEEP_S = 600.0
# After a failure: not every visitor waits for a service that does not answer.
ASK_AGAIN_S = 60.0
_MAX_ANSWER = 65_536
_MAX_DAYS = 60
log = structlog.get_logger(__name__)


class ActivityUnavailable(Exception):
    """The authority that counts does not answer, or not with figures."""

    code = "activity-unavailable"


@dataclass(frozen=True, slots=True)
class DayCount:
    """One whole UTC day.

    Attributes:
        day: days since 1970-01-01.
        count: how often the index of batches was fetched.
    """

    day: int
    count: int


@dataclass(frozen=True, slots=True)
class Activity:
    """What the authority counted.

    Attributes:
        days: whole days, the oldest first; days on which nothing was counted are missing.
        asked_at: when it was asked, seconds UTC.
    """

    days: tuple[DayCount, ...]
    asked_at: float


class ActivitySource(Protocol):
    """Where the figure comes from."""

    async def latest(self) -> Activity:
        """The figures, at most some minutes old.

        Raises:
            ActivityUnavailable: they cannot be had just now.
        """


class _Day(msgspec.Struct, frozen=True):
    day: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    index_downloads: Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class _Answer(msgspec.Struct, frozen=True):
    days: Annotated[list[_Day], msgspec.Meta(max_length=_MAX_DAYS)]


def parse_activity(content: bytes, asked_at: float) -> Activity:
    """Reads the authority's answer.

    Raises:
        ActivityUnavailable: it is not of the form that we know.
    """
    try:
        answer = msgspec.json.decode(content, type=_Answer)
    except msgspec.DecodeError:
        raise ActivityUnavailable("the authority answered, but not with figures") from None
    counts = {one.day: one.index_downloads for one in answer.days}
    return Activity(tuple(DayCount(day, counts[day]) for day in sorted(counts)), asked_at)


class AuthorityActivity:
    """The figures of an authority over HTTP, kept for ten minutes.

    Args:
        address: base address of the authority.
        clock: for the age of an answer.
        client: that sends the requests; closed by its owner.
    """

    def __init__(self, address: str, clock: Clock, client: httpx.AsyncClient) -> None:
        self._address = address.rstrip("/") + ACTIVITY_ADDRESS
        self._clock = clock
        self._client = client
        self._kept: Activity | None = None
        self._ask_at = 0.0
        self._asking = asyncio.Lock()

    async def latest(self) -> Activity:
        """The figures; asked again after ten minutes, and one minute after a failure."""
        async with self._asking:
            now = self._clock.monotonic()
            if now >= self._ask_at:
                self._kept, self._ask_at = None, now + ASK_AGAIN_S
                self._kept = await self._fetch()
                self._ask_at = now + KEEP_S
        if self._kept is None:
            raise ActivityUnavailable("the authority did not answer a moment ago")
        return self._kept

    async def _fetch(self) -> Activity:
        try:
            # The client's own limit counts each piece; this one counts the whole answer.
            async with (
                asyncio.timeout(2 * TIMEOUT_S),
                self._client.stream("GET", self._address, timeout=TIMEOUT_S) as answer,
            ):
                if answer.status_code != 200:
                    raise ActivityUnavailable(f"the authority answered with status {answer.status_code}")
                content = b""
                async for piece in answer.aiter_bytes():
                    content += piece
                    if len(content) > _MAX_ANSWER:
                        raise ActivityUnavailable("the authority's answer is too long")
        except (httpx.HTTPError, TimeoutError) as error:
            log.info("activity-unavailable", error=type(error).__name__)
            raise ActivityUnavailable("the authority does not answer") from None
        return parse_activity(content, self._clock.system())
