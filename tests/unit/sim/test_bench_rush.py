"""The rush before the deadline, small: over a real socket, nothing is lost."""

from __future__ import annotations

import pytest

from bluezone.sim.bench_rush import measure_rush


async def test_a_small_rush_loses_nothing_and_is_measured() -> None:
    rush = await measure_rush(6, 0.0)
    assert (rush.units, rush.lost) == (6, 0)
    assert 0 < rush.percentile(0.5) <= rush.percentile(0.99) <= rush.whole_s
    assert rush.percentile(0.99, opening=True) > 0


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_two_hundred_units_in_the_last_minute_lose_nothing() -> None:
    rush = await measure_rush(200, 60.0)
    assert (rush.units, rush.lost) == (200, 0)
    assert rush.whole_s >= 59, "they came within a minute, not all at once"
