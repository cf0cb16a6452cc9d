"""`bluezone sensing` at the terminal: the example, its JSON, and sentences for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bluezone.cli.main import main

EXAMPLE = Path(__file__).parents[2] / "fixtures" / "recording.csv"


def test_score(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main, ["sensing", "score", str(EXAMPLE), "--json", str(tmp_path / "out.json")]
    )
    assert result.exit_code == 0, result.output
    assert "probability near" in result.output and "AUC: 1.000" in result.output
    written = json.loads((tmp_path / "out.json").read_text())
    assert len(written["windows"]) == 46 and written["rhythm_fits"] is True


def test_a_bad_row_is_a_sentence_with_its_line(tmp_path: Path) -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    lines[7] = lines[7].replace(",-", ",loud-", 1)
    (tmp_path / "bad.csv").write_text("\n".join(lines))
    result = CliRunner().invoke(main, ["sensing", "score", str(tmp_path / "bad.csv")])
    assert result.exit_code == 1
    assert "Line 8: rssi_dbm is 'loud" in result.output and "[recording-malformed]" in result.output


@pytest.mark.parametrize("protocol", ["epfl", "mitre"])
def test_recordings_that_are_not_there(tmp_path: Path, protocol: str) -> None:
    command = ["sensing", "evaluate", "--data", str(tmp_path), "--protocol", protocol]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 1 and "[recordings-missing]" in result.output


def test_json_has_no_word_for_a_missing_figure(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("scene,receiver,sender,time_s,scan_count,levels_db,near\ns,a,b,0,9,-3,1\ns,a,c,0,9,,0\n")
    result = CliRunner().invoke(main, ["sensing", "score", str(path), "--json", str(tmp_path / "out.json")])
    assert result.exit_code == 0, result.output
    assert json.loads((tmp_path / "out.json").read_text())["figures"]["AUC"]["value"] == 1


def test_a_task_that_is_none(tmp_path: Path) -> None:
    command = ["sensing", "evaluate", "--data", str(tmp_path), "--protocol", "epfl", "--task", "exp99"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 2 and "exp05-to-exp34" in result.output
