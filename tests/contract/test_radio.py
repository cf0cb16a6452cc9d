"""What every radio promises: one suite, run on each implementation of the port."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Protocol

import pytest

from bluezone.clock import LoopClock, SystemClock
from bluezone.radio.adapter import open_radio
from bluezone.radio.hci_radio import HciRadio
from bluezone.radio.port import AirClock, Radio, RadioLost, RadioMisused
from bluezone.radio.virtual.frame import FrameAir
from bluezone.radio.virtual.hci_air import HciAir
from bluezone.radio.virtual.medium import FixedMedium
from bluezone.radio.virtual.served import ServedAir
from bluezone.sim.virtual_time import run_virtual

EPOCH = 1_700_000_000.0
RSSI_DBM = -57
# Long enough for two packets, short enough for a suite in real time.
SCAN_S = 0.6
ADVERT = bytes.fromhex("0201060303564e1716564e") + bytes(range(20))
OTHER = ADVERT[:-1] + b"\xff"

Scene = Callable[[AirClock, Radio, Radio], Awaitable[None]]
MEDIUM = FixedMedium(range(2), RSSI_DBM)


class Stage(Protocol):
    """Plays a scene with two radios of one implementation."""

    def __call__(self, scene: Scene) -> None: ...


async def play(clock: AirClock, radios: list[Radio], scene: Scene) -> None:
    for radio in radios:
        info = await radio.open()
        assert info.name
        assert info.sets_interval
        assert info.every_advert
    try:
        await scene(clock, radios[0], radios[1])
    finally:
        for radio in radios:
            await radio.close()


def draw(station: int) -> Callable[[int], bytes]:
    return random.Random(station).randbytes


def on_frames(scene: Scene) -> None:
    async def main() -> None:
        clock = LoopClock(EPOCH)
        air = FrameAir(MEDIUM, clock)
        await play(clock, [air.radio(n, draw(n)) for n in range(2)], scene)

    run_virtual(main())


def on_hci(scene: Scene) -> None:
    async def main() -> None:
        clock = LoopClock(EPOCH)
        air = HciAir(MEDIUM, clock)
        await play(clock, [air.radio(n, draw(n)) for n in range(2)], scene)

    run_virtual(main())


def over_tcp(scene: Scene) -> None:
    async def main() -> None:
        clock = SystemClock()
        async with ServedAir(HciAir(MEDIUM, clock, lag_s=0), max_stations=2) as served:
            spec = f"virtual:127.0.0.1:{await served.start()}"
            radios = [open_radio(spec, clock=clock, random_bytes=draw(n)) for n in range(2)]
            await play(clock, radios, scene)

    asyncio.run(main())


@pytest.fixture(params=[on_frames, on_hci, over_tcp])
def stage(request: pytest.FixtureRequest) -> Stage:
    chosen: Stage = request.param
    return chosen


def test_an_advertisement_is_heard_whole(stage: Stage) -> None:
    async def scene(clock: AirClock, a: Radio, b: Radio) -> None:
        begin = clock.system()
        await a.broadcast(ADVERT, new_address=True)
        (heard,) = await b.scan(SCAN_S)
        assert begin <= heard.at <= clock.system()
        assert heard.data == ADVERT
        assert heard.rssi_dbm == RSSI_DBM
        assert 2 <= heard.count <= 3
        assert len(heard.address) == 6
        assert heard.address[0] >> 6 == 0

    stage(scene)


def test_silence_is_silent_and_nobody_hears_himself(stage: Stage) -> None:
    async def scene(_clock: AirClock, a: Radio, b: Radio) -> None:
        assert await b.scan(0.3) == []
        await b.broadcast(ADVERT, new_address=True)
        assert await b.scan(0.3) == []
        await b.silence()
        await b.silence()
        assert await a.scan(0.4) == []

    stage(scene)


def test_data_change_in_place_and_the_address_when_asked(stage: Stage) -> None:
    async def scene(clock: AirClock, a: Radio, b: Radio) -> None:
        await a.broadcast(ADVERT, new_address=True)
        scan = asyncio.create_task(b.scan(3 * SCAN_S))
        await clock.sleep(SCAN_S)
        await a.broadcast(OTHER, new_address=False)
        await clock.sleep(SCAN_S)
        await a.broadcast(OTHER, new_address=True)
        first, second, third = await scan
        assert [first.data, second.data, third.data] == [ADVERT, OTHER, OTHER]
        assert first.address == second.address != third.address
        assert first.at < second.at < third.at

    stage(scene)


def test_the_address_outlasts_a_silence(stage: Stage) -> None:
    async def scene(clock: AirClock, a: Radio, b: Radio) -> None:
        await a.broadcast(ADVERT, new_address=True)
        (before,) = await b.scan(SCAN_S)
        await a.silence()
        await clock.sleep(0.1)
        await a.broadcast(ADVERT, new_address=False)
        (after,) = await b.scan(SCAN_S)
        assert before.address == after.address

    stage(scene)


def test_rotating_while_scanning_keeps_the_scan(stage: Stage) -> None:
    async def scene(clock: AirClock, a: Radio, b: Radio) -> None:
        await a.broadcast(ADVERT, new_address=True)
        await b.broadcast(OTHER, new_address=True)
        scan = asyncio.create_task(b.scan(2 * SCAN_S))
        await clock.sleep(SCAN_S)
        await b.broadcast(OTHER, new_address=True)
        (heard,) = await scan
        assert 4 <= heard.count <= 5

    stage(scene)


def test_closing_takes_it_off_the_air(stage: Stage) -> None:
    async def scene(_clock: AirClock, a: Radio, b: Radio) -> None:
        await a.broadcast(ADVERT, new_address=True)
        await a.close()
        await a.close()
        assert await b.scan(0.4) == []

    stage(scene)


def test_a_closed_radio_is_refused(stage: Stage) -> None:
    async def scene(_clock: AirClock, a: Radio, _b: Radio) -> None:
        await a.close()
        for use in (a.broadcast(ADVERT, new_address=True), a.silence(), a.scan(1)):
            with pytest.raises(RadioMisused) as refused:
                await use
            assert refused.value.code == "radio-not-open"

    stage(scene)


def test_closing_ends_a_scan(stage: Stage) -> None:
    async def scene(clock: AirClock, a: Radio, _b: Radio) -> None:
        scan = asyncio.create_task(a.scan(0.3))
        await clock.sleep(0.1)
        await a.close()
        with pytest.raises(RadioMisused):
            await scan

    stage(scene)


def test_a_cancelled_scan_leaves_a_usable_radio(stage: Stage) -> None:
    async def scene(clock: AirClock, a: Radio, b: Radio) -> None:
        await a.broadcast(ADVERT, new_address=True)
        scan = asyncio.create_task(b.scan(100))
        await clock.sleep(0.1)
        scan.cancel()
        with pytest.raises(asyncio.CancelledError):
            await scan
        (heard,) = await b.scan(SCAN_S)
        assert 2 <= heard.count <= 3

    stage(scene)


def test_a_second_scan_and_a_long_advertisement_are_refused(stage: Stage) -> None:
    async def scene(clock: AirClock, a: Radio, b: Radio) -> None:
        with pytest.raises(RadioMisused) as refused:
            await a.broadcast(bytes(32), new_address=True)
        assert refused.value.code == "advertisement-length"
        await a.broadcast(ADVERT, new_address=True)
        scan = asyncio.create_task(b.scan(SCAN_S))
        await clock.sleep(0.05)
        with pytest.raises(RadioMisused) as refused:
            await b.scan(1)
        assert refused.value.code == "scan-running"
        assert len(await scan) == 1

    stage(scene)


def test_an_open_radio_is_not_opened_again(stage: Stage) -> None:
    async def scene(_clock: AirClock, a: Radio, _b: Radio) -> None:
        with pytest.raises(RadioMisused) as refused:
            await a.open()
        assert refused.value.code == "radio-already-open"

    stage(scene)


def test_reopening_works(stage: Stage) -> None:
    async def scene(clock: AirClock, a: Radio, b: Radio) -> None:
        await a.close()
        await clock.sleep(0.05)
        await a.open()
        await a.broadcast(ADVERT, new_address=True)
        assert len(await b.scan(SCAN_S)) == 1

    stage(scene)


@pytest.mark.parametrize("stage", [on_hci, over_tcp])
def test_a_radio_that_was_lost_is_heard_again_once_it_is_opened_anew(stage: Stage) -> None:
    """The adapter was pulled out while it spoke: the new one has to be told to speak."""

    async def scene(clock: AirClock, a: Radio, b: Radio) -> None:
        await a.broadcast(ADVERT, new_address=True)
        assert isinstance(a, HciRadio)
        assert a._host is not None
        a._host.on_transport_lost()
        with pytest.raises(RadioLost):
            await a.broadcast(OTHER, new_address=False)
        with pytest.raises(RadioLost):
            await a.close()
        await clock.sleep(0.05)
        assert await b.scan(SCAN_S) == []
        await a.open()
        await a.broadcast(OTHER, new_address=False)
        (heard,) = await b.scan(SCAN_S)
        assert heard.data == OTHER

    stage(scene)
