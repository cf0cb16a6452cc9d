"""`bluezone simulate` and `sweep` on a small trace: tables, JSON, pictures, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bluezone.cli.main import main

# Four people for an hour, in steps of 5 minutes: 1 and 2 sit together, 3 is 8 m away, 4 passes by once.
STEPS = range(1, 13)
ROWS = "".join(f"{step},1,2,1\n{step},1,3,8\n{step},2,3,8\n" for step in STEPS) + "13,3,4,6\n"


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "small.csv"
    path.write_text(ROWS, encoding="ascii")
    return path


def bluezone(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_a_trace_is_lived_judged_and_drawn(trace: Path, tmp_path: Path) -> None:
    out, plots = tmp_path / "out.json", tmp_path / "plots"
    ran = bluezone("simulate", "--trace", trace, "--format", "haslemere", "--json", out, "--plots", plots)
    assert ran.exit_code == 0, ran.output
    report = json.loads(out.read_text(encoding="utf-8"))
    assert report["errors"] == []
    assert report["bands"]["clear-positive"] | {"low": 0, "high": 0} == {
        "alerted": 2, "total": 2, "share": 1.0, "low": 0, "high": 0,
    }  # fmt: skip
    assert report["bands"]["never-met"]["total"] == 4
    assert report["bands"]["clear-negative"]["alerted"] == 0
    assert len(report["per_case"]) == 4
    near = {one["value"]: one["clear_positive"]["alerted"] for one in report["trade_off"]["near_level_db"]}
    assert near[-5.0] == 2, "the shipped threshold is one of the curve's"
    assert [one["clear_positive"]["alerted"] for one in report["trade_off"]["alert_s"]] == [2] * 8
    assert "95 % interval" in ran.output
    assert (plots / "trade-off.png").read_bytes()[:4] == b"\x89PNG"


def test_a_shift_that_makes_everybody_far_is_seen_in_the_same_numbers(trace: Path) -> None:
    ran = bluezone("simulate", "--trace", trace, "--format", "haslemere", "--intercept", "-20")
    assert ran.exit_code == 0, ran.output
    assert "2 errors: 2 missed, 0 false alerts." in ran.output


def test_windows_can_decide(trace: Path) -> None:
    words = ("--rule", "window", "--near-probability", "0.3")
    ran = bluezone("simulate", "--trace", trace, "--format", "haslemere", *words)
    assert ran.exit_code == 0, ran.output
    assert "0 missed" in ran.output


def test_a_part_of_a_trace_alone(trace: Path) -> None:
    ran = bluezone("simulate", "--trace", trace, "--format", "haslemere", "--minutes", "0-30")
    assert "3 people, 18 contacts" in ran.output
    for wrong in ("30-30", "5", "-1-5", "a-b", "0-30-60"):
        refused = bluezone("simulate", "--trace", trace, "--format", "haslemere", "--minutes", wrong)
        assert refused.exit_code == 2
        assert "is not a span of minutes" in refused.output
    empty = bluezone("simulate", "--trace", trace, "--format", "haslemere", "--minutes", "600-700")
    assert empty.exit_code == 1
    assert "no contact in that time" in empty.output


def test_a_wrong_place_for_results_is_told_before_anybody_lives(trace: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "no" / "out.json"
    words = ("--trace", trace, "--format", "haslemere", "--json", nowhere)
    for command in ("simulate", "sweep"):
        refused = bluezone(command, *words)
        assert refused.exit_code == 2
        assert "there is no folder" in refused.output


def test_one_case_alone(trace: Path) -> None:
    ran = bluezone("simulate", "--trace", trace, "--format", "haslemere", "--case", "4")
    assert ran.exit_code == 0
    assert "1 cases" in ran.output
    refused = bluezone("simulate", "--trace", trace, "--format", "haslemere", "--case", "77")
    assert refused.exit_code == 2
    assert "not the id of a person" in refused.output


def test_a_sweep_says_what_rhythm_and_uptake_cost(trace: Path, tmp_path: Path) -> None:
    out, plots = tmp_path / "out.json", tmp_path / "plots"
    words = ("--rhythm", "60,300", "--uptake", "50,100", "--air", "noise-free")
    ran = bluezone(
        "sweep", "--trace", trace, "--format", "haslemere", *words, "--json", out, "--plots", plots
    )
    assert ran.exit_code == 0, ran.output
    report = json.loads(out.read_text(encoding="utf-8"))
    assert [one["value"] for one in report["rhythm_s"]] == [60.0, 300.0]
    assert report["rhythm_s"][0]["clear_positive"] == 1.0
    half, all_of_them = report["uptake"]
    # Of the one pair, both must have a phone: two of four people are that pair in one draw of six.
    assert all_of_them["clear_positive"] == 1.0
    assert half["clear_positive"] == pytest.approx(1 / 6, abs=0.2)
    assert {path.name for path in plots.iterdir()} == {"rhythm.png", "uptake.png"}


@pytest.mark.parametrize(
    "words", [("--rhythm", "60,soon"), ("--rhythm", "1"), ("--uptake", "0"), ("--uptake", "nan")]
)
def test_numbers_that_a_sweep_refuses(trace: Path, words: tuple[str, str]) -> None:
    ran = bluezone("sweep", "--trace", trace, "--format", "haslemere", *words)
    assert ran.exit_code == 2, ran.output


@pytest.mark.parametrize("name", ["reboot", "partial-upload"])
def test_a_story_by_its_name(name: str) -> None:
    ran = bluezone("cases", name)
    assert ran.exit_code == 0, ran.output
    assert "1 cases, 0 wrong" in ran.output
