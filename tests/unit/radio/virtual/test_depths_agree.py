"""Both depths of the virtual air hear exactly the same: instants, addresses, bytes, strengths, counts."""

import asyncio
import random
from collections.abc import Mapping

import pytest

from bluezone.clock import LoopClock
from bluezone.radio.port import HeardAdvertisement, Radio
from bluezone.radio.virtual.frame import FrameAir
from bluezone.radio.virtual.hci_air import HciAir
from bluezone.radio.virtual.medium import FixedMedium, Medium
from bluezone.sim.virtual_time import run_virtual

EPOCH = 1_700_000_000.0
STATIONS = 6
Heard = list[tuple[int, float, list[HeardAdvertisement]]]


class RoughMedium(FixedMedium):
    """Strengths change with each look, some of them unusable, and packets get lost."""

    lossless = False

    def senders_near(self, receiver: int, at: float) -> Mapping[int, int]:
        look = int(at * 1000)
        return {
            sender: -30 - (sender * 31 + receiver * 17 + look) % 110
            for sender in super().senders_near(receiver, at)
            if (sender + look) % 7
        }

    def is_lost(self, sender: int, receiver: int, event: int, at: float) -> bool:
        return (sender * 31 + receiver * 17 + event * 7 + int(at * 1000)) % 5 == 0


async def send(radio: Radio, clock: LoopClock, dice: random.Random, end: float) -> None:
    """Broadcast for random times, change data in place, rotate, and be silent now and then."""
    while clock.system() < end:
        await radio.broadcast(dice.randbytes(dice.choice([0, 20, 31])), new_address=dice.random() < 0.3)
        await clock.sleep(dice.choice([0, 0.5, 3, 60, 60 * dice.random()]))
        if dice.random() < 0.15:
            await radio.silence()
            await clock.sleep(dice.choice([0, 5 * dice.random()]))


async def listen(
    station: int, radio: Radio, clock: LoopClock, dice: random.Random, end: float, heard: Heard
) -> None:
    while clock.system() < end:
        begin = clock.system()
        heard.append((station, begin, await radio.scan(dice.choice([0.3, 4, 4, 4, 9.5]))))
        await clock.sleep(dice.choice([0, 5, 60]))


async def town(depth: type[FrameAir] | type[HciAir], medium: Medium, seconds: float) -> Heard:
    clock = LoopClock(EPOCH)
    air = depth(medium, clock)
    heard: Heard = []
    end = EPOCH + seconds
    async with asyncio.TaskGroup() as group:
        for station in range(STATIONS):
            radio: Radio = air.radio(station, random.Random(1000 + station).randbytes)
            await radio.open()
            group.create_task(send(radio, clock, random.Random(station), end))
            group.create_task(listen(station, radio, clock, random.Random(50 + station), end, heard))
    return heard


@pytest.mark.parametrize("medium", [FixedMedium(range(STATIONS)), RoughMedium(range(STATIONS))])
def test_hours_of_a_town_are_heard_alike(medium: Medium) -> None:
    hci = run_virtual(town(HciAir, medium, 3 * 3600))
    frame = run_virtual(town(FrameAir, medium, 3 * 3600))
    assert len(hci) > 1000
    assert sum(item.count for _, _, heard in hci for item in heard) > 50_000
    for by_hci, by_frame in zip(hci, frame, strict=True):
        assert by_hci == by_frame


def test_two_runs_of_one_seed_are_equal() -> None:
    medium = RoughMedium(range(STATIONS))
    assert run_virtual(town(HciAir, medium, 900)) == run_virtual(town(HciAir, medium, 900))


async def rotate_within_a_scan(depth: type[FrameAir] | type[HciAir]) -> Heard:
    """Both sides rotate and change their data while both listen."""
    clock = LoopClock(EPOCH)
    air = depth(FixedMedium([0, 1], -60), clock)
    radios = [air.radio(station, random.Random(station).randbytes) for station in (0, 1)]
    for number, radio in enumerate(radios):
        await radio.open()
        await radio.broadcast(bytes((number,)) * 31, new_address=True)
    scans = [asyncio.create_task(radio.scan(4)) for radio in radios]
    await clock.sleep(1)
    await radios[0].broadcast(b"changed in place", new_address=False)
    await clock.sleep(1)
    await radios[0].broadcast(b"rotated", new_address=True)
    await clock.sleep(0.5)
    await radios[1].silence()
    return [(number, EPOCH, heard) for number, heard in enumerate(await asyncio.gather(*scans))]


@pytest.mark.parametrize("depth", [FrameAir, HciAir])
def test_what_is_heard_in_a_scan_with_rotations(depth: type[FrameAir] | type[HciAir]) -> None:
    heard = run_virtual(rotate_within_a_scan(depth))
    first, second, third = heard[1][2]
    assert [item.data for item in heard[1][2]] == [b"\x00" * 31, b"changed in place", b"rotated"]
    assert first.address == second.address != third.address
    assert [item.count for item in heard[1][2]] == [4, 4, 8]
    # The silent one was on the air for 2.5 of the 4 s, and our own rotation in the scan lost nothing of it.
    assert [(item.data, item.count) for item in heard[0][2]] == [(b"\x01" * 31, 10)]
    assert heard == run_virtual(rotate_within_a_scan(HciAir))
