"""The HCI host against a controller that is played by the test."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluezone.radio import hci_host
from bluezone.radio.hci_host import HciHost
from bluezone.radio.port import RadioLost, RadioRefused

Heard = list[tuple[bytes, bytes, int]]


class Script:
    """A link whose controller answers each command with what the test wrote down."""

    def __init__(self, host: HciHost, *answers: bytes) -> None:
        self.host = host
        self.answers = list(answers)
        self.sent: list[bytes] = []
        host.connect(self)

    def send(self, packet: bytes) -> None:
        self.sent.append(packet)
        if self.answers:
            self.host.on_packet(self.answers.pop(0))

    async def close(self) -> None:
        self.answers = []


def complete(opcode: int, status: int = 0) -> bytes:
    return b"\x04\x0e\x04\x01" + opcode.to_bytes(2, "little") + bytes((status,))


def report(*entries: bytes) -> bytes:
    body = b"\x02" + bytes((len(entries),)) + b"".join(entries)
    return b"\x04\x3e" + bytes((len(body) & 0xFF,)) + body


def entry(data: bytes, rssi: int = -60, kind: int = 3) -> bytes:
    return bytes((kind, 1)) + b"\x06\x05\x04\x03\x02\x01" + bytes((len(data),)) + data + bytes((rssi & 0xFF,))


def listening() -> tuple[HciHost, Heard]:
    heard: Heard = []
    return HciHost(lambda address, data, rssi: heard.append((address, data, rssi))), heard


async def test_a_command_is_sent_and_answered() -> None:
    host, _ = listening()
    link = Script(host, complete(hci_host.LE_SET_SCAN_ENABLE))
    await host.command(hci_host.LE_SET_SCAN_ENABLE, b"\x01\x00")
    assert link.sent == [bytes.fromhex("01 0c20 02 0100")]


@pytest.mark.parametrize(
    "answer", [complete(hci_host.RESET, 0x0C), b"\x04\x0f\x04\x0c\x01" + hci_host.RESET.to_bytes(2, "little")]
)
async def test_a_refusal_says_which_and_why(answer: bytes) -> None:
    host, _ = listening()
    Script(host, answer)
    with pytest.raises(RadioRefused, match=r"0x0c03.*0x0c, command disallowed") as refused:
        await host.command(hci_host.RESET)
    assert refused.value.code == "radio-refused"


async def test_an_answer_to_another_command_does_not_count() -> None:
    host, _ = listening()
    link = Script(host, complete(hci_host.LE_SET_SCAN_ENABLE))
    task = asyncio.create_task(host.command(hci_host.RESET))
    await asyncio.sleep(0.01)
    assert not task.done()
    host.on_packet(complete(hci_host.RESET))
    await task
    assert len(link.sent) == 1


async def test_commands_wait_for_each_other() -> None:
    host, _ = listening()
    link = Script(host)
    first = asyncio.create_task(host.command(hci_host.RESET))
    second = asyncio.create_task(host.command(hci_host.SET_EVENT_MASK, bytes(8)))
    await asyncio.sleep(0.01)
    assert len(link.sent) == 1
    host.on_packet(complete(hci_host.RESET))
    await first
    await asyncio.sleep(0.01)
    assert len(link.sent) == 2
    host.on_packet(complete(hci_host.SET_EVENT_MASK))
    await second


async def test_a_silent_controller_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hci_host, "ANSWER_TIMEOUT_S", 0.02)
    host, _ = listening()
    Script(host)
    with pytest.raises(RadioLost, match="did not answer"):
        await host.command(hci_host.RESET)
    with pytest.raises(RadioLost, match="did not answer"):
        await host.command(hci_host.RESET)


@pytest.mark.parametrize("hardware_error", [False, True])
async def test_a_lost_wire_ends_the_wait(hardware_error: bool) -> None:
    host, _ = listening()
    Script(host)
    task = asyncio.create_task(host.command(hci_host.RESET))
    await asyncio.sleep(0.01)
    if hardware_error:
        host.on_packet(b"\x04\x10\x01\x42")
    else:
        host.on_transport_lost()
    with pytest.raises(RadioLost):
        await task


async def test_without_a_link_nothing_can_be_sent() -> None:
    host, _ = listening()
    with pytest.raises(RadioLost):
        await host.command(hci_host.RESET)


def test_reports_are_read_one_after_another() -> None:
    host, heard = listening()
    host.on_packet(report(entry(b"abc", -61), entry(b"", 20), entry(bytes(31), -126)))
    address = b"\x01\x02\x03\x04\x05\x06"
    assert heard == [(address, b"abc", -61), (address, b"", 20), (address, bytes(31), -126)]


@pytest.mark.parametrize("kind", [0, 1, 2, 4])
def test_connectable_and_scannable_advertisements_are_passed_over(kind: int) -> None:
    host, heard = listening()
    host.on_packet(report(entry(b"no", kind=kind), entry(b"yes")))
    assert [data for _, data, _ in heard] == [b"yes"]


@pytest.mark.parametrize("length", range(6, len(report(entry(b"abcdef")))))
def test_a_truncated_report_is_counted_and_skipped(length: int) -> None:
    host, heard = listening()
    host.on_packet(report(entry(b"abcdef"))[:length])
    assert heard == []
    assert host.malformed_count == 1


def test_a_report_that_claims_too_much_is_skipped() -> None:
    host, heard = listening()
    host.on_packet(report(entry(b"ok")).replace(b"\x02\x01\x03", b"\x02\xff\x03", 1))
    assert [data for _, data, _ in heard] == [b"ok"]
    assert host.malformed_count == 1


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"\x04", b"\x04\x3e", b"\x04\x3e\x20\x02", b"\x04\x0e"])
)
def test_no_bytes_make_the_host_raise(noise: bytes, head: bytes) -> None:
    heard: Heard = []
    host = HciHost(lambda address, data, rssi: heard.append((address, data, rssi)))
    host.on_packet(head + noise)
    assert all(len(a) == 6 and len(d) <= 255 and -128 <= r <= 127 for a, d, r in heard)
