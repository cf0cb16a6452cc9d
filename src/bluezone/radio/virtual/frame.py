"""The virtual air without HCI: what a scan has heard is computed when it ends.

Decides nothing about strength or loss (the medium) or about instants (the train); it finds which packets of
which senders fall into a scan. A packet at t carries what was set at or before t, and is heard by a scan with
begin <= t < end: the same rules as on the HCI depth, which returns the same lists.
"""

from dataclasses import dataclass

from bluezone.radio.port import (
    AirClock,
    HeardAdvertisement,
    RadioInfo,
    RandomBytes,
    already_open,
    check_advertisement,
    check_scan,
    draw_address,
    not_open,
)
from bluezone.radio.reception import Receptions
from bluezone.radio.virtual.medium import LOOK_S, Medium, audible
from bluezone.radio.virtual.train import AdvertisingTrain, train_seed

# at, address, data, rssi_dbm, count: receptions of one sender's unchanged data in one look.
_Run = tuple[float, bytes, bytes, int, int]


@dataclass(slots=True)
class _Segment:
    """What one station sent, unchanged, from `start` to `end` (None: it still does)."""

    start: float
    end: float | None
    address: bytes
    data: bytes
    train: AdvertisingTrain


class FrameAir:
    """The stations' recent broadcasts and who listens since when."""

    def __init__(self, medium: Medium, clock: AirClock) -> None:
        self.medium = medium
        self.clock = clock
        self._segments: dict[int, list[_Segment]] = {}
        self._listening_since: dict[int, float] = {}

    def radio(self, station: int, random_bytes: RandomBytes) -> "FrameRadio":
        """Return a new radio for a station of this air."""
        return FrameRadio(self, station, random_bytes)

    def send(self, station: int, address: bytes, data: bytes, *, new_train: bool) -> None:
        """Let a station send from now on; without a new train its rhythm goes on."""
        now = self.clock.system()
        current = self._end_segment(station, now)
        if current is None or new_train:
            train = AdvertisingTrain(now, train_seed(station, address))
        else:
            train = current.train
        self._segments.setdefault(station, []).append(_Segment(now, None, address, data, train))

    def stop(self, station: int) -> None:
        """Let a station be silent from now on."""
        self._end_segment(station, self.clock.system())

    def begin_listening(self, station: int, now: float) -> None:
        """Keep every segment from now on until the station has computed what it heard."""
        self._listening_since[station] = now

    def end_listening(self, station: int) -> None:
        """Allow the past to be forgotten again."""
        self._listening_since.pop(station, None)

    def heard(self, station: int, near: dict[int, int], begin: float, end: float) -> list[_Run]:
        """Return what a station has heard in one look, begin <= t < end."""
        runs: list[_Run] = []
        find = self._count_run if self.medium.lossless else self._sift_run
        segments = self._segments
        for sender, rssi_dbm in near.items():
            for segment in segments.get(sender, ()):
                low = max(begin, segment.start)
                high = end if segment.end is None else min(end, segment.end)
                if low < high and (run := find(sender, station, segment, low, high)):
                    at, count = run
                    runs.append((at, segment.address, segment.data, rssi_dbm, count))
        return runs

    def _count_run(
        self, _sender: int, _receiver: int, segment: _Segment, begin: float, end: float
    ) -> tuple[float, int] | None:
        train = segment.train
        first = train.first_at_or_after(begin)
        at = train.at(first)
        if at >= end:
            return None
        return at, train.first_at_or_after(end) - first

    def _sift_run(
        self, sender: int, receiver: int, segment: _Segment, begin: float, end: float
    ) -> tuple[float, int] | None:
        is_lost = self.medium.is_lost
        received = [
            at
            for event, at in segment.train.events_between(begin, end)
            if not is_lost(sender, receiver, event, at)
        ]
        return (received[0], len(received)) if received else None

    def _end_segment(self, station: int, now: float) -> _Segment | None:
        segments = self._segments.get(station)
        if not segments:
            return None
        last = segments[-1]
        running = last if last.end is None else None
        if running is not None:
            running.end = now
        # Scans begin in the order of time, so the first one in the table is the oldest.
        oldest = next(iter(self._listening_since.values()), now)
        if segments[0].end is not None and segments[0].end <= oldest:
            segments[:] = [s for s in segments if s.end is None or s.end > oldest]
        return running


class FrameRadio:
    """A radio on a `FrameAir`: no packets, no events, the same answers."""

    def __init__(self, air: FrameAir, station: int, random_bytes: RandomBytes) -> None:
        """Make a radio.

        Args:
            air: where its packets go.
            station: its number in the medium.
            random_bytes: where addresses come from.
        """
        self._air = air
        self._station = station
        self._random_bytes = random_bytes
        self._address: bytes | None = None
        self._sending = False
        self._looks: list[tuple[float, dict[int, int]]] | None = None
        self.dropped_count = 0

    async def open(self) -> RadioInfo:
        """Take the radio into use."""
        if self._address is not None:
            raise already_open()
        self._address = draw_address(self._random_bytes)
        return RadioInfo(
            name=f"virtual frames, station {self._station}",
            sets_interval=True,
            rotates_while_scanning=True,
            every_advert=True,
        )

    async def broadcast(self, advertisement: bytes, *, new_address: bool) -> None:
        """Start to advertise, or change what is advertised."""
        check_advertisement(advertisement)
        if self._address is None:
            raise not_open()
        if new_address:
            self._address = draw_address(self._random_bytes)
            if self._looks is not None:
                # A controller must stop scanning to change its address; its next look begins here.
                self._begin_look(self._air.clock.system())
        self._air.send(self._station, self._address, advertisement, new_train=new_address)
        self._sending = True

    async def silence(self) -> None:
        """Stop advertising."""
        if self._address is None:
            raise not_open()
        self._stop()

    async def scan(self, seconds: float) -> list[HeardAdvertisement]:
        """Listen, and compute what was heard."""
        check_scan(seconds, running=self._looks is not None)
        if self._address is None:
            raise not_open()
        air = self._air
        begin = air.clock.system()
        self._looks = []
        self._begin_look(begin)
        air.begin_listening(self._station, begin)
        try:
            await air.clock.sleep(seconds)
            looks, end = self._looks, air.clock.system()
            if self._address is None:
                raise not_open()
            return self._compute(looks, end)
        finally:
            self._looks = None
            air.end_listening(self._station)

    async def close(self) -> None:
        """Take the advertisement off the air."""
        self._stop()
        self._address = None

    def _stop(self) -> None:
        if self._sending:
            self._air.stop(self._station)
            self._sending = False

    def _begin_look(self, now: float) -> None:
        if self._looks is not None:
            self._looks.append((now, audible(self._air.medium, self._station, now)))

    def _compute(self, looks: list[tuple[float, dict[int, int]]], end: float) -> list[HeardAdvertisement]:
        runs: list[_Run] = []
        for index, (begin, near) in enumerate(looks):
            until = looks[index + 1][0] if index + 1 < len(looks) else end
            turn = 0
            look_begin, look_near = begin, near
            while look_begin < until:
                turn += 1
                next_begin = begin + turn * LOOK_S
                runs += self._air.heard(self._station, look_near, look_begin, min(next_begin, until))
                look_begin = next_begin
                if look_begin < until:
                    look_near = audible(self._air.medium, self._station, look_begin)
        runs.sort()
        receptions = Receptions()
        for at, address, data, rssi_dbm, count in runs:
            receptions.add(address, data, at, rssi_dbm, count)
        self.dropped_count += receptions.dropped_count
        return receptions.result()
