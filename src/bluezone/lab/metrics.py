"""How well scores tell near from far: AUC, hits at few false alarms, nDCF, F1, calibration; with intervals.

All take weights, so that the bootstrap by pair is a matter of counting how often a pair was drawn.
The cost nDCF = P_miss + P_fa is 0 for a perfect rule and 1 for one that always says the same.
Source of nDCF: NIST, TC4TL challenge 2020.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
CALIBRATION_BINS = 10


@dataclass(frozen=True, slots=True)
class Curve:
    """Shares of near and of far cases at or above each threshold, from none to all.

    Attributes:
        threshold: falling; the first is infinite.
        hit, false_alarm: 0 to 1.
    """

    threshold: Floats
    hit: Floats
    false_alarm: Floats


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with its 95 % interval; drawn by pair."""

    value: float
    low: float
    high: float


def curve(near: Bools, score: Floats, weight: Floats | None = None) -> Curve:
    """The ROC curve; equal scores are one step."""
    weight = np.ones(len(score)) if weight is None else weight
    order = np.argsort(-score, kind="stable")
    ranked, truth, mass = score[order], near[order], weight[order]
    last = np.append(ranked[1:] != ranked[:-1], True) if len(ranked) else np.zeros(0, bool)
    hits, alarms = np.cumsum(mass * truth)[last], np.cumsum(mass * ~truth)[last]
    with np.errstate(invalid="ignore"):
        return Curve(
            np.append(np.inf, ranked[last]),
            np.append(0.0, hits / (mass * truth).sum()),
            np.append(0.0, alarms / (mass * ~truth).sum()),
        )


def auc(near: Bools, score: Floats, weight: Floats | None = None) -> float:
    """How often a near case scores above a far one, ties half; not a number without both kinds."""
    found = curve(near, score, weight)
    return float(np.trapezoid(found.hit, found.false_alarm))


def hits_at(near: Bools, score: Floats, false_alarms: float = 0.1, weight: Floats | None = None) -> float:
    """Share of near cases found when this share of far cases is alarmed falsely, ties by chance."""
    found = curve(near, score, weight)
    return float(np.interp(false_alarms, found.false_alarm, found.hit))


def best_threshold(near: Bools, score: Floats, weight: Floats | None = None) -> float:
    """The threshold of least nDCF: half-way between two scores; infinite if nothing beats always "far".

    Always "near" costs the same, 1, so it is never chosen.
    """
    found = curve(near, score, weight)
    # Rounded, so that the last bits of sums do not decide between equals; the first is 1 whatever the cases.
    place = int(np.nanargmin(np.round(1 - found.hit + found.false_alarm, 12)))
    if place == 0:
        return float("inf")
    return float((found.threshold[place] + found.threshold[place + 1]) / 2)


def ndcf(near: Bools, said_near: Bools, weight: Floats | None = None) -> float:
    """P_miss + P_fa of decisions."""
    weight = np.ones(len(near)) if weight is None else weight
    with np.errstate(invalid="ignore"):
        missed = (weight * (near & ~said_near)).sum() / (weight * near).sum()
        false = (weight * (~near & said_near)).sum() / (weight * ~near).sum()
    return float(missed + false)


def f1(near: Bools, said_near: Bools, weight: Floats | None = None) -> float:
    """Harmonic mean of precision and recall; 0 if nothing was found."""
    weight = np.ones(len(near)) if weight is None else weight
    found = float((weight * (near & said_near)).sum())
    total = float((weight * near).sum() + (weight * said_near).sum())
    return 2 * found / total if total else 0.0


def calibration_bins(near: Bools, probability: Floats) -> list[tuple[float, float, int]]:
    """(mean probability, share that was near, cases) of each tenth of 0..1 that holds a case."""
    bins = np.minimum((probability * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    return [
        (float(probability[bins == one].mean()), float(near[bins == one].mean()), int((bins == one).sum()))
        for one in range(CALIBRATION_BINS)
        if (bins == one).any()
    ]


def calibration_error(near: Bools, probability: Floats, weight: Floats | None = None) -> float:
    """Mean distance between what was said and what was true, over tenths of 0..1."""
    weight = np.ones(len(near)) if weight is None else weight
    bins = np.minimum((probability * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    surplus = np.bincount(bins, weight * (probability - near), CALIBRATION_BINS)
    return float(np.abs(surplus).sum() / weight.sum())


Statistic = Callable[[Floats], float]


def interval(
    statistic: Statistic,
    pairs: Sequence[Hashable],
    random: np.random.Generator,
    draws: int = 400,
    share: float = 0.95,
) -> tuple[float, float]:
    """Bootstrap interval of a statistic when pairs, with all their cases, are drawn with replacement.

    Args:
        statistic: of weights, one for each case.
        pairs: of each case; cases of one pair are not independent.
        random: decides the draws.
        draws: how many.
        share: that the interval holds.

    Returns:
        Lower and upper end; not numbers where no draw had cases of both kinds.
    """
    numbers = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
    index = np.array([numbers[pair] for pair in pairs])
    found = []
    for _ in range(draws):
        drawn = np.bincount(random.integers(len(numbers), size=len(numbers)), minlength=len(numbers))
        found.append(statistic(drawn[index].astype(np.float64)))
    values = np.array(found)
    values = values[np.isfinite(values)]
    if not len(values):
        return float("nan"), float("nan")
    tail = (1 - share) / 2
    return float(np.quantile(values, tail)), float(np.quantile(values, 1 - tail))


def measured(statistic: Statistic, pairs: Sequence[Hashable], seed: int) -> Measure:
    """A statistic of all cases with its interval; one seed gives every statistic the same draws."""
    return Measure(statistic(np.ones(len(pairs))), *interval(statistic, pairs, np.random.default_rng(seed)))
