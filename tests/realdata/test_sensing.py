"""Real phones in real rooms: the goals of the proximity model, scene by scene and recording by recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bluezone.cli.main import main

pytestmark = [pytest.mark.realdata, pytest.mark.slow, pytest.mark.timeout(1200)]


def evaluate(shared_data: Path, out: Path, *words: str) -> dict[str, dict[str, Any]]:
    """Method to its figures, of the protocol's first or chosen task."""
    command = ["sensing", "evaluate", "--data", str(shared_data / "proximity"), "--json", str(out), *words]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    task = json.loads(out.read_text(encoding="utf-8"))["tasks"][0]
    return {one["name"]: one for one in task["results"]}


def value(result: dict[str, Any], figure: str) -> float:
    return float(result[figure]["value"])


def deployed(result: dict[str, Any], convention: str = "seconds") -> float:
    return float(result["ndcf_deployed"][convention]["value"])


def test_a_scene_left_out(shared_data: Path, tmp_path: Path) -> None:
    """exp34 at a scan every 255 s: nDCF at least 0.10 below the German rule as deployed, AUC not lower.

    As deployed with the seconds of each scan; with minutes rounded up it is better, and still not as good.
    """
    found = evaluate(shared_data, tmp_path / "out.json", "--protocol", "epfl", "--task", "exp34")
    model, german = found["Bluezone"], found["CWA 55/63"]
    assert value(model, "ndcf") <= deployed(german) - 0.10
    assert value(model, "ndcf") < deployed(german, "minutes, rounded up")
    assert value(model, "auc") >= value(german, "auc")
    assert value(german, "auc") == pytest.approx(0.700, abs=0.01), "as measured elsewhere on these recordings"
    assert len(model["scene_ndcf"]) == 3


def test_the_shipped_recipe_at_the_phones_own_rhythm(shared_data: Path, tmp_path: Path) -> None:
    """On scenes that it was not trained on, better than the rules as deployed, and nearly calibrated."""
    found = evaluate(shared_data, tmp_path / "out.json", "--protocol", "epfl", "--task", "recipe-exp05")
    model = found["Bluezone"]
    rules = [deployed(one) for one in found.values() if one["ndcf_deployed"]]
    assert len(rules) == 4 and value(model, "ndcf") < min(rules)
    assert value(model, "calibration_error") < 0.1


def test_mitre_by_recording(shared_data: Path, tmp_path: Path) -> None:
    found = evaluate(shared_data, tmp_path / "out.json", "--protocol", "mitre")
    for name in ("Bluezone", "Bluezone as shipped"):
        assert value(found[name], "auc") >= value(found["mean RSSI"], "auc")
        assert value(found[name], "ndcf") <= value(found["mean RSSI"], "ndcf")
    rules = [found[name] for name in ("CWA 55/63", "CWA 1.15", "SwissCovid 50/55", "Immuni 73")]
    assert value(found["Bluezone"], "auc") > max(value(one, "auc") for one in rules)
    assert [one["ndcf_deployed"] for one in rules] == [{}] * 4, "two minutes hold no fifteen"


def test_the_shipped_coefficients_are_what_training_writes(shared_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "proximity.json"
    command = ["sensing", "train", "--data", str(shared_data / "proximity"), "--out", str(out)]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    shipped = Path(__file__).parents[2] / "src" / "bluezone" / "phone" / "proximity.json"
    trained, known = json.loads(out.read_bytes()), json.loads(shipped.read_bytes())
    for form in ("alone", "among_others"):
        assert trained[form] == pytest.approx(known[form], abs=0.02), "the last bits differ by machine"
    assert {**trained, "alone": 0, "among_others": 0} == {**known, "alone": 0, "among_others": 0}
