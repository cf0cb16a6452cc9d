"""Coarse place, opt-in: which fix counts, what goes on the air, what is kept and that the place is not."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from bluezone.clock import ManualClock, SystemClock
from bluezone.phone.errors import PlaceSourceError
from bluezone.phone.events import PlaceFixed
from bluezone.phone.matching import verify_sample
from bluezone.phone.place import Fix, is_good, receiver_commitments, sender_commitment
from bluezone.phone.place_source import parse_line, parse_spec, watch_gpsd
from bluezone.protocol.interval import interval_of, minute_of
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier
from bluezone.protocol.tags import NO_PLACE, cell_of, place_commitment, place_tag
from bluezone.radio.port import HeardAdvertisement
from tests.unit.phone.case import MIDNIGHT, TEK, heard, sample
from tests.unit.phone.drive import Drive

HANOI = Fix(21.0285, 105.8542, 20.0, 1.0, 1000.0)
V = full_identifier(TemporaryExposureKey(TEK), interval_of(MIDNIGHT)).visible


@pytest.mark.parametrize(
    ("change", "good"),
    [
        ({}, True),
        ({"at": 971.0}, True),
        ({"at": 970.0}, False),
        ({"at": 1001.0}, False),
        ({"error_m": 300.0}, True),
        ({"error_m": 300.1}, False),
        ({"error_m": float("nan")}, False),
        ({"speed_m_s": 15.0}, False),
        ({"latitude": 91.0}, False),
        ({"longitude": float("inf")}, False),
    ],
)
def test_which_fix_counts(change: dict[str, float], good: bool) -> None:
    fix = replace(HANOI, **change)
    assert is_good(fix, 1000.0) is good
    assert (sender_commitment(V, fix, 1000.0) != NO_PLACE) is good
    assert len(receiver_commitments(V, fix, 1000.0)) == (4 if good else 0)


def test_without_opting_in_there_is_no_place() -> None:
    assert sender_commitment(V, None, 0.0) == NO_PLACE
    assert receiver_commitments(V, None, 0.0) == ()


def test_two_phones_at_one_spot_agree_and_a_far_one_does_not() -> None:
    here = receiver_commitments(V, HANOI, 1000.0)
    assert sender_commitment(V, HANOI, 1000.0) in here
    far = replace(HANOI, latitude=16.05, longitude=108.2)
    assert sender_commitment(V, far, 1000.0) not in here


def test_a_fix_hides_itself() -> None:
    assert "21.0" not in repr(HANOI)
    assert "21.0" not in repr(PlaceFixed(HANOI))


def test_the_agent_says_and_keeps_place_only_while_a_fix_is_fresh() -> None:
    def neighbour(begin: float, _end: float) -> list[HeardAdvertisement]:
        return [heard(TEK, begin + 1.0)]

    drive = Drive(true=MIDNIGHT + 1000.0, air=neighbour)
    for _ in range(15):
        drive.handle(PlaceFixed(replace(HANOI, at=drive.reading().monotonic)))
        drive.run(20)
    last_fix_at = drive.true - 20
    drive.run(1500)
    kept = [one for saved in drive.saved() for record in saved.records for one in record.samples]
    with_place = [one for one in kept if one.commitments]
    assert len(kept) > 10
    assert 3 <= len(with_place) <= 6, "about a scan a minute, while fixes came"
    assert max(one.received_at for one in with_place) <= last_fix_at + 30
    cell = cell_of(HANOI.latitude, HANOI.longitude)
    visible = full_identifier(TemporaryExposureKey(TEK), interval_of(with_place[0].received_at)).visible
    assert place_commitment(visible, cell) in with_place[0].commitments


def test_a_sample_with_place_accepts_the_same_cell_and_no_place_but_not_another_cell() -> None:
    at = MIDNIGHT + 65
    identifier = full_identifier(TemporaryExposureKey(TEK), interval_of(at))
    kept = receiver_commitments(identifier.visible, HANOI, 1000.0)
    same = sender_commitment(identifier.visible, HANOI, 1000.0)
    other = place_commitment(identifier.visible, cell_of(16.05, 108.2))
    for said, good in ((same, True), (NO_PLACE, True), (other, False)):
        found = verify_sample(identifier, interval_of(at), sample(TEK, at, c=said, kept=kept))
        assert (found is not None) is good
    assert place_tag(identifier.tag_key, minute_of(at), b"abc", same) != place_tag(
        identifier.tag_key, minute_of(at), b"abc", other
    )


@pytest.mark.parametrize("spec", ["", "gpsd", "gpsd:", "gpsd:host", "gpsd:host:0", "gpsd:host:x", "gps:h:1"])
def test_an_unknown_source_is_refused(spec: str) -> None:
    with pytest.raises(PlaceSourceError):
        parse_spec(spec)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"class":"VERSION"}',
        b'{"class":"TPV","mode":1,"lat":1,"lon":2}',
        b'{"class":"TPV","mode":3,"lat":1}',
        b'{"class":"TPV","mode":3,"lat":"x","lon":2}',
        b'{"class":"TPV","mode":3,"lat":1e9,"lon":2}',
    ],
)
def test_lines_that_are_no_position_are_dropped(line: bytes) -> None:
    assert parse_line(line, 5.0) is None


async def test_positions_of_a_real_socket() -> None:
    async def gpsd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert b"WATCH" in await reader.readline()
        writer.write(b'{"class":"VERSION","release":"3.25"}\n' + b"x" * 100 + b"\n")
        position = {"class": "TPV", "mode": 3, "lat": 21.0285, "lon": 105.8542, "eph": 12.0, "speed": 0.5}
        writer.write(json.dumps(position).encode() + b"\n")
        await writer.drain()

    server = await asyncio.start_server(gpsd, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    found: asyncio.Queue[Fix] = asyncio.Queue()
    watching = asyncio.create_task(watch_gpsd("127.0.0.1", port, SystemClock(), found.put_nowait))
    fix = await asyncio.wait_for(found.get(), 5)
    watching.cancel()
    server.close()
    assert (fix.latitude, fix.longitude, fix.error_m, fix.speed_m_s) == (21.0285, 105.8542, 12.0, 0.5)
    assert is_good(fix, ManualClock(0, fix.at).monotonic())
