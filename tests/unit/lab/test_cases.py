"""From receptions to labelled windows: cleaning, scans, thinning, labels, and what is counted as left out."""

from __future__ import annotations

from collections import Counter
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bluezone.lab.cases import (
    NO_SCAN,
    PART,
    UNKNOWN_DISTANCE,
    Case,
    Look,
    cases_of,
    label,
    rhythm_of,
    window_of,
)
from bluezone.lab.devices import Device, Devices
from bluezone.lab.recording import Reception, Recording, clean
from bluezone.lab.scans import LONGEST_SCAN_S, SILENCE_S, Scan, scans_of, thinned
from bluezone.phone.proximity import HeardScan, ProximityWindow
from tests.unit.lab.made_up import Standing, case, recording


def test_cleaning_counts_what_it_drops() -> None:
    rows = [
        Reception("a", "b", 1.0, -60),
        Reception("a", "b", 1.0029, -61),
        Reception("a", "b", 1.0031, -62),
        Reception("a", "c", 1.0001, -63),
        Reception("a", "b", 2.0, 127),
        Reception("a", "b", 3.0, 21),
        Reception("a", "b", 4.0, -128),
        Reception("a", "b", 4.5, -127),
        Reception("a", "b", 4.6, -126.9),
        Reception("a", "a", 5.0, -60),
    ]
    dropped: Counter[str] = Counter()
    kept = clean(reversed(rows), dropped)
    assert [one.rssi_dbm for one in kept] == [-60, -63, -62, -126.9], "3.1 ms after the one that was kept"
    assert dropped == {
        "delivered twice (under 3 ms apart)": 1,
        "127, which means no value": 1,
        "-127 or less, which means no value": 2,
        "a level that no receiver reports": 1,
        "heard itself": 1,
    }


def test_a_silence_ends_a_scan_and_so_does_its_longest_length() -> None:
    times = [0.0, 1.0, 1.0 + SILENCE_S, 3.1 + SILENCE_S, *np.arange(100, 108, 0.5)]
    found = scans_of(recording([Reception("a", "b", at, -60) for at in times], {}))["a"]
    assert [scan.at for scan in found] == [0.0, 3.1 + SILENCE_S, 100.0, 100.5 + LONGEST_SCAN_S]


def test_a_scan_holds_the_mean_of_each_sender_and_may_be_empty() -> None:
    rows = [Reception("a", "b", 0, -60), Reception("a", "c", 0.5, -80), Reception("a", "b", 1, -64)]
    found = scans_of(recording(rows, {}, a=[30.0]))
    assert found["a"] == [Scan(0, {"b": -62, "c": -80}), Scan(30.0, {})]


@given(st.lists(st.floats(0, 2000), max_size=40), st.floats(0, 60))
def test_thinning_keeps_one_look_a_period(times: list[float], phase: float) -> None:
    scans = [Scan(at, {"b": -at}) for at in sorted(times)]
    looks = thinned(scans, 60.0, 10.0, phase)
    wanted: dict[int, list[float]] = {}
    for scan in scans:
        for number in range(-2, 40):
            if number * 60.0 <= scan.at - phase < number * 60.0 + 10.0:
                wanted.setdefault(number, []).append(scan.at)
    assert len(looks) == len(wanted)
    for look, inside in zip(looks, wanted.values(), strict=True):
        assert look.at == inside[0]
        assert look.rssi_dbm["b"] == pytest.approx(-sum(inside) / len(inside))


@pytest.mark.parametrize(
    ("near_s", "far_s", "unknown_s", "expected"),
    [
        (300, 300, 0, True),
        (299, 301, 0, False),
        (240, 240, 120, True),
        (240, 239, 121, None),
        (0, 0, 600, None),
        (600, 0, 0, True),
    ],
)
def test_label(near_s: int, far_s: int, unknown_s: int, expected: bool | None) -> None:
    metres = np.array([2.0] * near_s + [2.01] * far_s + [np.nan] * unknown_s)
    assert label(metres) is expected
    assert label(metres[::-1]) is expected


@pytest.mark.parametrize(
    ("times", "span"),
    [
        ((-600.5, -0.5), (-601, 0)),
        ((-0.5,), (-1, 0)),
        ((0.0, 0.5), (0, 1)),
        ((-3.0, 2.0), (-3, 3)),
        ((), (0, 0)),
    ],
)
def test_a_recording_holds_its_first_and_its_last_second_before_zero_too(
    times: tuple[float, ...], span: tuple[int, int]
) -> None:
    assert recording([Reception("a", "b", at, -60) for at in times], {}).span == span


def scene() -> Recording:
    """Ten minutes: a hears b in nine of ten scans and c in one, d is nowhere."""
    rows = [Reception("a", "b", 60.0 * number, -60 - number) for number in range(9)]
    rows += [Reception("a", "c", 0.5, -80), Reception("a", "d", 0.6, -90), Reception("a", "d", 1.1, -90)]
    return recording(sorted(rows, key=lambda one: one.at), {"ab": 1.0, "ac": 3.0}, a=[540.0])


def test_windows_with_their_labels_heard_or_not() -> None:
    one, dropped = scene(), Counter[str]()
    found = list(cases_of(one.scene, scans_of(one), one.models, one.distances, dropped, one.span))
    assert [(case.sender, case.near, len(case.looks)) for case in found] == [
        ("b", True, 10),
        ("c", False, 10),
    ]
    assert found[0].looks[0] == Look(-60, -85, 60.0), "the others' median; the first gap is the usual one"
    assert found[0].looks[1] == Look(-61, None, 60.0)
    assert [look.rssi_dbm for look in found[1].looks] == [-80, *[None] * 9], "unheard scans stay"
    assert dropped == {UNKNOWN_DISTANCE: 1}
    assert rhythm_of(found) == 60.0


def test_windows_of_unknown_truth_are_kept_on_request_where_the_sender_was_heard() -> None:
    one, dropped = scene(), Counter[str]()
    found = cases_of(one.scene, scans_of(one), one.models, one.distances, dropped, (0, 1200), unlabelled=True)
    assert [(case.sender, case.began_at, case.near) for case in found] == [
        ("b", 0, True),
        ("c", 0, False),
        ("d", 0, None),
    ]
    assert dropped == {NO_SCAN: 2, UNKNOWN_DISTANCE: 1}


def part(times: list[float], span: tuple[int, int]) -> tuple[list[tuple[float, int]], Counter[str]]:
    """Whole windows of a phone that scans at these times, as (begin, scans)."""
    one, dropped = recording([], {"ab": 1.0}, a=times), Counter[str]()
    cases = cases_of(
        "s", scans_of(one), {"a": "A", "b": "B"}, one.distances, dropped, span, least_listened=0.8
    )
    return [(case.began_at, len(case.looks)) for case in cases], dropped


def test_a_window_that_was_only_listened_to_in_part_is_counted_and_not_judged() -> None:
    steady = [60.0 * number for number in range(12)]
    assert part(steady, (0, 661)) == ([(0.0, 10)], {PART: 1})
    assert part(steady[:4], (0, 181)) == ([], {PART: 1})
    assert part([0.0], (0, 1)) == ([], {PART: 1}), "one scan says nothing of ten minutes"
    assert part(steady[:8], (0, 600)) == ([], {PART: 1}), "7.5 of 10 minutes"
    assert part([*steady[:8], 480.0], (0, 600)) == ([(0.0, 9)], {}), "8.5"


def test_a_pause_within_a_window_was_not_listened_to() -> None:
    before, after = [0.0, 60.0], [540.0 + 60 * number for number in range(12)]
    assert part([*before, *after], (0, 1200)) == ([(600.0, 10)], {PART: 1})
    slow = [0.0, 255.0, 510.0, 765.0, 1020.0]
    assert part(slow, (0, 1021)) == ([(0.0, 3), (600.0, 2)], {})


def test_the_rhythm_is_the_usual_gap_whatever_the_last_window_holds() -> None:
    rows = [Reception("a", "b", 60.0 * number, -60) for number in range(12)]
    one = recording(rows, {"ab": 1.0})
    found = list(cases_of("s", scans_of(one), one.models, one.distances, Counter(), one.span))
    assert [len(case.looks) for case in found] == [10, 2] and rhythm_of(found) == 60


@given(st.lists(st.integers(-90, -30), max_size=9), st.booleans())
def test_the_median_of_the_others(levels: list[int], heard: bool) -> None:
    rows = [Reception("a", f"b{number}", 0.01 * number, level) for number, level in enumerate(levels)]
    scans = {"a": [Scan(0.0, {one.sender: one.rssi_dbm for one in rows})]}
    models = {"a": "A", "b0" if heard else "c": "B"}
    found = cases_of("s", scans, models, Standing({"ab0": 1.0, "ac": 1.0}), Counter(), (0, 1))
    others = levels[1:] if heard else levels
    assert [case.looks[0].others_dbm for case in found] == [median(others) if others else None]


def test_pairs_of_whom_nothing_is_known_are_counted_without_looking_at_each_window() -> None:
    asked: list[str] = []

    class Asked(Standing):
        def metres(self, one: str, other: str, begin: int, end: int) -> NDArray[np.float64]:
            asked.append(other)
            return super().metres(one, other, begin, end)

    dropped: Counter[str] = Counter()
    scans = {"a": [Scan(60.0 * number, {"c": -60}) for number in range(100)]}
    models = dict.fromkeys(["a", "b", "c", *(f"n{number}" for number in range(50))], "M")
    found = list(cases_of("s", scans, models, Asked({"ab": 1.0}), dropped, (0, 6000), unlabelled=True))
    assert set(asked) == {"b", "c"}
    assert {case.sender for case in found} == {"b", "c"} and dropped == {UNKNOWN_DISTANCE: 50 * 10}


def test_a_case_as_the_phone_sees_it() -> None:
    devices = Devices({"A": Device(3.0, -50.0), "B": Device(-9.0, -65.0)}, Device(0.0, -60.0))
    seen = window_of(case("s", True, -70, None, others=-80), devices)
    assert seen == ProximityWindow(2, (HeardScan(-70 + 3 + 65, 10.0),))


def test_a_pair_is_the_same_in_both_directions() -> None:
    there = case("s", True, -60)
    back = Case("s", "b", "a", "B", "A", 0.0, there.looks, True)
    assert there.pair == back.pair == ("a", "b")
