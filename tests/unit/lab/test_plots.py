"""Pictures of an evaluation: three for each task, few scenes or many."""

from __future__ import annotations

from pathlib import Path

import pytest

from bluezone.lab.judging import Fold, Method, judge
from bluezone.lab.plots import draw
from bluezone.lab.rules import mean_rssi
from tests.unit.lab.made_up import case


@pytest.mark.parametrize("scenes", [2, 20])
def test_three_pictures(tmp_path: Path, scenes: int) -> None:
    cases = [
        case(f"scene {number}", near, -60.0 - 9 * (not near) - number % 7)
        for number in range(scenes)
        for near in (True, False)
    ]
    methods = [
        Method("probability", lambda _cases: lambda one: (mean_rssi(one) + 100) / 100, is_probability=True),
        Method("level", lambda _cases: mean_rssi),
    ]
    drawn = draw(judge("task", "A task", [Fold(cases, cases)], methods, seed=1), tmp_path)
    assert [path.name for path in drawn] == ["task-roc.png", "task-reliability.png", "task-scenes.png"]
    for path in drawn:
        assert path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size < 150_000
