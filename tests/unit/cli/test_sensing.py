"""`bluezone sensing` at the terminal: the example, its JSON, and sentences for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bluezone.cli.main import main
from bluezone.lab import protocols
from bluezone.lab.devices import Device, Devices
from bluezone.lab.judging import Fold, judge
from bluezone.lab.methods import rule_methods
from bluezone.lab.protocols import Evaluation
from bluezone.lab.recorded import Section
from bluezone.lab.rules import CONVENTIONS
from tests.unit.lab.made_up import case

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


def test_an_evaluation_prints_all_that_it_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cases = [case("hall", near, level, None) for near, level in ((True, -50.0), (False, -80.0))]
    devices = Devices({}, Device(0.0, -53.0))
    methods = rule_methods(lambda _cases: devices, devices)
    task = judge("one", "One task", [Fold(cases, cases)], methods, seed=1)
    section = Section("What was recorded", ("hall", "gap"), (("hall", 60.5),))
    found = Evaluation("epfl", (task,), (section,), {"hall": {"windows without a scan (tested)": 7}})
    monkeypatch.setattr(protocols, "epfl_protocol", lambda *_words: found)
    command = [
        "sensing",
        "evaluate",
        "--data",
        "none",
        "--protocol",
        "epfl",
        "--json",
        str(tmp_path / "o.json"),
    ]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.output.splitlines()]
    assert ["CWA", "55/63", "1.000"] in [line[:3] for line in lines], "its AUC"
    assert "nDCF as deployed, a scan counted as  seconds" in result.output
    assert "minutes, rounded up" in result.output and "equal shares" in result.output
    assert ["hall", "60.5"] in lines and "What was recorded" in result.output
    assert ["hall", "windows", "without", "a", "scan", "(tested)", "7"] in lines
    written = json.loads((tmp_path / "o.json").read_text())
    assert list(written["tasks"][0]["results"][0]["ndcf_deployed"]) == list(CONVENTIONS)
    assert written["recorded"] == [
        {"title": section.title, "header": ["hall", "gap"], "rows": [["hall", 60.5]]}
    ]


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
