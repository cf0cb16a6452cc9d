"""Both depths of the virtual air leave the same records, byte for byte, in every phone's store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bluezone.sim.air import Air, AirModel
from bluezone.sim.scenario import commune_day
from bluezone.sim.town import Depth, Town, TownSettings
from bluezone.sim.virtual_time import run_virtual

MINUTES = 75  # 06:30 to 07:45: families at home, the walk to school and market, first desks.


def _stored(home: Path, depth: Depth, model: AirModel) -> list[Any]:
    async def live() -> list[Any]:
        scenario = commune_day(2)
        air = Air(model, scenario.world, 2)
        settings = TownSettings(depth=depth)
        town = Town(home, len(scenario.people), air, scenario.start_at, 2, settings)
        await town.start()
        await town.clock.sleep(MINUTES * 60)
        found = []
        for phone in town.phones:
            index = phone.store.days.index()
            samples = phone.store.days.samples(ref for refs in index.values() for ref in refs)
            found.append((index, samples, phone.store.days.scans()))
        await town.stop()
        return found

    return run_virtual(live())


@pytest.mark.parametrize(
    "model", [AirModel.noise_free(), AirModel.realistic()], ids=["noise-free", "realistic"]
)
def test_hci_and_frame_store_the_same(tmp_path: Path, model: AirModel) -> None:
    hci = _stored(tmp_path / "hci", "hci", model)
    frame = _stored(tmp_path / "frame", "frame", model)
    assert sum(len(samples) for _, samples, _ in frame) > 300
    assert hci == frame
