"""Pictures of an evaluation: three for each task, few scenes or many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

from bluezone.lab.judging import Fold, Judged, Method, judge
from bluezone.lab.plots import _reliability, _roc, _scenes, draw
from bluezone.lab.rules import mean_rssi
from tests.unit.lab.made_up import case


def judged(count: int) -> Judged:
    """That many methods on two scenes, all as good as one another."""
    cases = [
        case(f"scene {number}", near, -60.0 - 9 * (not near) - number)
        for number in range(2)
        for near in (True, False)
    ]
    method = Method("method", lambda _cases: lambda one: (mean_rssi(one) + 100) / 100, is_probability=True)
    task = judge("task", "A task", [Fold(cases, cases)], [method], seed=1)
    return replace(
        task, results=tuple(replace(task.results[0], name=f"method {number}") for number in range(count))
    )


@pytest.mark.parametrize("count", [1, 8, 9, 10, 20])
@pytest.mark.parametrize("picture", [_roc, _reliability, _scenes])
def test_every_method_is_drawn_and_looks_like_no_other(
    count: int, picture: Callable[[Judged, Any], None]
) -> None:
    axes = Figure().add_subplot()
    picture(judged(count), axes)
    legend: Any = axes.get_legend_handles_labels()
    handles, labels = legend
    assert [label.split(" (")[0] for label in labels] == [f"method {number}" for number in range(count)]
    if picture is _scenes:
        looks = {(bars[0].get_facecolor(), bars[0].get_hatch()) for bars in handles}
    else:
        looks = {(line.get_color(), line.get_linestyle()) for line in handles}
    assert len(looks) == count


def test_more_methods_than_there_are_looks_are_not_drawn_in_part() -> None:
    with pytest.raises(ValueError, match="zip"):
        _roc(judged(28), Figure().add_subplot())


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
