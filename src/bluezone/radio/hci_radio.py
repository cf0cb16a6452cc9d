"""The radio port over HCI: which commands make an advertisement, a rotation and a scan.

Works with every controller that a link reaches: a virtual one in memory or over TCP, a USB or serial dongle,
the Linux user channel. Uses the legacy commands only: mixing them with the extended ones is refused by
controllers. A controller cannot change its address while it scans, so a rotation in a scan pauses the scan
for that moment.
"""

import asyncio
import struct
from collections.abc import Awaitable, Callable

from bluezone.radio import hci_host as hci
from bluezone.radio.port import (
    MAX_BROADCAST_BYTES,
    MAX_INTERVAL_S,
    MIN_INTERVAL_S,
    AirClock,
    HeardAdvertisement,
    RadioError,
    RadioInfo,
    RadioUnavailable,
    RandomBytes,
    already_open,
    check_advertisement,
    check_scan,
    draw_address,
    not_open,
)
from bluezone.radio.reception import Receptions

Connect = Callable[[hci.HciHost], Awaitable[hci.HciLink]]

_UNITS_PER_S = 1600  # 0.625 ms
_NON_CONNECTABLE = 0x03
_RANDOM_ADDRESS = 0x01
_ALL_CHANNELS = 0x07
_PASSIVE = 0x00
# The whole of every interval is listened to.
_SCAN_INTERVAL_UNITS = _SCAN_WINDOW_UNITS = 0x0060

# The standard's default events and, bit 61, the LE ones; of those the first five.
_EVENT_MASK = (0x00001FFFFFFFFFFF | 1 << 61).to_bytes(8, "little")
_LE_EVENT_MASK = (0x1F).to_bytes(8, "little")

_ADVERTISING_PARAMETERS = struct.pack(
    "<HHBBB6sBB",
    round(MIN_INTERVAL_S * _UNITS_PER_S),
    round(MAX_INTERVAL_S * _UNITS_PER_S),
    _NON_CONNECTABLE,
    _RANDOM_ADDRESS,
    0,
    bytes(6),
    _ALL_CHANNELS,
    0,
)
_SCAN_PARAMETERS = struct.pack(
    "<BHHBB", _PASSIVE, _SCAN_INTERVAL_UNITS, _SCAN_WINDOW_UNITS, _RANDOM_ADDRESS, 0
)


class HciRadio:
    """A radio whose controller is spoken to over HCI."""

    def __init__(self, name: str, connect: Connect, clock: AirClock, random_bytes: RandomBytes) -> None:
        """Make a radio; nothing is opened yet.

        Args:
            name: for a person to read.
            connect: opens the link and lets it deliver to the host's `on_packet`; raises RadioUnavailable.
            clock: its system time becomes `HeardAdvertisement.at`.
            random_bytes: where addresses come from.
        """
        self._name = name
        self._connect = connect
        self._clock = clock
        self._random_bytes = random_bytes
        self._host: hci.HciHost | None = None
        self._link: hci.HciLink | None = None
        self._lock = asyncio.Lock()
        self._advertising = False
        self._scanning = False
        self._receptions: Receptions | None = None
        self.dropped_count = 0

    async def open(self) -> RadioInfo:
        """Connect, reset the controller and tell it how we send and listen."""
        if self._host is not None:
            raise already_open()
        host = hci.HciHost(self._heard)
        link = await self._connect(host)
        host.connect(link)
        try:
            await host.command(hci.RESET)
            await host.command(hci.SET_EVENT_MASK, _EVENT_MASK)
            await host.command(hci.LE_SET_EVENT_MASK, _LE_EVENT_MASK)
            await self._draw_address(host)
            await host.command(hci.LE_SET_ADVERTISING_PARAMETERS, _ADVERTISING_PARAMETERS)
            await host.command(hci.LE_SET_SCAN_PARAMETERS, _SCAN_PARAMETERS)
        except RadioError as error:
            await link.close()
            raise RadioUnavailable(
                "radio-unfit", f"{self._name} cannot be used as a radio: {error.sentence}"
            ) from error
        except BaseException:
            await link.close()
            raise
        self._host, self._link = host, link
        self._advertising = False  # The reset has ended it, whatever an earlier controller was told.
        return RadioInfo(name=self._name, sets_interval=True, rotates_while_scanning=True, every_advert=True)

    async def broadcast(self, advertisement: bytes, *, new_address: bool) -> None:
        """Start to advertise, or change what is advertised."""
        check_advertisement(advertisement)
        data = bytes((len(advertisement),)) + advertisement.ljust(MAX_BROADCAST_BYTES, b"\0")
        async with self._lock:
            host = self._opened()  # Not before: the radio may have been closed, and opened anew, meanwhile.
            if new_address:
                await self._rotate(host)
            await host.command(hci.LE_SET_ADVERTISING_DATA, data)
            if not self._advertising:
                await host.command(hci.LE_SET_ADVERTISING_ENABLE, b"\x01")
                self._advertising = True

    async def silence(self) -> None:
        """Stop advertising."""
        async with self._lock:
            await self._stop_advertising(self._opened())

    async def scan(self, seconds: float) -> list[HeardAdvertisement]:
        """Listen passively and return what was heard."""
        check_scan(seconds, running=self._receptions is not None)
        host = self._opened()
        self._receptions = receptions = Receptions()
        try:
            async with self._lock:
                await host.command(hci.LE_SET_SCAN_ENABLE, b"\x01\x00")
                self._scanning = True
            try:
                await self._clock.sleep(seconds)
            finally:
                if self._host is host:
                    async with self._lock:
                        self._scanning = False
                        await host.command(hci.LE_SET_SCAN_ENABLE, b"\x00\x00")
            if self._host is not host:
                raise not_open()
            return receptions.result()
        finally:
            self._receptions = None
            self.dropped_count += receptions.dropped_count

    async def close(self) -> None:
        """Take the advertisement off the air by a reset and give the link back.

        Raises:
            RadioError: the controller did not confirm; the last advertisement may still be on the air.
        """
        host, link = self._host, self._link
        self._host = self._link = None
        self._scanning = False
        if host is None or link is None:
            return
        try:
            async with self._lock:
                await self._stop_advertising(host)
                # Without it some adapters go on with the last advertisement when nobody holds them.
                await host.command(hci.RESET)
        finally:
            self._advertising = False  # A lost controller never confirms it; the next one has to be told.
            await link.close()

    def _opened(self) -> hci.HciHost:
        if self._host is None:
            raise not_open()
        return self._host

    def _heard(self, address: bytes, data: bytes, rssi_dbm: int) -> None:
        if self._receptions is not None:
            self._receptions.add(address, data, self._clock.system(), rssi_dbm)

    async def _stop_advertising(self, host: hci.HciHost) -> None:
        if self._advertising:
            await host.command(hci.LE_SET_ADVERTISING_ENABLE, b"\x00")
            self._advertising = False

    async def _draw_address(self, host: hci.HciHost) -> None:
        address = draw_address(self._random_bytes)
        await host.command(hci.LE_SET_RANDOM_ADDRESS, address[::-1])

    async def _rotate(self, host: hci.HciHost) -> None:
        """Take a new address; advertising is off afterwards, a scan goes on."""
        await self._stop_advertising(host)
        if not self._scanning:
            await self._draw_address(host)
            return
        await host.command(hci.LE_SET_SCAN_ENABLE, b"\x00\x00")
        try:
            await self._draw_address(host)
        finally:
            await host.command(hci.LE_SET_SCAN_ENABLE, b"\x01\x00")
