"""The virtual air at HCI depth: each phone has a controller of its own and speaks HCI packets to it.

Decides how controllers, hosts and the capture are put together; the rules of the air are in `ether.py`, those
of a controller in `controller.py`, those of a host in `hci_radio.py`.
"""

from collections.abc import Collection

from bluezone.radio.capture import Capture
from bluezone.radio.hci_host import HciHost
from bluezone.radio.hci_radio import HciRadio
from bluezone.radio.port import AirClock, RandomBytes
from bluezone.radio.virtual.controller import VirtualController
from bluezone.radio.virtual.ether import DEFAULT_LAG_S, Ether
from bluezone.radio.virtual.medium import Medium


class HciAir:
    """Controllers that hear each other through a medium."""

    def __init__(
        self,
        medium: Medium,
        clock: AirClock,
        *,
        capture: Capture | None = None,
        captured: Collection[int] | None = None,
        lag_s: float = DEFAULT_LAG_S,
    ) -> None:
        """Make an empty air.

        Args:
            medium: who hears whom.
            clock: it must run as the event loop does.
            capture: gets the HCI packets of the captured stations.
            captured: their numbers; None captures all.
            lag_s: seconds that a packet may be handed over late; its instant stays exact.
        """
        self.ether = Ether(medium, clock, lag_s)
        self._capture = capture
        self._captured = captured

    def controller(self, station: int) -> VirtualController:
        """Return a new controller for a station; an event loop must be running."""
        capture = self._capture
        if capture is None or (self._captured is not None and station not in self._captured):
            return VirtualController(self.ether, station)
        ether, number = self.ether, station

        def witness(packet: bytes, from_host: bool) -> None:
            capture.record(packet, at=ether.system(), station=number, from_host=from_host)

        return VirtualController(self.ether, station, witness)

    def radio(self, station: int, random_bytes: RandomBytes) -> HciRadio:
        """Return a new radio for a station of this air."""

        async def connect(host: HciHost) -> _MemoryLink:
            return _MemoryLink(self.controller(station), host)

        return HciRadio(f"virtual HCI, station {station}", connect, self.ether, random_bytes)


class _MemoryLink:
    """The wire between a host and a controller of the same process; it takes no time."""

    def __init__(self, controller: VirtualController, host: HciHost) -> None:
        self._controller = controller
        controller.set_packet_sink(host)

    def send(self, packet: bytes) -> None:
        self._controller.on_packet(packet)

    async def close(self) -> None:
        self._controller.leave()
        self._controller.set_packet_sink(None)
