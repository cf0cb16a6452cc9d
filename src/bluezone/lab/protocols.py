"""Which recordings are trained on and which are tested on: the protocols of `bluezone sensing evaluate`.

Scenes and recordings are never split. Phone models are measured on the other experiment, never on the one
that is tested. The test windows follow one another; training may use overlapping ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bluezone.lab import epfl, mitre
from bluezone.lab.cases import Case, by_scene, cases_of, window_of
from bluezone.lab.devices import Devices, measured, pair_levels
from bluezone.lab.judging import Fold, Judged, Method, Score, judge
from bluezone.lab.recording import Recording
from bluezone.lab.rules import Rule, mean_rssi, rules_in_use
from bluezone.lab.scans import Scan, scans_of, thinned
from bluezone.lab.training import train
from bluezone.phone.proximity import ProximityModel, probability_near

Progress = Callable[[float], None]

# Dense recordings are thinned to these rhythms, seconds: the apps' of 2020, and Bluezone's.
SLOW_RHYTHM_S = 255.0
PHONE_RHYTHM_S = 60.0
# exp05 listened for half a second every ten: one look holds one such scan, or two where they came faster.
LOOK_S = 10.5
TRAINING_STEP_S = {"epfl-exp34": 60, "epfl-exp05": 120}
MITRE_FOLDS = 10
OLD, NEW = "epfl-exp05", "epfl-exp34"
EPFL_TASKS = {
    "exp34": "exp34 (a scan every 255 s), leave one scene out",
    "exp05-to-exp34": "exp05 thinned to 255 s, tested on exp34",
    "exp05": "exp05 thinned to 60 s, leave one scene out",
    "exp34-to-exp05": "exp34, tested on exp05 at 60 s",
    "recipe-exp34": "the shipped recipe, tested on exp34",
    "recipe-exp05": "the shipped recipe, tested at 60 s",
}


MITRE_TASKS = {
    "mitre": "MITRE (eight looks), tenfold by recording",
    "mitre-in-hand": "MITRE, both phones in the hand",
    "mitre-pocket": "MITRE, a phone in a pocket or purse",
}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a protocol found.

    Attributes:
        protocol: its name.
        tasks: judged ones.
        dropped: file or scene to reason to count.
    """

    protocol: str
    tasks: tuple[Judged, ...]
    dropped: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene of the EPFL recordings, ready for any rhythm."""

    recording: Recording
    scans: dict[str, list[Scan]]

    def cases(self, rhythm_s: float | None, step_s: int, seed: int) -> list[Case]:
        """Windows of this scene; counts what is left out on its recording.

        Args:
            rhythm_s: to thin to; None leaves the scans as they are.
            step_s: from window to window, seconds.
            seed: decides when each phone's first look is.
        """
        scans = self.scans
        if rhythm_s is not None:
            random = np.random.default_rng(seed)
            phases = {receiver: random.uniform(0, rhythm_s) for receiver in sorted(scans)}
            scans = {
                receiver: thinned(own, rhythm_s, LOOK_S, phases[receiver]) for receiver, own in scans.items()
            }
        record = self.recording
        dropped: Counter[str] = Counter()
        return list(
            cases_of(record.scene, scans, record.models, record.distances, dropped, record.span, step_s)
        )


@dataclass(frozen=True, slots=True)
class EpflData:
    """Both EPFL experiments with the tables of phone models that were measured on each.

    Attributes:
        scenes: experiment to scene's name to scene.
        devices: experiment to the models as measured on it.
        listed: the models as Google's list has them.
    """

    scenes: dict[str, dict[str, Scene]]
    devices: dict[str, Devices]
    listed: Devices

    @classmethod
    def load(cls, folder: Path, progress: Progress) -> EpflData:
        """Reads everything.

        Raises:
            RecordingsMissing, RecordingMalformed: as the loader.
        """
        listed = epfl.google_list()
        wanted = [(name, scene) for name in (OLD, NEW) for scene in epfl.scenes_of(name)]
        scenes: dict[str, dict[str, Scene]] = {OLD: {}, NEW: {}}
        for number, (name, scene) in enumerate(wanted):
            recording = epfl.load_scene(folder, name, scene)
            scenes[name][scene] = Scene(recording, scans_of(recording))
            progress((number + 1) / len(wanted))
        devices = {
            name: measured([one for scene in found.values() for one in pair_levels(scene.recording)], listed)
            for name, found in scenes.items()
        }
        return cls(scenes, devices, listed)

    def all_devices(self) -> Devices:
        """The models as measured on both experiments together."""
        scenes = [scene for found in self.scenes.values() for scene in found.values()]
        return measured([one for scene in scenes for one in pair_levels(scene.recording)], self.listed)

    def test_cases(self, name: str, rhythm_s: float | None, seed: int) -> dict[str, list[Case]]:
        """Scene to windows that follow one another."""
        return {key: scene.cases(rhythm_s, 600, seed) for key, scene in self.scenes[name].items()}

    def training_cases(self, name: str, rhythm_s: float | None, seed: int) -> dict[str, list[Case]]:
        """Scene to overlapping windows."""
        step = TRAINING_STEP_S[name]
        return {key: scene.cases(rhythm_s, step, seed) for key, scene in self.scenes[name].items()}


Cases = dict[str, list[Case]]


def epfl_protocol(folder: Path, seed: int, progress: Progress, only: str | None = None) -> Evaluation:
    """Leave one scene out on exp34, transfers between the experiments, and the shipped recipe.

    Args:
        folder: that holds `epfl-exp05` and `epfl-exp34`.
        seed: of thinning and bootstrap.
        progress: is told the share (0..1) that is done.
        only: the one of `EPFL_TASKS` to judge; None judges all.
    """
    data = EpflData.load(folder, lambda share: progress(0.2 * share))
    new, old = data.training_cases(NEW, None, seed), data.training_cases(OLD, PHONE_RHYTHM_S, seed)
    test_new, test_old = data.test_cases(NEW, None, seed), data.test_cases(OLD, PHONE_RHYTHM_S, seed)
    both = {**{f"{OLD}/{name}": cases for name, cases in old.items()}, **new}
    folds = {
        "exp34": lambda: leave_one_out(new, test_new),
        "exp05-to-exp34": lambda: transfer(data.training_cases(OLD, SLOW_RHYTHM_S, seed), test_new),
        "exp05": lambda: leave_one_out(old, test_old),
        "exp34-to-exp05": lambda: transfer(new, test_old),
        "recipe-exp34": lambda: leave_one_out(both, test_new),
        "recipe-exp05": lambda: leave_one_out(both, test_old),
    }
    judged = []
    keys = [key for key in EPFL_TASKS if only in (None, key)]
    for number, key in enumerate(keys):
        devices = data.devices[OLD if key.endswith("exp34") else NEW]
        methods = [*model_methods(devices, data.listed), *rule_methods(data.listed)]

        def step(share: float, done: int = number) -> None:
            progress(0.2 + 0.8 * (done + share) / len(keys))

        judged.append(judge(key, EPFL_TASKS[key], folds[key](), methods, seed, step))
    recordings = [scene.recording for found in data.scenes.values() for scene in found.values()]
    return Evaluation("epfl", tuple(judged), {one.scene: dict(one.dropped) for one in recordings})


def leave_one_out(train_cases: Cases, test_cases: Cases) -> list[Fold]:
    """Each scene is tested on what was trained without it; a scene's name counts, whatever the experiment."""
    return [
        Fold([case for name, cases in train_cases.items() if _name(name) != scene for case in cases], tested)
        for scene, tested in test_cases.items()
    ]


def transfer(train_cases: Cases, test_cases: Cases) -> list[Fold]:
    """Everything of one experiment is trained on, everything of the other tested."""
    return [
        Fold(
            [case for cases in train_cases.values() for case in cases],
            [case for cases in test_cases.values() for case in cases],
        )
    ]


def model_methods(devices: Devices, listed: Devices) -> list[Method]:
    """The phone's model with measured phone models, and with Google's list alone."""
    return [
        Method("Bluezone", lambda cases: fitted(cases, devices), is_probability=True),
        Method("Bluezone, Google's list", lambda cases: fitted(cases, listed), is_probability=True),
    ]


def rule_methods(listed: Devices) -> list[Method]:
    """The rules in use, with the list that they were used with, and the mean level."""

    def method(rule: Rule) -> Method:
        return Method(
            rule.name,
            lambda _cases: lambda case: rule.score(case, listed),
            warns=lambda c: rule.warns(c, listed),
        )

    return [*(method(rule) for rule in rules_in_use()), Method("mean RSSI", lambda _cases: mean_rssi)]


def fitted(cases: Sequence[Case], devices: Devices) -> Score:
    """The model trained on cases, as a score."""
    return scored_by(train(cases, devices, PHONE_RHYTHM_S, {}), devices)


def scored_by(model: ProximityModel, devices: Devices) -> Score:
    """A model as a score."""
    return lambda case: probability_near(window_of(case, devices), model)


def mitre_protocol(folder: Path, seed: int, progress: Progress, shipped: ProximityModel) -> Evaluation:
    """Recordings of standing pairs, tenfold by recording; the shipped model and the rules in use beside it.

    Args:
        folder: that holds `mitre-range-angle`.
        seed: of folds and bootstrap.
        progress: is told the share (0..1) that is done.
        shipped: the model that phones carry.
    """
    dropped: Counter[str] = Counter()
    data = mitre.load(folder / "mitre-range-angle", dropped)
    progress(0.3)

    def with_measured_models(cases: Sequence[Case]) -> Score:
        scenes = {case.scene for case in cases}
        levels = [one for one in data.levels if one.scene in scenes]
        return fitted(cases, measured(levels, mitre.AVERAGE_PHONES))

    methods = [
        Method("Bluezone", with_measured_models, is_probability=True),
        Method("Bluezone, models unknown", lambda cases: fitted(cases, mitre.AVERAGE_PHONES), True),
        Method("Bluezone as shipped", lambda _cases: scored_by(shipped, mitre.AVERAGE_PHONES), True),
        # As deployed the rules count minutes, and here the time of a look is a guess.
        *(replace(one, warns=None) for one in rule_methods(mitre.AVERAGE_PHONES)),
    ]
    folds = split(data.cases, MITRE_FOLDS, seed)
    everything = {case.scene for case in data.cases}
    groups = {"mitre": everything, "mitre-in-hand": data.in_hand, "mitre-pocket": everything - data.in_hand}
    tasks = []
    for number, (key, scenes) in enumerate(groups.items()):
        tested = [Fold(one.train, [case for case in one.test if case.scene in scenes]) for one in folds]
        tasks.append(judge(key, MITRE_TASKS[key], [one for one in tested if one.test], methods, seed))
        progress(0.3 + 0.7 * (number + 1) / len(groups))
    return Evaluation("mitre", tuple(tasks), {"mitre-range-angle": dict(dropped)})


def split(cases: Sequence[Case], count: int, seed: int) -> list[Fold]:
    """Folds of whole scenes, as equal as can be."""
    scenes = by_scene(cases)
    names = [str(name) for name in np.random.default_rng(seed).permutation(sorted(scenes))]
    folds = []
    for held in (names[number::count] for number in range(min(count, len(names)))):
        tested = [case for name in held for case in scenes[name]]
        folds.append(Fold([case for case in cases if case.scene not in held], tested))
    return folds


def _name(scene: str) -> str:
    return scene.rsplit("/", 1)[-1]
