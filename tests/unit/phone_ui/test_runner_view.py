"""A real phone through its screens' eyes: what goes out, and that an erased history is gone for good."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bluezone.phone.ui.runner_view import RunnerView
from bluezone.sim.town import Town, TownSettings
from bluezone.sim.virtual_time import run_virtual
from tests.routes.small_town import MORNING, Distances


def test_screens_see_values_and_can_forget(tmp_path: Path) -> None:
    async def life() -> None:
        town = Town(tmp_path, 2, Distances({(0, 1): 1.0}), MORNING, 1, TownSettings())
        await town.start()
        await asyncio.sleep(25 * 60)
        runner = town.runner(0)
        view = RunnerView(runner)
        status = await view.status()
        assert len(status.visible_prefix) == 4
        assert (view.utc_offset_minutes, view.hotline) == (420, town.region.hotline)
        assert list(await view.alerts()) == []
        assert sum((await view.met_counts()).values()) == len(await view.history()) == 2
        assert {len(line.label) for line in await view.history()} == {2}
        assert all(abs(line.level_db) <= 1 for line in await view.history())
        (running,) = await view.windows()
        assert running.start_at == MORNING
        before = runner.store.days.scans()

        await view.erase_history()
        assert list(await view.history()) == []
        assert not await view.met_counts()
        assert not runner.store.days.scans()
        assert not list((tmp_path / "phone-0" / "days").glob("*.db"))
        assert before

        await asyncio.sleep(10 * 60)
        assert len(await view.history()) >= 1
        assert len(await RunnerView(town.runner(1)).history()) == 3
        await town.stop()

    run_virtual(life())
