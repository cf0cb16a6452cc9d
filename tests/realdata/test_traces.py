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


def test_office_noise_free(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "contacts" / "sociopatterns" / "workplace_InVS_tij.dat.zip"
    _, report, output = simulate(tmp_path / "out.json", "--trace", str(path), "--format", "sociopatterns")
    assert report["ordered_pairs"]["alerted"].get("never-met", 0) == 0, output
