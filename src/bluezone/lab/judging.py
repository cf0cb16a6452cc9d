"""Judges methods on the same cases: fitted, threshold included, on some scenes and tested on others.

Decides what is compared and how; which recordings are trained and tested on is decided in protocols.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bluezone.lab import metrics
from bluezone.lab.cases import Case, rhythm_of
from bluezone.lab.metrics import Bools, Floats, Measure
from bluezone.lab.training import balance

Score = Callable[[Case], float]


@dataclass(frozen=True, slots=True)
class Method:
    """Something that says how near.

    Attributes:
        name: for people.
        fit: training cases to a score; higher is nearer.
        is_probability: whether the score is the probability of near.
        warns: what it says as deployed, without a fitted threshold, by how a scan's time is counted; empty
            if it never was.
    """

    name: str
    fit: Callable[[Sequence[Case]], Score]
    is_probability: bool = False
    warns: Mapping[str, Callable[[Case], bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fold:
    """Cases to fit on, and others, of other scenes, to test on."""

    train: Sequence[Case]
    test: Sequence[Case]


@dataclass(frozen=True, slots=True)
class Result:
    """One method on one task.

    Attributes:
        name: of the method.
        auc, hits, ndcf, f1: over all test cases together; `hits` at 10 % false alarms, `ndcf` and `f1` at
            the threshold that was best on the training cases of each fold.
        calibration_error: None where the score is no probability.
        ndcf_deployed: with the rule's own threshold, by how a scan's time is counted; empty for others.
        scene_auc, scene_ndcf: of each scene.
        scores, said_near: of each test case, for plots.
    """

    name: str
    auc: Measure
    hits: Measure
    ndcf: Measure
    f1: Measure
    calibration_error: Measure | None
    ndcf_deployed: dict[str, Measure]
    scene_auc: dict[str, float]
    scene_ndcf: dict[str, float]
    scores: Floats
    said_near: Bools


@dataclass(frozen=True, slots=True)
class Judged:
    """All methods on one task.

    Attributes:
        key, title: of the task.
        rhythm_s: usual time from scan to scan in the test cases, seconds.
        scenes: of the test cases.
        near: labels of the test cases.
        results: of each method.
    """

    key: str
    title: str
    rhythm_s: float
    scenes: tuple[str, ...]
    near: Bools
    results: tuple[Result, ...]


def judge(
    key: str,
    title: str,
    folds: Sequence[Fold],
    methods: Sequence[Method],
    seed: int,
    progress: Callable[[float], None] = lambda _share: None,
) -> Judged:
    """Fits and tests every method.

    Args:
        key, title: of the task.
        folds: every test case is in one of them.
        methods: in the order of the report.
        seed: of the bootstrap, the same draws for each method.
        progress: is told the share (0..1) that is done.

    Raises:
        TooFewCases: a fold cannot be trained on.
    """
    tested = [case for fold in folds for case in fold.test]
    near = np.array([bool(case.near) for case in tested])
    results = []
    for number, method in enumerate(methods):
        results.append(_result(method, folds, tested, near, seed))
        progress((number + 1) / len(methods))
    return Judged(key, title, rhythm_of(tested), tuple(case.scene for case in tested), near, tuple(results))


def _result(method: Method, folds: Sequence[Fold], tested: Sequence[Case], near: Bools, seed: int) -> Result:
    scores, said = _test(method, folds)
    pairs = [case.pair for case in tested]

    def measure(statistic: metrics.Statistic) -> Measure:
        return metrics.measured(statistic, pairs, seed)

    def deployed(warns: Callable[[Case], bool]) -> Measure:
        warned = np.array([warns(case) for case in tested])
        return measure(lambda weight: metrics.ndcf(near, warned, weight))

    scenes = np.array([case.scene for case in tested])
    masks = {scene: scenes == scene for scene in dict.fromkeys(scenes.tolist())}
    return Result(
        method.name,
        measure(lambda weight: metrics.auc(near, scores, weight)),
        measure(lambda weight: metrics.hits_at(near, scores, weight=weight)),
        measure(lambda weight: metrics.ndcf(near, said, weight)),
        measure(lambda weight: metrics.f1(near, said, weight)),
        measure(lambda weight: metrics.calibration_error(near, scores, weight))
        if method.is_probability
        else None,
        {convention: deployed(warns) for convention, warns in method.warns.items()},
        {scene: metrics.auc(near[mask], scores[mask]) for scene, mask in masks.items()},
        {scene: metrics.ndcf(near[mask], said[mask]) for scene, mask in masks.items()},
        scores,
        said,
    )


def _test(method: Method, folds: Sequence[Fold]) -> tuple[Floats, Bools]:
    """Scores and decisions of all test cases, each fold with its own fit and threshold."""
    scores, said = [], []
    for fold in folds:
        score = method.fit(fold.train)
        known = np.array([bool(case.near) for case in fold.train])
        trained = np.array([score(case) for case in fold.train])
        threshold = metrics.best_threshold(known, trained, balance(fold.train))
        found = np.array([score(case) for case in fold.test])
        scores.append(found)
        said.append(found >= threshold)
    return np.concatenate(scores), np.concatenate(said)
