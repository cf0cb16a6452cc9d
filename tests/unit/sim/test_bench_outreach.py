"""The national roll-up from SQLite, small: every report that was kept is in the table."""

from __future__ import annotations

import pytest

from bluezone.outreach.storage import reports
from bluezone.sim.bench_outreach import measure_kept_rollup


async def test_kept_reports_are_rolled_up_and_measured() -> None:
    lines = await measure_kept_rollup(40)
    assert [line.unit for line in lines] == ["ms", "ms"]
    assert all("40 communes" in line.what and line.value > 0 for line in lines)


async def test_a_report_that_the_reading_loses_stops_the_measurement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = reports.all_versions

    def forgetful(*place: object) -> object:
        found = whole(*place)  # type: ignore[arg-type]
        found.popitem()
        return found

    monkeypatch.setattr(reports, "all_versions", forgetful)
    with pytest.raises(AssertionError, match="lost a report"):
        await measure_kept_rollup(40)
