"""Trains the model that phones carry, and writes down where it comes from.

Decides the recipe: all eight EPFL scenes with equal weight, exp05 thinned to the phones' own rhythm of
60 s, exp34 as it is; phone models as measured on both. The evaluation tests the same recipe on scenes that
it was not trained on.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bluezone.lab.methods import PHONE_RHYTHM_S
from bluezone.lab.protocols import NEW, OLD, EpflData
from bluezone.lab.training import train
from bluezone.phone.proximity import ProximityModel

PROVENANCE = {
    "data": "DP-3T bt-measurements (EPFL, 2020): exp05 and exp34",
    "scenes": "exp05 lunch, train, office, queue, party; exp34 lunch, office, queue",
    "recorded": "exp05 on 17 April 2020, exp34 on 30 July 2020",
    "rhythm": "exp05: half a second every 10 s, thinned to a look every 60 s; exp34: 4 s every 255 s",
    "app": "exp05: the experiment's own app; exp34: Google's and Apple's exposure notification",
    "phones": "six Samsung models carried by 20 people; levels corrected per model as measured on both",
    "licence": "recordings CC BY-ND 4.0, not part of this package; coefficients are our own work on them",
    "label": "at most 2 m apart in at least half of the seconds with known positions, at least 80 % known",
    "prior": "every scene weighs the same, near and far weigh the same",
    "made_by": "bluezone sensing train",
}


def train_shipped(folder: Path, seed: int, progress: Callable[[float], None]) -> ProximityModel:
    """The model for `phone/proximity.json`.

    Args:
        folder: that holds `epfl-exp05` and `epfl-exp34`.
        seed: of the thinning.
        progress: is told the share (0..1) that is done.

    Raises:
        RecordingsMissing, RecordingMalformed: as the loader.
    """
    data = EpflData.load(folder, lambda share: progress(0.6 * share))
    scenes = [
        *data.training_cases(OLD, PHONE_RHYTHM_S, seed).values(),
        *data.training_cases(NEW, None, seed).values(),
    ]
    progress(0.9)
    cases = [case for scene in scenes for case in scene]
    model = train(cases, data.all_devices(), PHONE_RHYTHM_S, PROVENANCE | {"seed": str(seed)})
    progress(1.0)
    return model
