"""The demo's town in its thread: it starts, hurries, calms down, and ends from any task."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from bluezone.sim.errors import PhoneOffError
from bluezone.sim.stage import Stage


async def reach(stage: Stage, elapsed_s: float) -> None:
    """Waits until the town's time is there."""
    until = time.monotonic() + 30
    while (await stage.snapshot()).now < stage.scenario.start_at + elapsed_s:
        assert time.monotonic() < until
        await asyncio.sleep(0.02)


async def test_a_town_starts_and_ends_from_different_tasks() -> None:
    stage = Stage(depth="frame", pace=None)
    await asyncio.create_task(stage.start())
    await reach(stage, 120)
    assert all(one.status for one in (await stage.snapshot()).people)
    assert len(await stage.ask(3, lambda runner: runner.status().visible_prefix)) == 4
    await asyncio.create_task(stage.stop())
    assert "town" not in {thread.name for thread in threading.enumerate()}


async def test_a_paused_town_answers_and_can_be_ended() -> None:
    stage = Stage(depth="frame", pace=0.0)
    await stage.start()
    first = await stage.snapshot()
    with pytest.raises(PhoneOffError):
        await stage.ask(3, lambda runner: runner.status())
    await asyncio.sleep(0.1)
    assert (await stage.snapshot()).now == first.now
    await stage.stop()


async def test_a_hurry_ends_at_its_instant() -> None:
    stage = Stage(depth="frame", pace=0.0)
    await stage.start()
    stage.hurry(stage.scenario.start_at + 300, None, 0.0)
    await reach(stage, 300)
    await asyncio.sleep(0.1)
    snapshot = await stage.snapshot()
    assert (snapshot.now, snapshot.pace) == (stage.scenario.start_at + 300, 0.0)
    await stage.stop()


async def test_a_pace_set_by_hand_outlasts_a_hurry() -> None:
    stage = Stage(depth="frame", pace=0.0)
    await stage.start()
    stage.hurry(stage.scenario.start_at + 600, 300.0, 1.0)
    await reach(stage, 30)
    stage.set_pace(None)
    await reach(stage, 900)
    assert (await stage.snapshot()).pace is None
    await stage.stop()
