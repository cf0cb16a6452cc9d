"""The virtual controller answers as a real legacy-only one does."""

import asyncio
import struct

import pytest
from bumble import hci

from bluezone.clock import LoopClock
from bluezone.radio.virtual.controller import VirtualController
from bluezone.radio.virtual.ether import Ether
from bluezone.radio.virtual.medium import FixedMedium
from bluezone.sim.virtual_time import run_virtual

OK, UNKNOWN, DISALLOWED, UNSUPPORTED, INVALID = 0x00, 0x01, 0x0C, 0x11, 0x12
EPOCH = 1_700_000_000.0
ADDRESS = bytes.fromhex("060504030201")


class Bench:
    """A controller with a notebook instead of a host."""

    def __init__(self, ether: Ether, station: int) -> None:
        self.controller = VirtualController(ether, station)
        self.controller.set_packet_sink(self)
        self.packets: list[bytes] = []

    def on_packet(self, packet: bytes) -> None:
        self.packets.append(packet)

    def __call__(self, opcode: int, parameters: bytes = b"") -> int:
        """Send a command; return the status of its answer."""
        self.controller.on_packet(struct.pack("<BHB", 1, opcode, len(parameters)) + parameters)
        answer = self.packets.pop()
        assert answer[:2] == b"\x04\x0e"
        assert int.from_bytes(answer[4:6], "little") == opcode
        return answer[6]

    def advertise(self, *, low: int = 400, high: int = 432, kind: int = 3, own: int = 1) -> int:
        return self(0x2006, struct.pack("<HHBBB6sBB", low, high, kind, own, 0, bytes(6), 7, 0))

    def scanning(self, *, interval: int = 96, window: int = 96) -> int:
        return self(0x200B, struct.pack("<BHHBB", 0, interval, window, 1, 0))

    def ready(self) -> None:
        """Reset, address, parameters, data, and the LE events allowed."""
        assert self(0x0C03) == OK
        assert self(0x0C01, (1 << 61).to_bytes(8, "little")) == OK
        assert self(0x2001, b"\x1f" + bytes(7)) == OK
        assert self(0x2005, bytes((self.controller._station,)) + ADDRESS[1:]) == OK
        assert self.advertise() == OK
        assert self(0x2008, b"\x03abc" + bytes(28)) == OK
        assert self.scanning() == OK


@pytest.fixture
def bench() -> Bench:
    async def make() -> Bench:
        return Bench(Ether(FixedMedium([1, 2]), LoopClock(EPOCH)), 1)

    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(make())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def pair(rssi_dbm: int = -60) -> tuple[Bench, Bench]:
    """A sender and a receiver that are ready."""
    ether = Ether(FixedMedium([1, 2], rssi_dbm), LoopClock(EPOCH))
    sender, receiver = Bench(ether, 1), Bench(ether, 2)
    sender.ready()
    receiver.ready()
    return sender, receiver


def test_no_address_change_while_advertising_or_scanning() -> None:
    async def main() -> None:
        sender, _ = await pair()
        assert sender(0x200A, b"\x01") == OK
        assert sender(0x2005, ADDRESS) == DISALLOWED
        assert sender.advertise() == DISALLOWED
        assert sender(0x200A, b"\x00") == OK
        assert sender(0x2005, ADDRESS) == OK
        assert sender(0x200C, b"\x01\x00") == OK
        assert sender(0x2005, ADDRESS) == DISALLOWED
        assert sender.scanning() == DISALLOWED
        assert sender(0x200C, b"\x00\x00") == OK
        assert sender(0x2005, ADDRESS) == OK

    run_virtual(main())


def test_no_advertising_or_scanning_without_an_address(bench: Bench) -> None:
    assert bench(0x0C03) == OK
    assert bench(0x200A, b"\x01") == INVALID
    assert bench.scanning() == OK
    assert bench(0x200C, b"\x01\x00") == INVALID


@pytest.mark.parametrize(("low", "high"), [(0x1F, 0x40), (500, 400), (0x20, 0x4001)])
def test_impossible_advertising_intervals_are_refused(bench: Bench, low: int, high: int) -> None:
    assert bench.advertise(low=low, high=high) == INVALID


@pytest.mark.parametrize(("kind", "own"), [(0, 1), (1, 1), (2, 1), (3, 0), (3, 2), (3, 3)])
def test_only_non_connectable_from_a_random_address(bench: Bench, kind: int, own: int) -> None:
    assert bench.advertise(kind=kind, own=own) == UNSUPPORTED


@pytest.mark.parametrize(("interval", "window"), [(16, 17), (3, 3), (0x4001, 16)])
def test_impossible_scan_windows_are_refused(bench: Bench, interval: int, window: int) -> None:
    assert bench.scanning(interval=interval, window=window) == INVALID


@pytest.mark.parametrize(
    "command",
    [
        hci.HCI_LE_Set_Extended_Advertising_Enable_Command(
            enable=0, advertising_handles=[], durations=[], max_extended_advertising_events=[]
        ),
        hci.HCI_LE_Set_Extended_Scan_Enable_Command(enable=0, filter_duplicates=0, duration=0, period=0),
        hci.HCI_LE_Clear_Advertising_Sets_Command(),
    ],
)
def test_the_extended_family_is_unknown(bench: Bench, command: hci.HCI_Command) -> None:
    assert bench(command.op_code, bytes(command)[4:]) == UNKNOWN


def test_one_report_per_event_and_no_scan_response() -> None:
    async def main() -> list[bytes]:
        sender, receiver = await pair(-71)
        assert sender(0x200A, b"\x01") == OK
        assert receiver(0x200C, b"\x01\x00") == OK
        await asyncio.sleep(60)
        assert receiver(0x200C, b"\x00\x00") == OK
        return receiver.packets

    packets = run_virtual(main())
    assert set(packets) == {bytes.fromhex("043e0f 02 01 03 01 010504030201 03") + b"abc" + b"\xb9"}
    assert 214 <= len(packets) <= 236  # 60 s at 255..280 ms


def test_scan_window_and_interval_are_obeyed() -> None:
    async def main() -> int:
        sender, receiver = await pair()
        assert sender(0x200A, b"\x01") == OK
        assert receiver.scanning(interval=1600, window=160) == OK
        assert receiver(0x200C, b"\x01\x00") == OK
        await asyncio.sleep(600)
        assert receiver(0x200C, b"\x00\x00") == OK
        return len(receiver.packets)

    # A tenth of about 2,270 events; the beat between a 1 s interval and the advertising interval is slow.
    assert 170 < run_virtual(main()) < 290


def test_the_duplicate_filter_reports_an_address_once() -> None:
    async def main() -> tuple[int, int]:
        sender, receiver = await pair()
        assert sender(0x200A, b"\x01") == OK
        assert receiver(0x200C, b"\x01\x01") == OK
        await asyncio.sleep(5)
        assert sender(0x2008, b"\x03xyz" + bytes(28)) == OK
        await asyncio.sleep(5)
        first = len(receiver.packets)
        assert receiver(0x200C, b"\x01\x01") == OK
        await asyncio.sleep(5)
        return first, len(receiver.packets)

    assert run_virtual(main()) == (1, 2)


@pytest.mark.parametrize("opcode", [0x0C01, 0x2001])
def test_masked_events_are_not_reported(opcode: int) -> None:
    async def main() -> int:
        sender, receiver = await pair()
        assert receiver(opcode, bytes(8)) == OK
        assert sender(0x200A, b"\x01") == OK
        assert receiver(0x200C, b"\x01\x00") == OK
        await asyncio.sleep(5)
        return len(receiver.packets)

    assert run_virtual(main()) == 0


def test_reset_takes_everything_off_the_air() -> None:
    async def main() -> int:
        sender, receiver = await pair()
        assert sender(0x200A, b"\x01") == OK
        assert receiver(0x200C, b"\x01\x00") == OK
        assert sender(0x0C03) == OK
        await asyncio.sleep(5)
        return len(receiver.packets)

    assert run_virtual(main()) == 0


def test_nobody_listens_nobody_works() -> None:
    async def main() -> int:
        sender, receiver = await pair()
        assert sender(0x200A, b"\x01") == OK
        await asyncio.sleep(3600)
        assert receiver(0x200C, b"\x01\x00") == OK
        await asyncio.sleep(1)
        assert receiver(0x200C, b"\x00\x00") == OK
        calls = 0
        original = sender.controller._ether._wake

        def counted() -> None:
            nonlocal calls
            calls += 1
            original()

        sender.controller._ether._wake = counted  # type: ignore[method-assign]
        await asyncio.sleep(3600)
        return calls

    assert run_virtual(main()) <= 1


def test_debug_logs_hold_nothing_of_the_air(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        sender, receiver = await pair()
        assert sender(0x2008, b"\x03XYZ" + bytes(28)) == OK
        assert sender(0x200A, b"\x01") == OK
        assert receiver(0x200C, b"\x01\x00") == OK
        await asyncio.sleep(5)
        assert receiver.packets

    with caplog.at_level("DEBUG"):
        run_virtual(main())
    assert "58595a" not in caplog.text.lower()
    assert "xyz" not in caplog.text.lower()
