"""The one public figure: fetches of the index by UTC day, whole days only, of nobody in particular."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from bluezone.authority.api.app import create_app
from bluezone.authority.domain.retention import ACTIVITY_DAYS
from bluezone.authority.service import Authority
from bluezone.authority.storage import activity
from bluezone.clock import ManualClock
from bluezone.database.errors import DatabaseUnavailable
from bluezone.protocol.interval import DAY_S
from tests.unit.authority.case import NOW, running_authority

TODAY = NOW // DAY_S


async def fetch(authority: Authority, times: int) -> None:
    """Asks for the index over HTTP."""
    transport = httpx.ASGITransport(app=create_app(authority, build_batches=False))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://authority") as client:
        for _ in range(times):
            assert (await client.get("/v1/batches/index.json")).status_code == 200


async def told(authority: Authority) -> list[dict[str, int]]:
    """The public answer."""
    transport = httpx.ASGITransport(app=create_app(authority, build_batches=False))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://authority") as client:
        answer = await client.get("/v1/activity")
        assert answer.headers["cache-control"] == "public, max-age=600"
        days: list[dict[str, int]] = answer.json()["days"]
        return days


def next_day(clock: ManualClock) -> None:
    """The same hour of tomorrow."""
    clock.advance(DAY_S)


async def test_a_day_is_told_when_it_is_over() -> None:
    async with running_authority() as (authority, clock):
        await authority.build_batch()
        await fetch(authority, 3)
        assert await told(authority) == []
        next_day(clock)
        await fetch(authority, 2)
        assert await told(authority) == [{"day": TODAY, "index_downloads": 3}]
        next_day(clock)
        assert await told(authority) == [
            {"day": TODAY, "index_downloads": 3},
            {"day": TODAY + 1, "index_downloads": 2},
        ]


async def test_other_addresses_are_not_counted() -> None:
    async with running_authority() as (authority, clock):
        await authority.build_batch()
        transport = httpx.ASGITransport(app=create_app(authority, build_batches=False))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://authority") as client:
            await client.get("/v1/batches/00000001.body")
            await client.get("/v1/batches/00000009.body")
            await client.get("/health")
        next_day(clock)
        assert await told(authority) == []


async def test_two_processes_add_to_one_number() -> None:
    async with running_authority() as (authority, clock):
        for count in (5, 7):
            await authority._database.run(lambda conn, count=count: activity.add(conn, {TODAY: count}))  # type: ignore[misc]
        next_day(clock)
        assert await authority.counting.days() == [(TODAY, 12)]


async def test_a_database_that_is_away_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_authority() as (authority, clock):

        async def away(_call: object) -> None:
            raise DatabaseUnavailable("away")

        authority.counting.count_index()
        with monkeypatch.context() as patched:
            patched.setattr(authority._database, "run", away)
            with pytest.raises(DatabaseUnavailable):
                await authority.counting.save()
        authority.counting.count_index()
        next_day(clock)
        assert await authority.counting.days() == [(TODAY, 2)]


async def test_who_is_stopped_while_saving_counts_nothing_twice() -> None:
    """As when the service ends: the batch loop is cancelled in the middle of saving, then all is closed."""
    async with running_authority() as (authority, clock):
        for _ in range(10):
            authority.counting.count_index()
        saving = asyncio.create_task(authority.counting.save())
        await asyncio.sleep(0)
        saving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await saving
        await authority.counting.save()
        next_day(clock)
        assert await authority.counting.days() == [(TODAY, 10)]


async def test_old_days_are_forgotten() -> None:
    async with running_authority() as (authority, clock):
        authority.counting.count_index()
        await authority.maintain()
        clock.advance((ACTIVITY_DAYS + 1) * DAY_S)
        await authority.maintain()
        kept = await authority._database.run(lambda conn: activity.between(conn, 0, TODAY + 1000))
        assert kept == []


async def test_asking_again_at_once_is_answered_from_memory() -> None:
    async with running_authority() as (authority, clock):
        authority.counting.count_index()
        next_day(clock)
        first = await authority.counting.days()
        await authority._database.run(lambda conn: activity.add(conn, {TODAY: 100}))
        assert await authority.counting.days() == first
        clock.advance(61)
        assert await authority.counting.days() == [(TODAY, 101)]
