"""Scoring a file that somebody brings: the example, windows, missing truth, and hostile rows."""

from __future__ import annotations

import runpy
from importlib import resources
from pathlib import Path
from time import monotonic

import pytest

from bluezone.lab.cases import PART
from bluezone.lab.errors import LabError, RecordingMalformed, TooFewCases
from bluezone.lab.scoring import GIVEN_TWICE, Scored, as_json, score_file
from bluezone.phone.proximity import HeardScan, ProximityWindow, parse_model, probability_near

FIXTURES = Path(__file__).parents[2] / "fixtures"
MODEL = parse_model(resources.files("bluezone.phone").joinpath("proximity.json").read_bytes())
PACKETS = "scene,receiver,sender,time_s,rssi_dbm,receiver_correction_db,dbm_at_1m,distance_m"
WINDOWS = "scene,receiver,sender,time_s,scan_count,levels_db,relative_db,near"


def scored(tmp_path: Path, *lines: str) -> Scored:
    path = tmp_path / "recording.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return score_file(path, MODEL, seed=1)


def test_the_example_is_what_its_generator_writes() -> None:
    made = runpy.run_path(str(FIXTURES / "recording.py"))
    lines = [",".join(map(str, row)) for row in (made["HEADER"], *made["rows"]())]
    assert (FIXTURES / "recording.csv").read_text(encoding="utf-8").splitlines() == lines


def test_the_example() -> None:
    found = score_file(FIXTURES / "recording.csv", MODEL, seed=1)
    assert found.rhythm_s == 60 and found.fits
    assert found.figures["AUC"].value == 1, "without bodies and walls it is easy"
    assert found.notes["rows dropped: 127, which means no value"] > 0
    assert found.notes["rows dropped: delivered twice (under 3 ms apart)"] > 0
    assert found.notes["phones that only sent (one-sided data)"] == 1
    assert found.notes["senders without dbm_at_1m, taken as -60 dBm"] == 1
    unheard = [one for one in found.estimates if not one.heard_count]
    assert {(one.receiver, one.sender) for one in unheard} == {
        ("a", "c"),
        ("b", "c"),
        ("c", "a"),
        ("c", "b"),
        ("c", "mute"),
    }
    assert all(one.near is False for one in unheard), "c has left: not hearing is evidence"
    assert as_json(found)["figures"]["AUC"]["value"] == 1


def test_windows(tmp_path: Path) -> None:
    found = scored(tmp_path, WINDOWS, "bus,a,b,0,10,-3 -5.5,2 4,1", "bus,a,c,0,10,,,0", "bus,a,d,0,3,-9,,")
    assert [one.probability for one in found.estimates] == [
        probability_near(ProximityWindow(10, (HeardScan(-3, 2), HeardScan(-5.5, 4))), MODEL),
        probability_near(ProximityWindow(10, ()), MODEL),
        probability_near(ProximityWindow(3, (HeardScan(-9),)), MODEL),
    ]
    assert [one.near for one in found.estimates] == [True, False, None]
    assert "nDCF of CWA 55/63, as deployed" not in found.figures, "a rule of packets needs packets"


def test_without_truth_there_are_estimates_only(tmp_path: Path) -> None:
    rows = [f"bus,a,b,{at},-70,0,-60," for at in range(0, 600, 60)]
    found = scored(tmp_path, PACKETS, *rows)
    assert [(one.near, one.heard_count) for one in found.estimates] == [(None, 10)]
    assert found.figures == {}


def test_a_distance_holds_for_a_minute_and_no_longer(tmp_path: Path) -> None:
    steady = [f"bus,a,b,{at},-70,0,-60,1.5" for at in range(0, 600, 60)]
    assert scored(tmp_path, PACKETS, *steady).estimates[0].near is True
    sparse = [f"bus,a,b,{at},-70,0,-60,{1.5 if at % 120 == 0 else ''}" for at in range(0, 600, 60)]
    assert scored(tmp_path, PACKETS, *sparse).estimates[0].near is None


HOURS = 2 * 3600


def both_ways(shift_s: int, pairs: tuple[tuple[str, str], ...] = (("a", "b"),)) -> list[str]:
    """The first of each pair notes distances; the second hears too, by a clock that is off."""
    rows = []
    for one, other in pairs:
        rows += [f"bus,{one},{other},{at},-70,0,-60,1.5" for at in range(10_000, 10_600, 60)]
        rows += [f"bus,{other},{one},{at + shift_s},-72,0,-60," for at in range(10_000, 10_600, 60)]
    return rows


@pytest.mark.parametrize("shift_s", [HOURS, -HOURS, 600, -600])
def test_a_clock_that_is_off_is_said_with_the_pair_and_its_first_line(tmp_path: Path, shift_s: int) -> None:
    found = scored(tmp_path, PACKETS, *both_ways(shift_s))
    sentence = (
        "scene 'bus', what 'b' heard of 'a' (from line 12) is at no time of their distances,"
        " is a clock wrong? Rows"
    )
    assert {note: count for note, count in found.notes.items() if "clock" in note} == {sentence: 10}
    known = {(one.receiver, one.began_at): one.near for one in found.estimates if one.heard_count}
    assert [near for (receiver, _), near in known.items() if receiver == "b"].count(True) == 0


@pytest.mark.parametrize("shift_s", [0, 30, -30, 540, -540])
def test_a_clock_that_is_right_or_off_by_less_than_the_meeting_is_not_said(
    tmp_path: Path, shift_s: int
) -> None:
    assert not [note for note in scored(tmp_path, PACKETS, *both_ways(shift_s)).notes if "clock" in note]


def test_many_clocks_that_are_off_do_not_flood_the_report(tmp_path: Path) -> None:
    pairs = tuple((f"a{number}", f"b{number}") for number in range(13))
    notes = scored(tmp_path, PACKETS, *both_ways(HOURS, pairs)).notes
    assert len([note for note in notes if "clock" in note]) == 10
    assert notes["further pairs who heard each other at no time of their distances"] == 3


def test_google_s_scale_and_labels_instead_of_distances(tmp_path: Path) -> None:
    header = "scene,receiver,sender,time_s,rssi_dbm,receiver_correction_db,sent_dbm,near"
    google = scored(tmp_path, header, *(f"s,a,b,{at},-70,2,-20,far" for at in range(0, 600, 60)))
    ours = scored(tmp_path, PACKETS, *(f"s,a,b,{at},-70,2,-73,9" for at in range(0, 600, 60)))
    assert google.estimates == ours.estimates and ours.estimates[0].near is False


def packets(*times: float, names: str = "s,a,b") -> list[str]:
    """A reception at each time."""
    return [f"{names},{at},-70,0,-60," for at in times]


def test_another_rhythm_is_noticed(tmp_path: Path) -> None:
    slow = scored(tmp_path, PACKETS, *packets(0, 255, 510))
    assert not slow.fits and slow.rhythm_s == 255


@pytest.mark.parametrize("count", [10, 12, 14, 27])
def test_the_rhythm_does_not_depend_on_where_the_recording_ends(tmp_path: Path, count: int) -> None:
    found = scored(tmp_path, PACKETS, *packets(*range(0, 60 * count, 60)))
    assert found.rhythm_s == 60 and found.fits
    assert [one.scan_count for one in found.estimates] == [10] * (count // 10 + (count % 10 > 7))
    assert found.notes[PART] == (0 < count % 10 <= 7)


@pytest.mark.parametrize("times", [[0], [-0.5], [0, 60, 120, 180]])
def test_a_moment_is_no_window(tmp_path: Path, times: list[float]) -> None:
    with pytest.raises(TooFewCases, match="listened through for less than 80 %: 1"):
        scored(tmp_path, PACKETS, *packets(*times))


def test_times_before_zero(tmp_path: Path) -> None:
    found = scored(tmp_path, PACKETS, *packets(*(-600.5 + 60 * number for number in range(10))))
    assert [(one.began_at, one.heard_count, one.scan_count) for one in found.estimates] == [(-601, 10, 10)]


def test_spaces_blank_lines_and_a_mark_at_the_beginning(tmp_path: Path) -> None:
    rows = [f" s , a , b , {at} , -70 , 0 , -60 , 1 " for at in range(0, 600, 60)]
    found = scored(tmp_path, "\ufeff" + PACKETS, "", *rows, ",,,,,,,")
    assert [(one.scene, one.sender) for one in found.estimates] == [("s", "b")]


@pytest.mark.parametrize("wrong", [99_999_999, -1_600_000_000, 15 * 86_400])
def test_rows_with_a_wrong_clock_are_dropped_and_counted(tmp_path: Path, wrong: int) -> None:
    rows = packets(*range(0, 600, 60))
    strange = [f"s,a,b,{wrong},-70,0,-60,1", f"s,a,b,{wrong + 1},,,,9", f"s,a,,{wrong},,0,,"]
    found = scored(tmp_path, PACKETS, *rows[:3], *strange, *rows[3:])
    assert found.estimates == scored(tmp_path, PACKETS, *rows).estimates
    sentence = (
        "rows dropped: a clock that is wrong (more than 14 days from the middle of their scene,"
        " the first in line 5)"
    )
    assert {note: count for note, count in found.notes.items() if "rows" in note} == {sentence: 3}


def test_two_recordings_in_one_scene_are_refused_with_their_lines(tmp_path: Path) -> None:
    days = [number * 86_400 for number in (0, 9, 19)]
    with pytest.raises(
        RecordingMalformed, match=r"Line 2 and line 4 are 19 days apart, and both of scene 's'"
    ):
        scored(tmp_path, PACKETS, *packets(*days))


def test_a_small_file_that_asks_for_hours_is_refused_at_once(tmp_path: Path) -> None:
    """60 phones in 13 days: 6.7 million windows of pairs, from 60 rows."""
    phones = [f"p{number}" for number in range(60)]
    rows = [f"tiny,{one},,{number * 19_000},,,," for number, one in enumerate(phones)]
    began = monotonic()
    with pytest.raises(
        RecordingMalformed, match=r"Scene 'tiny' has 60 phones in 311.4 hours.* Score it in parts"
    ):
        scored(tmp_path, PACKETS, *rows)
    scenes = [row.replace("tiny", f"s{scene}") for scene in range(3) for row in rows[:40]]
    with pytest.raises(RecordingMalformed, match="Scene 's2'"):
        scored(tmp_path, PACKETS, *scenes)
    assert monotonic() - began < 5


def test_many_empty_scans_times_many_phones_are_refused_too(tmp_path: Path) -> None:
    rows = [f"s,a,p{number},0,-70,0,-60," for number in range(1000)]
    rows += [f"s,a,,{number / 100},,,," for number in range(20_000)]
    with pytest.raises(RecordingMalformed, match="scans of pairs"):
        scored(tmp_path, PACKETS, *rows)


def test_a_window_given_twice_counts_once(tmp_path: Path) -> None:
    once = scored(tmp_path, WINDOWS, "bus,a,b,0,10,-3,,1", "bus,a,c,0,10,,,0")
    twice = scored(tmp_path, WINDOWS, "bus,a,b,0,10,-3,,1", "bus,a,c,0,10,,,0", "bus,a,b,0.0,10,-9,,0")
    assert twice.estimates == once.estimates and twice.notes == {GIVEN_TWICE: 1}


def test_an_empty_scan_may_carry_its_receivers_correction(tmp_path: Path) -> None:
    header = "scene,receiver,sender,time_s,rssi_dbm,receiver_correction_db"
    rows = [f"s,a,b,{at},-70," for at in range(0, 540, 60)]
    found = scored(tmp_path, header, *rows, "s,a,,540,,5")
    assert found.estimates == scored(tmp_path, header, *(row + "5" for row in rows), "s,a,,540,,").estimates


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("s,a,b,0,-70,0,-60", "Line 3: 7 cells"),
        ("s,a,b,0,-70,0,-60,1,9", "Line 3: 9 cells"),
        ("s,a,b,zero,-70,0,-60,1", "Line 3: time_s is 'zero', not a number"),
        ("s,a,b,,-70,0,-60,1", "Line 3: time_s is empty"),
        ("s,a,b,nan,-70,0,-60,1", "Line 3: time_s is nan"),
        ("s,a,b,1e300,-70,0,-60,1", "Line 3: time_s"),
        ("s,a,b,0,inf,0,-60,1", "Line 3: rssi_dbm"),
        ("s,a,b,0,-70,99,-60,1", "Line 3: receiver_correction_db is 99"),
        ("s,a,b,0,-70,0,500,1", "Line 3: dbm_at_1m"),
        ("s,a,b,0,-70,0,-60,-1", "Line 3: distance_m"),
        (",a,b,0,-70,0,-60,1", "Line 3: scene has no name"),
        ("s,,b,0,-70,0,-60,1", "Line 3: receiver has no name"),
        (f"s,a,{'b' * 101},0,-70,0,-60,1", "Line 3: sender has no name"),
        ("s,a,,0,-70,0,-60,", "Line 3: a level or a distance, but no sender"),
        ("s,a,b,0,,0,-60,", "Line 3: a sender, but neither"),
        ("s,a,b,0,-70,0,-55,1", "Line 3: 'b' had another dbm_at_1m before"),
        ("s,a,,0,,abc,,", "Line 3: receiver_correction_db is 'abc', not a number"),
        ("s,a,,0,,99,,", "Line 3: receiver_correction_db is 99"),
        ("s,a,,0,,0,loud,", "Line 3: dbm_at_1m is 'loud'"),
        ("s,a,,0,,0,-60,", "Line 3: dbm_at_1m of a sender, but no sender"),
        ('s,"a,b,0,-70', "not CSV"),
    ],
)
def test_rows_that_are_refused(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(RecordingMalformed) as refused:
        scored(tmp_path, PACKETS, "s,a,b,0,-70,0,-60,1", row)
    assert said in str(refused.value) and refused.value.code == "recording-malformed"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("s,a,b,0,0,,,", "scan_count"),
        ("s,a,b,0,2.5,,,", "scan_count is not a whole number"),
        ("s,a,b,0,,,,", "scan_count is not a whole number"),
        ("s,a,b,0,1,-3 -4,,", "more levels than scans"),
        ("s,a,b,0,9,-3 -4,1,", "not as many relative levels"),
        ("s,a,b,0,9,-3;-4,,", "levels_db is '-3;-4', not a number"),
        ("s,a,b,0,9,nan,,", "levels_db is nan"),
        ("s,a,b,0,9,-3,,maybe", "near is 'maybe'"),
        ("s,a,b,,9,-3,,1", "time_s is empty"),
    ],
)
def test_windows_that_are_refused(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(RecordingMalformed) as refused:
        scored(tmp_path, WINDOWS, "s,a,b,0,9,-3,,1", row)
    assert said in str(refused.value) and "Line 3" in str(refused.value)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "lacks scene, receiver"),
        ("scene,receiver,sender,time_s", "lacks rssi_dbm"),
        (PACKETS + ",battery", "'battery'"),
        (PACKETS + ",scene", "twice"),
    ],
)
def test_headers_that_are_refused(tmp_path: Path, header: str, said: str) -> None:
    with pytest.raises(RecordingMalformed, match=said):
        scored(tmp_path, header)


def test_both_scales_or_both_truths_are_refused(tmp_path: Path) -> None:
    for extra, value in (("sent_dbm", "-20"), ("near", "1")):
        with pytest.raises(RecordingMalformed, match="not both"):
            scored(tmp_path, f"{PACKETS},{extra}", f"s,a,b,0,-70,0,-60,1,{value}")


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", PACKETS.encode() + b"\ns,a,\xff,0,-70,0,-60,1\n", b"\0"])
def test_files_that_are_no_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "recording.csv"
    path.write_bytes(data)
    with pytest.raises(RecordingMalformed):
        score_file(path, MODEL, seed=1)


def test_nothing_to_score(tmp_path: Path) -> None:
    with pytest.raises(LabError) as refused:
        scored(tmp_path, PACKETS, "s,a,,0,,,,")
    assert refused.value.code == "recording-too-few-cases"
    with pytest.raises(LabError) as missing:
        score_file(tmp_path / "none.csv", MODEL, seed=1)
    assert missing.value.code == "recordings-missing"
