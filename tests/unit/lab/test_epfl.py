"""The EPFL loader on small files of the same form: models from persons, the video's clock, damaged files."""

from __future__ import annotations

import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bluezone.lab.epfl import VideoPositions, google_list, load_scene, model_of_person, scenes_of
from bluezone.lab.errors import RecordingMalformed, RecordingsMissing

# 2020-07-30 12:00:00 UTC; the video says 14:00.
NOON = 1_596_110_400


def write_packets(path: Path, rows: list[tuple[Any, ...]]) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE results(receiver_id, receiver_model, transmitter_id, transmitter_model,"
            " timestamp, rssi)"
        )
        connection.executemany("INSERT INTO results VALUES (?, 'X', ?, 'X', ?, ?)", rows)
    connection.close()


def write_positions(path: Path, content: Any) -> None:
    path.write_bytes(gzip.compress(json.dumps(content).encode()))


def frames(seconds: int, person_2_leaves: bool = False) -> dict[str, Any]:
    """Two frames a second from noon; person 2 is 1.5 m beside person 1, with a jitter that averages out."""
    stamps = [
        f"2020-07-30 14:{at // 60:02}:{at % 60:02}.{half}00000" for at in range(seconds) for half in (0, 5)
    ]
    there: list[list[float] | None] = [[1.4, 0.0, 0.0], [1.6, 0.0, 0.0]] * seconds
    if person_2_leaves:
        there[-2:] = [None, None]
    return {"datetime": stamps, "1": [[0.0, 0.0, 0.0]] * (2 * seconds), "2": there}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """exp34's lunch: person 1 hears 2 and the unlisted 99; one time is from 1970."""
    home = tmp_path / "epfl-exp34"
    home.mkdir()
    rows = [("1", "2", NOON + 0.5, -70), ("2", "1", NOON + 1.5, -80), ("1", "99", NOON + 1, -80)]
    write_packets(home / "scenario01-lunch.sqlite", [*rows, ("1", "2", 12.0, -70)])
    write_positions(home / "positions-lunch.json.gz", frames(10, person_2_leaves=True))
    return tmp_path


def test_a_scene(folder: Path) -> None:
    found = load_scene(folder, "epfl-exp34", "lunch")
    assert found.scene == "epfl-exp34/lunch"
    assert [(one.receiver, one.sender, one.at - NOON, one.rssi_dbm) for one in found.receptions] == [
        ("1", "2", 0.5, -70),
        ("2", "1", 1.5, -80),
    ]
    assert found.models == {"1": "SM-G973F", "2": "SM-G973F"}, "from the persons, whatever the file says"
    assert found.dropped == {"phones without a known model": 1, "clocks that are wrong": 1}


def test_the_video_is_two_hours_ahead_and_unseen_is_unknown(folder: Path) -> None:
    distances = load_scene(folder, "epfl-exp34", "lunch").distances
    metres = distances.metres("1", "2", NOON - 1, NOON + 11)
    assert np.isnan(metres[[0, 10, 11]]).all(), "before the video, where person 2 left, after it"
    assert metres[1:10] == pytest.approx(1.5), "frames are averaged to seconds"
    assert np.isnan(distances.metres("1", "7", NOON, NOON + 5)).all(), "a person whom no video shows"
    assert np.isnan(distances.metres("1", "2", NOON + 500, NOON + 505)).all()


def test_parts_of_a_video_are_joined_and_what_is_between_them_is_unknown(tmp_path: Path) -> None:
    later = frames(3)
    later["datetime"] = [stamp.replace("14:00", "14:01") for stamp in later["datetime"]]
    write_positions(tmp_path / "1.json.gz", frames(3))
    write_positions(tmp_path / "2.json.gz", later)
    found = VideoPositions.read([tmp_path / "1.json.gz", tmp_path / "2.json.gz"])
    known = ~np.isnan(found.metres("1", "2", NOON, NOON + 63))
    assert list(np.flatnonzero(known)) == [0, 1, 2, 60, 61, 62]


def test_milliseconds_of_the_older_experiment(tmp_path: Path) -> None:
    home = tmp_path / "epfl-exp05"
    (home / "ground_truth").mkdir(parents=True)
    write_packets(home / "scenario04-queue.sqlite", [(1, 2, (NOON + 2) * 1000.0, -70)])
    write_positions(home / "ground_truth" / "4_queue_part1.json.gz", frames(5))
    assert load_scene(tmp_path, "epfl-exp05", "queue").receptions[0].at == NOON + 2


def test_facts_agree_with_each_other() -> None:
    assert set(model_of_person().values()) == set(google_list().known)
    assert scenes_of("epfl-exp34") == ["lunch", "office", "queue"]
    assert len(scenes_of("epfl-exp05")) == 5


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {"datetime": []},
        {"datetime": ["yesterday"]},
        {"datetime": ["2020-07-30 14:00:00"], "1": []},
        {"datetime": ["2020-07-30 14:00:00"], "1": [[1, 2]]},
        {"datetime": ["2020-07-30 14:00:00"], "1": ["here"]},
        {"datetime": [7]},
    ],
)
def test_positions_that_are_none(folder: Path, content: Any) -> None:
    write_positions(folder / "epfl-exp34" / "positions-lunch.json.gz", content)
    with pytest.raises(RecordingMalformed, match="positions-lunch"):
        load_scene(folder, "epfl-exp34", "lunch")


@pytest.mark.parametrize("data", [b"", b"not gzip", gzip.compress(b"{", mtime=0)[:-9]])
def test_positions_that_are_damaged(folder: Path, data: bytes) -> None:
    (folder / "epfl-exp34" / "positions-lunch.json.gz").write_bytes(data)
    with pytest.raises(RecordingMalformed) as refused:
        load_scene(folder, "epfl-exp34", "lunch")
    assert refused.value.code == "recording-malformed"


def test_packets_that_are_damaged(folder: Path) -> None:
    path = folder / "epfl-exp34" / "scenario01-lunch.sqlite"
    path.unlink()
    write_packets(path, [("1", "2", NOON, -70), ("1", "2", NOON, None)])
    with pytest.raises(RecordingMalformed, match="row 2"):
        load_scene(folder, "epfl-exp34", "lunch")
    path.write_bytes(b"SQLite format 3\0 and then nothing")
    with pytest.raises(RecordingMalformed, match="not a packet file"):
        load_scene(folder, "epfl-exp34", "lunch")


@pytest.mark.parametrize("missing", ["scenario01-lunch.sqlite", "positions-lunch.json.gz"])
def test_files_that_are_missing(folder: Path, missing: str) -> None:
    (folder / "epfl-exp34" / missing).unlink()
    with pytest.raises(RecordingsMissing, match="lunch") as refused:
        load_scene(folder, "epfl-exp34", "lunch")
    assert refused.value.code == "recordings-missing"
