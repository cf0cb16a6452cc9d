"""Real contacts, lived through: every verdict of every case against the trace's own truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bluezone.cli.main import main

pytestmark = [pytest.mark.realdata, pytest.mark.slow, pytest.mark.timeout(3000)]


def simulate(out: Path, *words: str) -> tuple[int, dict[str, Any], str]:
    result = CliRunner().invoke(main, ["simulate", *words, "--json", str(out)])
    report = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    return result.exit_code, report, result.output


def test_haslemere_noise_free_has_no_error(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "contacts" / "haslemere" / "thursday-friday.csv.gz"
    code, report, output = simulate(tmp_path / "out.json", "--trace", str(path), "--format", "haslemere")
    assert code == 0, output
    assert report["errors"] == []
    alerted, silent = report["ordered_pairs"]["alerted"], report["ordered_pairs"]["silent"]
    # Each pair counts in both directions.
    assert alerted["must-be-alerted"] == 2 * 230
    assert silent["must-not-be-alerted"] == 2 * 5312
    assert alerted.get("exactly-15-minutes", 0) + silent.get("exactly-15-minutes", 0) == 2 * 36
    assert alerted["never-met"] == 0


def test_an_hour_of_haslemere_in_realistic_air(shared_data: Path, tmp_path: Path) -> None:
    """Who never met is never alerted, at no threshold; and the report adds up."""
    path = shared_data / "contacts" / "haslemere" / "thursday-friday.csv.gz"
    words = ("--trace", str(path), "--format", "haslemere", "--minutes", "295-355", "--air", "realistic")
    code, report, output = simulate(tmp_path / "out.json", *words)
    assert code == 0, output
    pairs, bands = report["ordered_pairs"], report["bands"]
    assert pairs["alerted"]["never-met"] == 0
    assert (report["people"], report["cases"], len(report["per_case"])) == (209, 209, 209)
    assert {name: one["total"] for name, one in bands.items()} == {
        "clear-positive": 28,
        "grey": 32,
        "clear-negative": 412,
        "never-met": 43_000,
    }
    assert sum(one["total"] for one in bands.values()) == 209 * 208 == _pairs(report["per_case"])
    assert all(one["low"] <= one["share"] <= one["high"] for one in bands.values())
    assert (
        len(report["errors"]) == pairs["silent"]["must-be-alerted"] + pairs["alerted"]["must-not-be-alerted"]
    )
    assert bands["clear-positive"]["share"] > 0.6
    assert bands["clear-negative"]["share"] < 0.05
    assert set(report["trade_off"]) == {"near_level_db", "near_probability", "alert_s"}
    for points in report["trade_off"].values():
        assert len(points) > 3 and {one["never_met_alerted"] for one in points} == {0}
    (in_force,) = (one for one in report["trade_off"]["near_level_db"] if one["value"] == -5)
    assert in_force["clear_positive"] == bands["clear-positive"]


def _pairs(per_case: list[dict[str, dict[str, int]]]) -> int:
    return sum(sum(one[said].values()) for one in per_case for said in ("alerted", "silent"))


def test_office_noise_free(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "contacts" / "sociopatterns" / "workplace_InVS_tij.dat.zip"
    code, report, output = simulate(tmp_path / "out.json", "--trace", str(path), "--format", "sociopatterns")
    assert code == 0, output
    assert report["ordered_pairs"]["alerted"].get("never-met", 0) == 0, output
