"""A served virtual air: hostile and broken connections leave the others alone."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from bluezone.clock import SystemClock
from bluezone.radio.adapter import open_radio
from bluezone.radio.port import Radio, RadioError, RadioLost, RadioUnavailable
from bluezone.radio.virtual.hci_air import HciAir
from bluezone.radio.virtual.medium import FixedMedium
from bluezone.radio.virtual.served import ServedAir


@pytest.fixture
async def served() -> AsyncIterator[tuple[ServedAir, int]]:
    clock = SystemClock()
    async with ServedAir(HciAir(FixedMedium(range(3), -55), clock, lag_s=0), max_stations=3) as air:
        yield air, await air.start()


def radio_at(port: int, seed: int) -> Radio:
    return open_radio(
        f"virtual:127.0.0.1:{port}", clock=SystemClock(), random_bytes=random.Random(seed).randbytes
    )


async def test_phones_of_several_connections_meet(served: tuple[ServedAir, int]) -> None:
    air, port = served
    a, b = radio_at(port, 1), radio_at(port, 2)
    await a.open()
    await b.open()
    assert air.station_count == 2
    await a.broadcast(b"hello", new_address=True)
    heard = await b.scan(0.8)
    assert [(item.data, item.rssi_dbm) for item in heard] == [(b"hello", -55)]
    assert 2 <= heard[0].count <= 4
    await a.close()
    await b.close()


async def test_a_broken_connection_is_off_the_air(served: tuple[ServedAir, int]) -> None:
    air, port = served
    a, b = radio_at(port, 1), radio_at(port, 2)
    await a.open()
    await b.open()
    await a.broadcast(b"hello", new_address=True)
    next(iter(c for c in air._open if c.station == 0)).cut()
    await asyncio.sleep(0.05)
    assert await b.scan(0.5) == []
    with pytest.raises(RadioLost):
        await a.scan(0.1)
    with pytest.raises(RadioLost):
        await a.close()
    await b.close()
    assert air.station_count <= 1


async def test_a_full_air_refuses_and_recovers(served: tuple[ServedAir, int]) -> None:
    _, port = served
    radios = [radio_at(port, seed) for seed in range(4)]
    for radio in radios[:3]:
        await radio.open()
    with pytest.raises(RadioUnavailable):
        await radios[3].open()
    await radios[0].close()
    await asyncio.sleep(0.05)
    await radios[3].open()
    for radio in radios[1:]:
        await radio.close()


@pytest.mark.parametrize(
    "noise",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x04\x0e\x04\x01\x03\x0c\x00",
        b"\x02\x01\x00\xff\xff",
        bytes.fromhex("01 0520 02 0000"),
        bytes.fromhex("01 0620 00"),
        bytes.fromhex("01 0c20 00"),
        bytes.fromhex("01 0d20 ff") + bytes(255),
        bytes.fromhex("01 ffff 10") + bytes(16),
        bytes(5000),
        random.Random(1).randbytes(5000),
    ],
)
async def test_nonsense_leaves_the_others_alone(served: tuple[ServedAir, int], noise: bytes) -> None:
    _, port = served
    a, b = radio_at(port, 1), radio_at(port, 2)
    await a.open()
    await b.open()
    await a.broadcast(b"hello", new_address=True)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(noise)
    await asyncio.sleep(0.02)
    writer.close()
    assert [item.data for item in await b.scan(0.4)] == [b"hello"]
    await a.close()
    await b.close()
    assert reader is not None


async def test_closing_the_air_cuts_the_phones() -> None:
    air = ServedAir(HciAir(FixedMedium(range(2)), SystemClock()), max_stations=2)
    radio = radio_at(await air.start(), 1)
    await radio.open()
    await air.close()
    await asyncio.sleep(0.02)
    with pytest.raises(RadioError):
        await radio.broadcast(b"x", new_address=True)
