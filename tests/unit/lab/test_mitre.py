"""The MITRE loader on small files of the same form."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from bluezone.lab.errors import RecordingMalformed, RecordingsMissing
from bluezone.lab.mitre import load

HEADER = "session,file,range_ft,angle,t0,rx_dev,tx_dev,rx_carry,tx_carry,rx_pose,tx_pose,env,n\n"
REST = "standing,standing,room,9"
SESSIONS = HEADER + "".join(
    f"{session},{name},{feet},{angle},1591733127.0,iPhone XR,Pixel 4,in hand,{carried},{REST}\n"
    for session, name, feet, angle, carried in [
        (0, "set_1/a.txt", 6.0, 0, "in hand"),
        (1, "set_1/a.txt", 6.0, 45, "in hand"),
        (2, "set_1/b.txt", 8.0, 0, "in hand"),
        (3, "set_2/a.txt", 15.0, 0, "shirt pocket"),
    ]
)
RSSI = (
    "session,t,rssi\n0,0.1,-50\n0,0.102,-50\n0,1.0,127\n0,3.9,-54\n0,4.1,-90\n"
    "1,9.0,-60\n2,0.5,-70\n3,0.5,-80\n"
)


def write(folder: Path, sessions: str = SESSIONS, rssi: str = RSSI) -> Path:
    (folder / "sessions.csv").write_text(sessions)
    (folder / "rssi.csv.gz").write_bytes(gzip.compress(rssi.encode()))
    return folder


def test_a_file_is_a_case_and_a_set_a_scene(tmp_path: Path) -> None:
    dropped: Counter[str] = Counter()
    found = load(write(tmp_path), dropped)
    assert [(one.scene, one.near) for one in found.cases] == [
        ("set_1", True),
        ("set_1", False),
        ("set_2", False),
    ], "6 ft is 1.83 m, 8 ft is 2.44 m"
    first = found.cases[0]
    assert (first.receiver_model, first.sender_model) == ("iPhone XR", "Pixel 4")
    assert [look.rssi_dbm for look in first.looks] == [-52, None], "four seconds; the second heard nothing"
    assert found.in_hand == {"set_1"}
    assert dropped == {"delivered twice (under 3 ms apart)": 1, "127, which means no value": 1}


def test_models_are_measured_on_distances_up_to_three_metres(tmp_path: Path) -> None:
    found = load(write(tmp_path), Counter())
    assert [(one.scene, one.rssi_dbm) for one in found.levels] == [("set_1", -52), ("set_1", -70)]


def test_files_that_were_heard_at_every_angle(tmp_path: Path) -> None:
    rest = f"1591733127.0,iPhone XR,Pixel 4,in hand,in hand,{REST}"
    rows = [f"{10 + turn},set_3/a.txt,6.0,{45.0 * turn},{rest}\n" for turn in range(8)]
    heard = [f"{10 + turn},0.5,{-60 - turn}\n" for turn in range(8)]
    found = load(write(tmp_path, SESSIONS + "".join(rows), RSSI + "".join(heard)), Counter())
    assert found.turned == [{45 * turn: -60 - turn for turn in range(8)}], "set_1 and set_2 lack angles"


@pytest.mark.parametrize(
    ("sessions", "rssi", "said"),
    [
        (SESSIONS.replace(",45,", ",left,"), RSSI, "sessions.csv, line 3"),
        (SESSIONS.replace("6.0", "six", 1), RSSI, "sessions.csv, line 2"),
        (SESSIONS.replace("range_ft", "range"), RSSI, "sessions.csv, line 2"),
        (SESSIONS, RSSI.replace("-54", "low"), "rssi.csv.gz, after line"),
        (SESSIONS, "session,t,rssi\n0,0.1\n", "rssi.csv.gz, after line"),
        (SESSIONS, "", "rssi.csv.gz, after line 1"),
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, sessions: str, rssi: str, said: str) -> None:
    with pytest.raises(RecordingMalformed, match=said):
        load(write(tmp_path, sessions, rssi), Counter())


def test_missing_files(tmp_path: Path) -> None:
    with pytest.raises(RecordingsMissing):
        load(tmp_path, Counter())
    write(tmp_path)
    (tmp_path / "sessions.csv").unlink()
    with pytest.raises(RecordingsMissing, match="sessions"):
        load(tmp_path, Counter())
