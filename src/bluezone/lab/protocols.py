"""Which recordings are trained on and which are tested on: the protocols of `bluezone sensing evaluate`.

Scenes and recordings are never split. Phone models are measured on the other experiment, never on the one
that is tested. The test windows follow one another; training may use overlapping ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bluezone.lab import epfl, mitre, recorded
from bluezone.lab.cases import Case, by_scene, cases_of
from bluezone.lab.devices import Devices, measured, pair_levels
from bluezone.lab.judging import Fold, Judged, Method, Score, judge
from bluezone.lab.methods import (
    PHONE_RHYTHM_S,
    fitted,
    level_methods,
    model_methods,
    rule_methods,
    scored_by,
)
from bluezone.lab.recording import Recording
from bluezone.lab.scans import Scan, scans_of, thinned
from bluezone.phone.proximity import WINDOW_S, ProximityModel

Progress = Callable[[float], None]

# Dense recordings are thinned to Bluezone's rhythm and to that of the apps of 2020, seconds.
SLOW_RHYTHM_S = 255.0
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


Cases = dict[str, list[Case]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a protocol found.

    Attributes:
        protocol: its name.
        tasks: judged ones.
        sections: what the recordings say.
        dropped: file or scene to reason to count.
    """

    protocol: str
    tasks: tuple[Judged, ...]
    sections: tuple[recorded.Section, ...]
    dropped: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene of the EPFL recordings, ready for any rhythm."""

    recording: Recording
    scans: dict[str, list[Scan]]

    def cases(self, rhythm_s: float | None, step_s: int, seed: int, dropped: Counter[str]) -> list[Case]:
        """Windows of this scene.

        Args:
            rhythm_s: to thin to; None leaves the scans as they are.
            step_s: from window to window, seconds.
            seed: decides when each phone's first look is.
            dropped: reasons for leaving windows out are added to it.
        """
        scans = self.scans
        if rhythm_s is not None:
            random = np.random.default_rng(seed)
            phases = {receiver: random.uniform(0, rhythm_s) for receiver in sorted(scans)}
            scans = {
                receiver: thinned(own, rhythm_s, LOOK_S, phases[receiver]) for receiver, own in scans.items()
            }
        record = self.recording
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
        left_out: scene to reason to number of windows, of all cases that were made.
    """

    scenes: dict[str, dict[str, Scene]]
    devices: dict[str, Devices]
    listed: Devices
    left_out: dict[str, Counter[str]] = field(default_factory=dict)

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
        return self._cases(name, rhythm_s, WINDOW_S, seed, "tested")

    def training_cases(self, name: str, rhythm_s: float | None, seed: int) -> dict[str, list[Case]]:
        """Scene to overlapping windows."""
        step_s = TRAINING_STEP_S[name]
        use = f"trained, one every {step_s} s"
        return self._cases(name, rhythm_s, step_s, seed, use)

    def _cases(self, name: str, rhythm_s: float | None, step_s: int, seed: int, use: str) -> Cases:
        rhythm = "" if rhythm_s is None else f", scans thinned to {rhythm_s:g} s"
        found = {}
        for key, scene in self.scenes[name].items():
            dropped: Counter[str] = Counter()
            found[key] = scene.cases(rhythm_s, step_s, seed, dropped)
            counts = self.left_out.setdefault(scene.recording.scene, Counter())
            counts.update({f"{reason} ({use}{rhythm})": count for reason, count in dropped.items()})
        return found


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
        rules = rule_methods(lambda _cases: data.listed, data.listed)
        methods = [*model_methods(devices, data.listed), *rules, *level_methods(data.listed)]

        def step(share: float, done: int = number) -> None:
            progress(0.2 + 0.8 * (done + share) / len(keys))

        judged.append(judge(key, EPFL_TASKS[key], folds[key](), methods, seed, step))
    scenes = [(one.recording, one.scans) for found in data.scenes.values() for one in found.values()]
    sections = recorded.rooms(scenes, data.listed), recorded.models(data.devices, data.listed)
    dropped = {one.scene: dict(one.dropped + data.left_out.get(one.scene, Counter())) for one, _ in scenes}
    return Evaluation("epfl", tuple(judged), sections, dropped)


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

    methods = mitre_methods(data, shipped)
    folds = split(data.cases, MITRE_FOLDS, seed)
    everything = {case.scene for case in data.cases}
    groups = {"mitre": everything, "mitre-in-hand": data.in_hand, "mitre-pocket": everything - data.in_hand}
    tasks = []
    for number, (key, scenes) in enumerate(groups.items()):
        tested = [Fold(one.train, [case for case in one.test if case.scene in scenes]) for one in folds]
        tasks.append(judge(key, MITRE_TASKS[key], [one for one in tested if one.test], methods, seed))
        progress(0.3 + 0.7 * (number + 1) / len(groups))
    sections = (recorded.angles(data.turned),)
    return Evaluation("mitre", tuple(tasks), sections, {"mitre-range-angle": dict(dropped)})


def mitre_methods(data: mitre.MitreData, shipped: ProximityModel) -> list[Method]:
    """The model in three states of knowledge, and the rules; nothing is known of the recordings tested on."""

    def with_models(cases: Sequence[Case]) -> Score:
        return fitted(cases, data.models(cases))

    def without_models(cases: Sequence[Case]) -> Score:
        return fitted(cases, data.average_phone(cases))

    def as_shipped(cases: Sequence[Case]) -> Score:
        return scored_by(shipped, data.average_phone(cases))

    return [
        Method("Bluezone", with_models, is_probability=True),
        Method("Bluezone, models unknown", without_models, is_probability=True),
        Method("Bluezone as shipped", as_shipped, is_probability=True),
        # As deployed the rules count minutes, and here the time of a look is a guess.
        *rule_methods(data.average_phone, None),
    ]


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
