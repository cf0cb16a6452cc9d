"""The intercept of a deployment: what a recording must hold, what follows from it, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from math import log10
from pathlib import Path

import pytest
from click.testing import CliRunner

from bluezone.cli.phone import phone
from bluezone.clock import LoopClock
from bluezone.phone.calibration import COLUMNS, PATH_LOSS_DB, Recording, calibrate, parse_recording
from bluezone.phone.device_model import DeviceModel, Known
from bluezone.phone.errors import RecordingRefused
from bluezone.phone.recording import RecordedPair, record_pair
from bluezone.protocol.advertisement import build_payload, encode_advertisement
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier
from bluezone.radio.virtual.frame import FrameAir
from bluezone.radio.virtual.medium import FixedMedium
from bluezone.sim.virtual_time import run_virtual
from tests.unit.phone.case import seeded

TABLE = {("acme", "loud"): DeviceModel(0, 8, Known.MODEL), ("acme", "deaf"): DeviceModel(6, 0, Known.MODEL)}
HEAD = ",".join(COLUMNS)


def recorded(
    metres: float, rssi: int, *, scans: int = 40, sender: str = "x", receiver: str = "x"
) -> Recording:
    rows = [f"{number * 5}.0,{receiver},{sender},{metres},ab12,{rssi}" for number in range(scans)]
    return parse_recording([HEAD, *rows], "a.csv")


def law(metres: float, at_1m: float) -> int:
    return round(at_1m - PATH_LOSS_DB * log10(metres))


@pytest.mark.parametrize("true_dbm", [-60, -71, -54])
def test_the_intercept_brings_one_metre_to_zero(true_dbm: int) -> None:
    found = calibrate([recorded(metres, law(metres, true_dbm)) for metres in (1, 3)], {})
    assert found.intercept_db == pytest.approx(-60 - true_dbm, abs=0.3)
    assert found.apart_db <= 0.6


def test_models_are_corrected_first() -> None:
    pair = [recorded(m, law(m, -58), sender="loud", receiver="deaf") for m in (1, 2)]
    # Declared -52, and this receiver adds 6: the level at one metre is measured as 0.
    assert calibrate(pair, TABLE).intercept_db == pytest.approx(0.0, abs=0.3)


def test_a_person_who_walks_through_changes_nothing() -> None:
    rows = [f"{n * 5}.0,x,x,1,ab12,{-60 if n % 5 else -85}" for n in range(40)]
    disturbed = parse_recording([HEAD, *rows], "a.csv")
    assert calibrate([disturbed, recorded(3, law(3, -60))], {}).intercept_db == pytest.approx(0, abs=0.3)


def test_the_identifier_may_change_between_scans() -> None:
    rows = [f"{n * 5}.0,x,x,1,{'ab12' if n < 20 else 'cd34'},-60" for n in range(40)]
    assert calibrate(
        [parse_recording([HEAD, *rows], "a"), recorded(2, -64)], {}
    ).intercept_db == pytest.approx(0, abs=0.3)


@pytest.mark.parametrize(
    ("recordings", "words"),
    [
        ([recorded(1, -60)], "two different distances"),
        ([recorded(1, -60), recorded(1, -61)], "two different distances"),
        ([recorded(1, -60), recorded(3, -60, scans=19)], "19 scans"),
        ([recorded(1, -60), recorded(3, -80)], "contradict"),
    ],
    ids=["one", "one distance", "short", "wall"],
)
def test_what_cannot_be_believed(recordings: list[Recording], words: str) -> None:
    with pytest.raises(RecordingRefused, match=words):
        calibrate(recordings, {})


def test_a_phone_that_was_hardly_heard_and_one_in_company() -> None:
    heard_rarely = [
        f"{n * 5}.0,x,x,1,{'ab12' if n % 3 == 0 else ''},{-60 if n % 3 == 0 else ''}" for n in range(40)
    ]
    with pytest.raises(RecordingRefused, match="14 of 40 scans"):
        calibrate([parse_recording([HEAD, *heard_rarely], "a"), recorded(2, -64)], {})
    crowded = [f"{n * 5}.0,x,x,1,{who},-60" for n in range(40) for who in ("ab12", "cd34")]
    with pytest.raises(RecordingRefused, match="more than one phone"):
        calibrate([parse_recording([HEAD, *crowded], "a"), recorded(2, -64)], {})


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "line 1"),
        (["time,rssi"], "line 1"),
        ([HEAD], "no scan"),
        ([HEAD, "1,x,x,1,ab"], "line 2: 5 columns"),
        ([HEAD, "1,x,x,1,ab,-60", "now,x,x,1,ab,-60"], "line 3: a number"),
        ([HEAD, "1,x,x,1,ab,-60.5"], "line 2: a number"),
        ([HEAD, "nan,x,x,1,ab,-60"], "finite"),
        ([HEAD, "1,x,x,0.1,ab,-60"], "0.5 to 5.0 m"),
        ([HEAD, "1,x,x,nan,ab,-60"], "0.5 to 5.0 m"),
        ([HEAD, "1,x,x,1,ab,127"], "-127 to 20"),
        ([HEAD, "1,x,x,1,,-60"], "an empty scan has neither"),
        ([HEAD, "1,x,x,1,ab,"], "an empty scan has neither"),
        ([HEAD, "1,x,x,1,ab,-60", "2,x,y,1,ab,-60"], "one recording"),
        ([HEAD, '1,"x,x,1,ab,-60'], "line 2"),
        ([HEAD, *["1,x,x,1,,"] * 20_001], "at most 20000 rows"),
    ],
)
def test_a_file_that_is_no_recording(lines: list[str], words: str) -> None:
    with pytest.raises(RecordingRefused, match=words):
        parse_recording([line + "\n" for line in lines], "a.csv")


def _record(path: Path, metres: float, rssi: int, stations: tuple[int, ...] = (0, 1)) -> None:
    """Ten minutes on a virtual air: station 0 records, the others speak."""

    async def work() -> None:
        clock = LoopClock(1_700_000_000.0)
        air = FrameAir(FixedMedium(stations, rssi), clock)
        for station in stations[1:]:
            radio = air.radio(station, seeded(station))
            await radio.open()
            identifier = full_identifier(TemporaryExposureKey(bytes([station]) * 16), 2_833_333)
            said = encode_advertisement(build_payload(identifier, 28_333_333, -60))
            await radio.broadcast(said, new_address=True)
        with path.open("w", encoding="utf-8") as file:
            file.write(HEAD + "\n")
            write: Callable[[tuple[str, ...]], object] = lambda row: file.write(",".join(row) + "\n")  # noqa: E731
            pair = RecordedPair("Asus of tomorrow", "", metres, 0x4E56)
            scans, heard = await record_pair(air.radio(0, seeded(9)), pair, clock, 300.0, write)
            assert scans == 60
            assert heard == (60 if len(stations) > 1 else 0)

    run_virtual(work())


def test_two_phones_two_distances_ten_minutes(tmp_path: Path) -> None:
    _record(tmp_path / "near.csv", 1.0, -65)
    _record(tmp_path / "far.csv", 2.0, -69)
    ran = CliRunner().invoke(phone, ["calibrate", str(tmp_path / "near.csv"), str(tmp_path / "far.csv")])
    assert ran.exit_code == 0, ran.output
    # 5 dB too weak at 1 m and 4.7 at 2 m; a receiver of this maker adds -4 to everything.
    assert "sensing.intercept_db=8.8\n" in ran.output


def test_nobody_there(tmp_path: Path) -> None:
    _record(tmp_path / "near.csv", 1.0, -65, stations=(0,))
    _record(tmp_path / "far.csv", 2.0, -69)
    ran = CliRunner().invoke(phone, ["calibrate", str(tmp_path / "near.csv"), str(tmp_path / "far.csv")])
    assert ran.exit_code == 1
    assert "heard the other phone in 0 of 60 scans" in ran.output
