"""A small HCI host: commands with their answers, and legacy advertising reports. It does no more than a phone
needs.

Decides how packets are written and read and when a controller counts as lost. What is sent when is decided in
`hci_radio.py`; how the bytes travel (in memory, TCP, USB, serial), by the link.

Source: Bluetooth Core 5.4, Vol 4 Part E (commands and events), Part A (packet types).
"""

import asyncio
import struct
from collections.abc import Callable
from typing import Protocol

from bluezone.radio.port import RadioLost, RadioRefused

RESET = 0x0C03
SET_EVENT_MASK = 0x0C01
LE_SET_EVENT_MASK = 0x2001
LE_SET_RANDOM_ADDRESS = 0x2005
LE_SET_ADVERTISING_PARAMETERS = 0x2006
LE_SET_ADVERTISING_DATA = 0x2008
LE_SET_ADVERTISING_ENABLE = 0x200A
LE_SET_SCAN_PARAMETERS = 0x200B
LE_SET_SCAN_ENABLE = 0x200C

_COMMAND, _EVENT = 0x01, 0x04
_COMMAND_COMPLETE, _COMMAND_STATUS, _HARDWARE_ERROR, _LE_META = 0x0E, 0x0F, 0x10, 0x3E
_ADVERTISING_REPORT, _NON_CONNECTABLE = 0x02, 0x03

# A controller answers within milliseconds; one that needs seconds has gone.
ANSWER_TIMEOUT_S = 5.0

_STATUS_NAMES = {
    0x01: "unknown command",
    0x07: "memory capacity exceeded",
    0x0C: "command disallowed now",
    0x11: "unsupported feature or parameter",
    0x12: "invalid parameters",
}

# address (6 bytes, most significant first), data, dBm
ReportSink = Callable[[bytes, bytes, int], None]


class HciLink(Protocol):
    """The wire to one controller."""

    def send(self, packet: bytes) -> None:
        """Send one whole packet, its type octet first."""
        ...

    async def close(self) -> None:
        """Give the wire back."""
        ...


class HciHost:
    """One controller's host: one command at a time, reports to a sink."""

    def __init__(self, heard: ReportSink) -> None:
        """Make a host that is not connected yet.

        Args:
            heard: called for each non-connectable advertisement that the controller reports.
        """
        self._heard = heard
        self._link: HciLink | None = None
        self._lock = asyncio.Lock()
        self._expected: int | None = None
        self._status: int | None = None
        self._answered: asyncio.Future[None] | None = None
        self._lost: RadioLost | None = None
        self.malformed_count = 0

    def connect(self, link: HciLink) -> None:
        """Use this link from now on."""
        self._link = link

    async def command(self, opcode: int, parameters: bytes = b"") -> None:
        """Send a command and wait for its answer.

        Args:
            opcode: as the standard numbers it.
            parameters: at most 255 bytes.

        Raises:
            RadioRefused: the controller answered with an error.
            RadioLost: it has gone or does not answer.
        """
        async with self._lock:
            if self._lost is not None or self._link is None:
                raise self._lost or RadioLost("radio-lost", "The radio is not connected.")
            self._expected, self._status = opcode, None
            self._link.send(struct.pack("<BHB", _COMMAND, opcode, len(parameters)) + parameters)
            # A controller in memory has answered by now: such an exchange takes no time at all.
            if self._status is None:
                await self._wait_for_answer(opcode)
            status, self._expected = self._status, None
        if status:
            reason = _STATUS_NAMES.get(status, "see the Bluetooth error codes")
            raise RadioRefused(
                "radio-refused", f"The controller refused command 0x{opcode:04x}: 0x{status:02x}, {reason}."
            )

    def on_packet(self, packet: bytes) -> None:
        """Take one packet from the controller; whatever it holds, nothing is raised."""
        if len(packet) < 4 or packet[0] != _EVENT:
            self.malformed_count += 1
            return
        event = packet[1]
        if event == _LE_META:
            if packet[3] == _ADVERTISING_REPORT:
                self._read_reports(packet)
        elif event == _COMMAND_COMPLETE and len(packet) >= 7:
            self._take_answer(int.from_bytes(packet[4:6], "little"), packet[6])
        elif event == _COMMAND_STATUS and len(packet) >= 7:
            self._take_answer(int.from_bytes(packet[5:7], "little"), packet[3])
        elif event == _HARDWARE_ERROR:
            self._lose("The controller reports a hardware error.")

    def on_transport_lost(self) -> None:
        """Note that the wire has gone."""
        self._lose("The connection to the radio ended.")

    async def _wait_for_answer(self, opcode: int) -> None:
        self._answered = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(self._answered, ANSWER_TIMEOUT_S)
        except TimeoutError:
            self._lose(f"The controller did not answer command 0x{opcode:04x}.")
        finally:
            self._answered = None
        if self._lost is not None:
            raise self._lost

    def _take_answer(self, opcode: int, status: int) -> None:
        if opcode != self._expected or self._status is not None:
            return
        self._status = status
        self._wake()

    def _lose(self, sentence: str) -> None:
        self._lost = self._lost or RadioLost("radio-lost", sentence)
        self._wake()

    def _wake(self) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(None)

    def _read_reports(self, packet: bytes) -> None:
        """Read each report of one event: type, address type, address, length, data, RSSI."""
        count, offset = packet[4] if len(packet) > 4 else 0, 5
        for _ in range(count):
            if offset + 10 > len(packet):
                self.malformed_count += 1
                return
            data_at = offset + 9
            end = data_at + packet[offset + 8]
            if end >= len(packet):
                self.malformed_count += 1
                return
            if packet[offset] == _NON_CONNECTABLE:
                rssi = packet[end]
                self._heard(
                    packet[offset + 7 : offset + 1 : -1],
                    packet[data_at:end],
                    rssi - 256 if rssi > 127 else rssi,
                )
            offset = end + 1
