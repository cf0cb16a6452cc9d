"""A virtual air for several processes: each TCP connection gets a controller of its own, in real time.

Decides how connections become stations, and how many there may be. A connection that breaks takes its station
off the air; one that sends what is not an HCI command is closed.
"""

import asyncio
import contextlib
from collections.abc import Callable
from types import TracebackType
from typing import Self

from bluezone.radio.virtual.controller import VirtualController
from bluezone.radio.virtual.hci_air import HciAir

# Each station may hear every other one: the work grows with the square.
MAX_STATIONS = 64

# A connection whose peer does not read is given up before its answers fill the memory.
MAX_UNSENT_BYTES = 1 << 20

_COMMAND = 0x01
_HEADER_BYTES = 4


class ServedAir:
    """A TCP server in front of an `HciAir`; stations are numbered 0..63."""

    def __init__(self, air: HciAir, *, max_stations: int = MAX_STATIONS) -> None:
        """Make a server that is not listening yet.

        Args:
            air: its medium must know the stations 0 to `max_stations - 1`, and its clock must go on evenly: a
                system clock that is set back would stop the air.
            max_stations: connections at the same time; a further one is closed at once.
        """
        self._air = air
        self._free = list(range(max_stations - 1, -1, -1))
        self._server: asyncio.Server | None = None
        self._open: set[_Connection] = set()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen for phones.

        Args:
            host: address to listen on.
            port: 0 takes a free one.

        Returns:
            The port.

        Raises:
            OSError: the address cannot be used.
        """
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self._enter, self._leave), host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and cut all connections."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._open):
            connection.cut()
        if self._server is not None:
            await self._server.wait_closed()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def station_count(self) -> int:
        """Phones that are connected now."""
        return len(self._open)

    def _enter(self, connection: "_Connection") -> VirtualController | None:
        if not self._free:
            return None
        connection.station = self._free.pop()
        self._open.add(connection)
        return self._air.controller(connection.station)

    def _leave(self, connection: "_Connection") -> None:
        if connection in self._open:
            self._open.remove(connection)
            self._free.append(connection.station)


class _Connection(asyncio.Protocol):
    """One phone's wire: whole commands to its controller, events back."""

    def __init__(
        self,
        enter: Callable[["_Connection"], VirtualController | None],
        leave: Callable[["_Connection"], None],
    ) -> None:
        self._enter = enter
        self._leave = leave
        self._controller: VirtualController | None = None
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self.station = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._controller = self._enter(self)
        if self._controller is None:
            transport.abort()
        else:
            self._controller.set_packet_sink(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self._controller is not None:
            self._controller.set_packet_sink(None)
            self._controller.leave()
            self._controller = None
        self._transport = None
        self._leave(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while self._controller is not None and self._received:
            if self._received[0] != _COMMAND:
                self.cut()
                return
            if len(self._received) < _HEADER_BYTES:
                return
            end = _HEADER_BYTES + self._received[3]
            if len(self._received) < end:
                return
            packet = bytes(self._received[:end])
            del self._received[:end]
            self._obey(packet)

    def on_packet(self, packet: bytes) -> None:
        """Send one packet of the controller to the phone."""
        if self._transport is None or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            self.cut()
            return
        self._transport.write(packet)

    def cut(self) -> None:
        """Break the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _obey(self, packet: bytes) -> None:
        assert self._controller is not None
        try:
            self._controller.on_packet(packet)
        # Bumble's parsers raise whatever a slice or an enum raises when the parameters are nonsense.
        except Exception:
            with contextlib.suppress(Exception):
                self._controller.leave()
            self.cut()
