"""Writes HCI packets into a btsnoop file, which Wireshark and tshark read.

Decides the form of the file alone. Of the two forms that btsnoop knows it uses the Linux monitor's, because
it says of each packet which adapter it belongs to: one file can hold a whole town, one adapter for each
station.

Source: the btsnoop format (RFC 1761 with Bluetooth link types) and the Linux monitor's opcodes (link type
2001).
"""

import struct
from types import TracebackType
from typing import BinaryIO, Self

_MAGIC = b"btsnoop\0"
_VERSION = 1
_LINUX_MONITOR = 2001

# Microseconds from the year 0 to 1970, as the format counts.
_EPOCH_US = 0x00DCDDB30F2F8000

_NEW_ADAPTER, _COMMAND, _EVENT, _ACL_TO, _ACL_FROM = 0, 2, 3, 4, 5
_OPCODES = {
    (0x01, True): _COMMAND,
    (0x04, False): _EVENT,
    (0x02, True): _ACL_TO,
    (0x02, False): _ACL_FROM,
}
_LE_ONLY_ADAPTER, _VIRTUAL_BUS = 0, 0


class Capture:
    """A capture file that is being written."""

    def __init__(self, output: BinaryIO) -> None:
        """Begin the file.

        Args:
            output: open for writing in binary; it is flushed and closed by `close`.
        """
        self._output = output
        self._known: set[int] = set()
        self.packet_count = 0
        output.write(_MAGIC + struct.pack(">II", _VERSION, _LINUX_MONITOR))

    def record(self, packet: bytes, *, at: float, station: int, from_host: bool) -> None:
        """Write one HCI packet.

        Args:
            packet: its type octet first.
            at: seconds UTC.
            station: 0..65,535; becomes the adapter's number.
            from_host: whether the host sent it.
        """
        opcode = _OPCODES.get((packet[0], from_host))
        if opcode is None:
            return
        if station not in self._known:
            self._known.add(station)
            name = f"s{station}".encode()[:8].ljust(8, b"\0")
            self._write(station, _NEW_ADAPTER, at, bytes((_LE_ONLY_ADAPTER, _VIRTUAL_BUS)) + bytes(6) + name)
        self._write(station, opcode, at, packet[1:])
        self.packet_count += 1

    def close(self) -> None:
        """Finish the file."""
        self._output.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, station: int, opcode: int, at: float, body: bytes) -> None:
        length, flags = len(body), (station << 16) | opcode
        self._output.write(
            struct.pack(">IIIIQ", length, length, flags, 0, _EPOCH_US + round(at * 1e6)) + body
        )
