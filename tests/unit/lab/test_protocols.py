"""The protocols on small made-up experiments: what is left out is shown, and nothing of the test leaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bluezone.lab.cases import NO_SCAN, UNKNOWN_DISTANCE, Case
from bluezone.lab.devices import Device, Devices, PairLevel
from bluezone.lab.mitre import MitreData
from bluezone.lab.protocols import NEW, OLD, EpflData, Scene, epfl_protocol, mitre_methods
from bluezone.lab.recorded import angles, models, rooms
from bluezone.lab.recording import Reception, Recording
from bluezone.lab.scans import scans_of
from bluezone.phone.shipped import proximity_model
from tests.unit.lab.made_up import case, recording

LISTED = Devices({name: Device(0.0, -60.0) for name in "ABC"}, Device(0.0, -60.0))


def scene(name: str, far_m: float = 2.5, weaker_db: float = 0.0) -> Recording:
    """Twenty minutes: a hears b near, c far and d nobody knows where; b falls silent after eight."""
    rows = [
        Reception("a", sender, at, level + at % 7 - weaker_db)
        for at in range(0, 1200, 10)
        for sender, level in (("b", -60), ("c", -80), ("d", -70))
    ]
    rows += [Reception("b", "a", float(at), -61 - weaker_db) for at in range(1, 500, 10)]
    found = recording(sorted(rows, key=lambda one: one.at), {"ab": 1.0, "ac": far_m, "bc": far_m})
    return replace(found, scene=name, dropped=Counter({"rows": 3}))


def test_an_evaluation_shows_what_it_left_out_and_every_way_to_count_a_scan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenes = {
        name: {key: Scene(one := scene(f"{name}/{key}"), scans_of(one)) for key in ("lunch", "queue")}
        for name in (OLD, NEW)
    }
    data = EpflData(scenes, {OLD: LISTED, NEW: LISTED}, LISTED)
    monkeypatch.setattr(EpflData, "load", lambda _folder, _progress: data)
    found = epfl_protocol(Path(), 1, lambda _share: None, "exp34")
    left_out = found.dropped[f"{NEW}/lunch"]
    assert left_out["rows"] == 3
    assert left_out[f"{UNKNOWN_DISTANCE} (tested)"] == 2 * 2, "of d, in both windows of a and of b"
    assert left_out[f"{NO_SCAN} (tested)"] == 2, "b about a and c in the second"
    assert left_out[f"{UNKNOWN_DISTANCE} (trained, one every 60 s)"] == 2 * 20
    assert f"{UNKNOWN_DISTANCE} (tested, scans thinned to 60 s)" in found.dropped[f"{OLD}/lunch"]
    (task,) = found.tasks
    assert len(task.results) == 9
    deployed = {one.name: tuple(one.ndcf_deployed) for one in task.results if one.ndcf_deployed}
    assert deployed.keys() == {"CWA 55/63", "CWA 1.15", "SwissCovid 50/55", "Immuni 73"}
    assert set(deployed.values()) == {("seconds", "minutes, rounded up", "equal shares")}


def mitre_data(offset_db: float) -> MitreData:
    """Two sets; the phones of the second are louder by so much."""
    cases = [
        replace(case(name, near, level + shift, level + shift), receiver_model="R", sender_model="S")
        for name, shift in (("one", 0.0), ("two", offset_db))
        for near, level in ((True, -55.0), (False, -70.0))
    ]
    levels = [
        PairLevel(name, "receiver", "sender", "R", "S", log_metres, -58 - 14.4 * log_metres + shift)
        for name, shift in (("one", 0.0), ("two", offset_db))
        for log_metres in (-0.1, 0.2, 0.4)
    ]
    return MitreData(cases, levels, frozenset({"one"}), [])


def test_nothing_of_a_tested_recording_reaches_what_is_said_of_it() -> None:
    """Not even the level at one metre: other levels of the tested set change no score that is not its own."""

    def scores(data: MitreData, tested: Case) -> list[float]:
        train: Sequence[Case] = [one for one in data.cases if one.scene == "one"]
        return [method.fit(train)(tested) for method in mitre_methods(data, proximity_model())]

    tested = mitre_data(0.0).cases[2]
    assert scores(mitre_data(0.0), tested) == pytest.approx(scores(mitre_data(25.0), tested))


def test_the_average_phone_is_measured_on_the_training_recordings() -> None:
    data = mitre_data(10.0)
    one, two = ([one for one in data.cases if one.scene == name] for name in ("one", "two"))
    assert data.average_phone(one).other.dbm_at_1m == pytest.approx(-58)
    assert data.average_phone(two).other.dbm_at_1m == pytest.approx(-48)
    assert not data.average_phone(one).known


def test_tables_of_what_was_recorded() -> None:
    one = scene("epfl/lunch")
    table = rooms([(one, scans_of(one))], LISTED)
    ((name, phones, scans, low, middle, high, at_1m),) = table.rows
    assert (name, phones, scans, low, middle, high) == ("epfl/lunch", 2, 170, 10.0, 10.0, 10.0)
    other = scene("epfl/lunch", weaker_db=5.0)
    weaker = rooms([(other, scans_of(other))], LISTED).rows[0][-1]
    assert isinstance(at_1m, float) and 48 < at_1m < 58, "about -58 dBm of phones that should arrive at -60"
    assert weaker == pytest.approx(at_1m + 5, abs=0.11)
    moved = Devices({**LISTED.known, "A": Device(-2.0, -58.0)}, Device(0.0, -61.0))
    rows = models({"x": moved}, LISTED).rows
    assert rows[0] == ("A", "-2.0", "+3.0") and rows[1] == ("B", "+0.0", "+1.0")
    assert rows[-1] == ("all together", "", "-1.0")


def test_what_turning_costs() -> None:
    table = angles([{0: -50.0, 180: -60.0}, {0: -70.0, 180: -74.0}])
    assert table.rows == ((0, "+3.5", 2), (180, "-3.5", 2))
