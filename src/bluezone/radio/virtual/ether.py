"""The pump of the virtual air: brings each packet to every open listener, at its own instant. Knows no HCI.

Decides the order of things. Packets are handed over in the order of time, with all that is due before
anything is changed; so a packet at t carries what was set at or before t and is heard by a listener with
begin <= t < end. Advertisers that nobody listens to are parked: they cost nothing.
"""

import asyncio
import heapq
from collections.abc import Callable

from bluezone.radio.port import AirClock
from bluezone.radio.virtual.medium import LOOK_S, Medium, audible
from bluezone.radio.virtual.train import AdvertisingTrain

# Packets may be handed over this late, many at once, which saves most of the wake-ups; their instants stay
# exact.
DEFAULT_LAG_S = 0.1

# The pump wakes a little after an event: one at exactly now still belongs to what is set at now.
_AFTER_S = 1e-6

# Within one instant a new look begins before an event is heard.
_LOOK, _EVENT = 0, 1

# the packet as the sender prepared it, dBm
Deliver = Callable[[bytes, int], None]


class _Sender:
    """One advertising station; `serial` tells its events from those of an earlier start."""

    __slots__ = ("listeners", "packet", "queued", "serial", "train")

    def __init__(self, train: AdvertisingTrain, packet: bytes, serial: int) -> None:
        self.train = train
        self.packet = packet
        self.serial = serial
        self.queued = False
        self.listeners: dict[int, tuple[_Listener, int]] = {}


class _Listener:
    """One scanning station, with what it hears in the look that is running."""

    __slots__ = ("begin", "deliver", "interval_s", "near", "serial", "station", "turn", "window_s")

    def __init__(self, station: int, begin: float, deliver: Deliver, serial: int) -> None:
        self.station = station
        self.begin = begin
        self.deliver = deliver
        self.serial = serial
        self.turn = 0
        self.near: dict[int, int] = {}
        self.window_s = self.interval_s = 0.0

    def is_open(self, at: float) -> bool:
        """Tell whether the receiver is on: it listens for one window in each interval."""
        return self.window_s >= self.interval_s or (at - self.begin) % self.interval_s < self.window_s


class Ether:
    """Who sends, who listens, and the next events of the senders that are heard."""

    def __init__(self, medium: Medium, clock: AirClock, lag_s: float = DEFAULT_LAG_S) -> None:
        """Make an empty air.

        Args:
            medium: who hears whom.
            clock: it must run as the event loop does.
            lag_s: seconds that a packet may be handed over late.
        """
        self._medium = medium
        self._clock = clock
        self._lag_s = lag_s + _AFTER_S
        self._senders: dict[int, _Sender] = {}
        self._listeners: dict[int, _Listener] = {}
        # instant, kind, station, event, serial
        self._due: list[tuple[float, int, int, int, int]] = []
        self._serial = 0
        self._instant: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.delivered_count = 0

    def system(self) -> float:
        """Return the instant of the packet that is being handed over, otherwise the clock's time."""
        return self._clock.system() if self._instant is None else self._instant

    async def sleep(self, seconds: float) -> None:
        """Wait on the clock."""
        await self._clock.sleep(seconds)

    def start_sending(self, station: int, train: AdvertisingTrain, packet: bytes) -> None:
        """Let a station advertise a packet from now on."""
        self._flush()
        self._serial += 1
        sender = self._senders[station] = _Sender(train, packet, self._serial)
        for listener in self._listeners.values():
            if station in listener.near:
                sender.listeners[listener.station] = (listener, listener.near[station])
        self._queue(station, sender)
        self._arm()

    def change(self, station: int, packet: bytes) -> None:
        """Let a station go on with another packet."""
        self._flush()
        if station in self._senders:
            self._senders[station].packet = packet

    def stop_sending(self, station: int) -> None:
        """Take a station's advertisement off the air."""
        self._flush()
        self._senders.pop(station, None)

    def listen(self, station: int, deliver: Deliver, *, window_s: float, interval_s: float) -> None:
        """Open a station's receiver from now on; `deliver` gets what it hears."""
        self._flush()
        self._close(station)
        self._serial += 1
        listener = _Listener(station, self._clock.system(), deliver, self._serial)
        listener.window_s, listener.interval_s = window_s, interval_s
        self._listeners[station] = listener
        self._begin_look(listener, listener.begin)
        self._arm()

    def stop_listening(self, station: int) -> None:
        """Close a station's receiver; what was due has been handed over."""
        self._flush()
        self._close(station)

    def _close(self, station: int) -> None:
        listener = self._listeners.pop(station, None)
        if listener is not None:
            self._leave(listener)

    def _leave(self, listener: _Listener) -> None:
        for station in listener.near:
            if sender := self._senders.get(station):
                sender.listeners.pop(listener.station, None)

    def _begin_look(self, listener: _Listener, at: float) -> None:
        self._leave(listener)
        listener.near = audible(self._medium, listener.station, at)
        for station, rssi_dbm in listener.near.items():
            if sender := self._senders.get(station):
                sender.listeners[listener.station] = (listener, rssi_dbm)
                self._queue(station, sender, at)
        listener.turn += 1
        next_at = listener.begin + listener.turn * LOOK_S
        heapq.heappush(self._due, (next_at, _LOOK, listener.station, listener.turn, listener.serial))

    def _queue(self, station: int, sender: _Sender, at: float | None = None) -> None:
        if sender.listeners and not sender.queued:
            event = sender.train.first_at_or_after(self._clock.system() if at is None else at)
            heapq.heappush(self._due, (sender.train.at(event), _EVENT, station, event, sender.serial))
            sender.queued = True

    def _flush(self) -> None:
        """Hand over everything that happened before now."""
        now = self._clock.system()
        due = self._due
        while due and due[0][0] < now:
            at, kind, station, event, serial = due[0]
            self._instant = at
            if kind == _EVENT:
                self._send(at, station, event, serial)
            else:
                heapq.heappop(due)
                listener = self._listeners.get(station)
                if listener is not None and listener.serial == serial:
                    self._begin_look(listener, at)
        self._instant = None

    def _send(self, at: float, station: int, event: int, serial: int) -> None:
        sender = self._senders.get(station)
        if sender is None or sender.serial != serial:
            heapq.heappop(self._due)
            return
        if not sender.listeners:
            heapq.heappop(self._due)
            sender.queued = False
            return
        lost = None if self._medium.lossless else self._medium.is_lost
        packet = sender.packet
        for listener, rssi_dbm in sender.listeners.values():
            if listener.is_open(at) and not (lost and lost(station, listener.station, event, at)):
                self.delivered_count += 1
                listener.deliver(packet, rssi_dbm)
        event += 1
        heapq.heapreplace(self._due, (sender.train.at(event), _EVENT, station, event, serial))

    def _arm(self) -> None:
        if self._timer is None and self._listeners and self._due:
            delay_s = self._due[0][0] - self._clock.system() + self._lag_s
            self._timer = asyncio.get_running_loop().call_later(max(_AFTER_S, delay_s), self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._flush()
        self._arm()
