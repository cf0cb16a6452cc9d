"""Training and judging: what a model may learn, and that nothing of the test cases reaches it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import resources

import numpy as np
import pytest

from bluezone.lab.cases import Case
from bluezone.lab.devices import Device, Devices
from bluezone.lab.errors import TooFewCases
from bluezone.lab.judging import Fold, Method, judge
from bluezone.lab.methods import fitted
from bluezone.lab.protocols import leave_one_out, split, transfer
from bluezone.lab.rules import mean_rssi
from bluezone.lab.training import balance, model_bytes, train
from bluezone.phone.proximity import ProximityWindow, parse_model, probability_near
from tests.unit.lab.made_up import case

DEVICES = Devices({}, Device(0.0, -60.0))


def scene(
    name: str, near_count: int, far_count: int, near_dbm: float = -60, far_dbm: float = -75
) -> list[Case]:
    """Windows of three looks around a level, beside others at -70 dBm."""
    random = np.random.default_rng(len(name) + near_count)

    def one(near: bool, dbm: float) -> Case:
        return case(name, near, *(dbm + random.normal(0, 4, 3)), others=-70.0)

    return [one(True, near_dbm) for _ in range(near_count)] + [one(False, far_dbm) for _ in range(far_count)]


def trained(cases: Sequence[Case]) -> Callable[[Case], float]:
    return fitted(cases, DEVICES)


def test_near_scores_above_far() -> None:
    score = trained([*scene("one", 40, 80), *scene("two", 60, 20)])
    assert score(case("x", None, -58.0, -59.0, others=-70.0)) > 0.8
    assert score(case("x", None, -80.0, None, others=-70.0)) < 0.25


def test_upside_down_data_cannot_make_a_nearer_phone_seem_farther() -> None:
    model = train(scene("mirror", 50, 50, near_dbm=-80, far_dbm=-60), DEVICES, 60.0, {})
    for form in (model.alone, model.among_others):
        assert form.nearness == form.prominence == 0


def test_near_and_far_and_all_scenes_weigh_the_same() -> None:
    cases = [*scene("large", 90, 30), *scene("small", 2, 8)]
    weights = balance(cases)
    assert weights.mean() == pytest.approx(1)
    for name in ("large", "small"):
        for near in (True, False):
            chosen = [one.scene == name and one.near is near for one in cases]
            assert weights[chosen].sum() == pytest.approx(len(cases) / 4)


def test_training_does_not_depend_on_how_often_near_occurs() -> None:
    even = train(scene("s", 400, 400), DEVICES, 60.0, {})
    rare = train(scene("s", 60, 740), DEVICES, 60.0, {})
    window = ProximityWindow(3, ())
    assert probability_near(window, even) == pytest.approx(probability_near(window, rare), abs=0.1)


def test_a_file_is_reproducible_and_reads_back() -> None:
    cases = scene("s", 30, 30)
    first = model_bytes(train(cases, DEVICES, 60.0, {"data": "made up"}))
    assert first == model_bytes(train(list(reversed(cases)), DEVICES, 60.0, {"data": "made up"}))
    assert parse_model(first).provenance == {"data": "made up"}


def test_the_shipped_file_says_where_it_comes_from() -> None:
    data = resources.files("bluezone.phone").joinpath("proximity.json").read_bytes()
    model = parse_model(data)
    assert {"data", "scenes", "rhythm", "app", "recorded", "licence", "label"} <= model.provenance.keys()
    assert model_bytes(model) == data, "written by `bluezone sensing train`, not by hand"


@pytest.mark.parametrize("cases", [[], scene("s", 9, 0), scene("s", 0, 9)])
def test_too_little_to_learn(cases: list[Case]) -> None:
    with pytest.raises(TooFewCases) as refused:
        train(cases, DEVICES, 60.0, {})
    assert refused.value.code == "recording-too-few-cases"


def test_a_scene_is_never_in_its_own_training_whatever_the_experiment() -> None:
    parts = {"lunch": scene("new/lunch", 3, 3), "queue": scene("new/queue", 3, 3)}
    more = {"old/lunch": scene("old/lunch", 3, 3), **parts}
    for fold in leave_one_out(more, parts):
        tested = {one.scene.split("/")[1] for one in fold.test}
        assert len(tested) == 1
        assert tested.isdisjoint(one.scene.split("/")[1] for one in fold.train)
        assert fold.train
    (only,) = transfer({"a": scene("a", 1, 1)}, {"b": scene("b", 1, 1), "c": scene("c", 1, 1)})
    assert {one.scene for one in only.train} == {"a"} and {one.scene for one in only.test} == {"b", "c"}


def test_a_split_is_of_whole_scenes_and_tests_each_once() -> None:
    cases = [one for number in range(13) for one in scene(f"set_{number}", 2, 3)]
    folds = split(cases, 5, seed=3)
    assert sorted(one.scene for fold in folds for one in fold.test) == sorted(one.scene for one in cases)
    for fold in folds:
        assert {one.scene for one in fold.train}.isdisjoint(one.scene for one in fold.test)


def test_judging_by_hand() -> None:
    """The threshold comes from the training cases, even where another would suit the test cases."""
    train_cases = [case("t", True, -60.0), case("t", False, -70.0)]
    test_cases = [case("x", True, -64.0), case("x", True, -68.0), case("x", False, -75.0)]
    seen: list[Sequence[Case]] = []

    def fit(cases: Sequence[Case]) -> Callable[[Case], float]:
        seen.append(cases)
        return mean_rssi

    method = Method("level", fit, warns={"loud": lambda one: mean_rssi(one) > -80})
    judged = judge("k", "t", [Fold(train_cases, test_cases)], [method], seed=1)
    (found,) = judged.results
    assert seen == [train_cases]
    assert list(found.said_near) == [True, False, False], "the threshold is -65"
    assert found.auc.value == 1 and found.ndcf.value == 0.5
    assert {name: one.value for name, one in found.ndcf_deployed.items()} == {"loud": 1}
    assert found.calibration_error is None
    assert found.scene_ndcf == {"x": 0.5} and judged.rhythm_s == 60
