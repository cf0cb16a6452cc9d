"""Trains the phone's proximity model on labelled cases.

Decides how cases weigh: every scene as much as every other, and near as much as far, so that a probability
does not carry along how crowded the training scenes were. No weight may be negative: a nearer phone never
seems farther. What the inputs are is decided by phone/proximity.py, which also runs the model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bluezone.lab.cases import Case, window_of
from bluezone.lab.devices import Devices
from bluezone.lab.errors import TooFewCases
from bluezone.phone.proximity import (
    Coefficients,
    ProximityModel,
    Shape,
    nearness,
    prominence,
)

# A scan counts half at about 1.6 m; the spread is a little less than what levels at one distance vary by.
# Not fitted: of six shapes like this the one that did well on all tasks; they differ by less than the
# intervals are wide.
SHAPE = Shape(level_middle_db=-3.0, relative_middle_db=6.0, spread_db=3.0)
# Inverse of the penalty on squared weights.
PENALTY_INVERSE = 10.0


def train(
    cases: Sequence[Case],
    devices: Devices,
    rhythm_s: float,
    provenance: dict[str, str],
    shape: Shape = SHAPE,
) -> ProximityModel:
    """The model that fits labelled cases best.

    Args:
        cases: labelled ones of all scenes.
        devices: of their models.
        rhythm_s: that the model is meant for, seconds.
        provenance: goes into the model's file.
        shape: how a scan counts.

    Raises:
        TooFewCases: near or far does not occur.
    """
    near = np.array([bool(case.near) for case in cases])
    if near.all() or not near.any():
        raise TooFewCases(f"Among {len(cases)} cases, near or far does not occur: nothing can be learnt.")
    windows = [window_of(case, devices) for case in cases]
    beside = [prominence(one, shape) for one in windows]
    inputs = np.array(
        [[nearness(one, shape), prominent or 0.0] for one, prominent in zip(windows, beside, strict=True)]
    )
    comparable = np.array([prominent is not None for prominent in beside])
    weights = balance(cases)
    alone = _fit(inputs[:, :1], near, weights)
    both = (near & comparable).any() and (~near & comparable).any()
    among = _fit(inputs[comparable], near[comparable], weights[comparable]) if both else alone
    return ProximityModel(alone, among, shape, rhythm_s, provenance)


def balance(cases: Sequence[Case]) -> NDArray[np.float64]:
    """Weights, 1 on average, that make all scenes equal and, within a scene, near and far."""
    groups = [(case.scene, bool(case.near)) for case in cases]
    sizes = Counter(groups)
    weights: NDArray[np.float64] = np.array([1 / sizes[group] for group in groups])
    weights *= len(weights) / weights.sum()
    return weights


def model_bytes(model: ProximityModel) -> bytes:
    """The file of a model, the same bytes for the same model on every machine."""
    return msgspec.json.format(msgspec.json.encode(_rounded(model)), indent=2) + b"\n"


def _fit(inputs: NDArray[np.float64], near: NDArray[np.bool_], weights: NDArray[np.float64]) -> Coefficients:
    """Logistic regression; an input whose weight would be negative is left out."""
    used = list(range(inputs.shape[1]))
    while True:
        regression = LogisticRegression(C=PENALTY_INVERSE, tol=1e-8, max_iter=1000)
        regression.fit(inputs[:, used], near, sample_weight=weights)
        found = regression.coef_[0]
        if len(used) == 1 or (found >= 0).all():
            break
        used.remove(used[int(np.argmin(found))])
    by_input = dict(zip(used, np.maximum(found, 0.0), strict=True))
    return Coefficients(
        float(regression.intercept_[0]), float(by_input.get(0, 0.0)), float(by_input.get(1, 0.0))
    )


def _rounded(model: ProximityModel) -> ProximityModel:
    """Four digits are more than the data can tell, and hide how a machine's last bits differ."""
    alone, among = (
        Coefficients(round(one.intercept, 4), round(one.nearness, 4), round(one.prominence, 4))
        for one in (model.alone, model.among_others)
    )
    return msgspec.structs.replace(model, alone=alone, among_others=among)
