"""The air as a port: bytes, dBm and seconds. It knows no keys and does not look into the bytes.

Decides what a radio promises to a phone and how it fails. Which way to the air is taken (virtual, an adapter
that speaks HCI) is decided in `adapter.py`; what the bytes mean, in the protocol.

    RadioError            everything that a radio raises
    ├── RadioUnavailable  there is no such radio, or it cannot be opened here
    ├── RadioLost         it was open and has gone: unplugged, disconnected, silent
    ├── RadioRefused      the controller answered a command with an error
    └── RadioMisused      the caller broke a rule of this port
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

# What a legacy advertisement carries. Source: Bluetooth Core 5.4, Vol 4 Part E, 7.8.7.
MAX_BROADCAST_BYTES = 31

# A hostile neighbour can send a new address with every packet; more different pairs are counted, not kept.
MAX_PAIRS_PER_SCAN = 65_536

# One scan is one list in memory; a phone that wants to listen longer scans again.
MAX_SCAN_S = 3600.0

# What we ask of every radio that can be asked. Source: protocol section 3.
MIN_INTERVAL_S = 0.250
MAX_INTERVAL_S = 0.270

RandomBytes = Callable[[int], bytes]


class RadioError(Exception):
    """A radio failed; `code` is stable, `sentence` is for the person who reads it."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class RadioUnavailable(RadioError):
    """There is no such radio, or it cannot be opened here."""


class RadioLost(RadioError):
    """The radio was open and has gone."""


class RadioRefused(RadioError):
    """The controller answered a command with an error."""


class RadioMisused(RadioError):
    """The caller broke a rule of the port."""


class AirClock(Protocol):
    """The part of a clock that a radio needs (the project's `Clock` has it)."""

    def system(self) -> float:
        """Return seconds UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds of this clock."""
        ...


@dataclass(frozen=True, slots=True)
class RadioInfo:
    """What an open radio can do.

    Attributes:
        name: for a person to read.
        sets_interval: it sends every 250..270 ms as asked, not at a rhythm of its own.
        rotates_while_scanning: a new address during a scan works (with at most a few ms of the scan lost).
        every_advert: it reports every packet, so that counts and mean RSSI mean something.
    """

    name: str
    sets_interval: bool
    rotates_while_scanning: bool
    every_advert: bool


@dataclass(frozen=True, slots=True)
class HeardAdvertisement:
    """One (address, data) pair that was heard in one scan.

    Attributes:
        at: seconds UTC of the first reception, by the radio's clock.
        address: 6 bytes, the most significant first, as addresses are written.
        data: the AD structures as heard, 0..255 bytes; nobody has checked them yet.
        rssi_dbm: mean over the receptions in whole dBm, a half rounds up.
        count: receptions.
    """

    at: float
    address: bytes
    data: bytes = field(repr=False)  # It holds an identifier, which belongs in no log.
    rssi_dbm: int
    count: int


class Radio(Protocol):
    """One way to the air, for one phone."""

    @property
    def dropped_count(self) -> int:
        """Receptions of pairs beyond `MAX_PAIRS_PER_SCAN`, which were not kept, since the radio was made."""
        ...

    async def open(self) -> RadioInfo:
        """Take the radio into use; nothing is on the air yet.

        Raises:
            RadioUnavailable: with the reason and, where there is one, the remedy.
        """
        ...

    async def broadcast(self, advertisement: bytes, *, new_address: bool) -> None:
        """Start to advertise, or change what is advertised, non-connectable and non-scannable.

        Args:
            advertisement: the whole AD structures, at most 31 bytes.
            new_address: draw a new random non-resolvable address; otherwise the address stays.

        Raises:
            RadioError: the old advertisement may still be on the air; `silence` or `close` then.
        """
        ...

    async def silence(self) -> None:
        """Stop advertising; the address stays for a later `broadcast(..., new_address=False)`."""
        ...

    async def scan(self, seconds: float) -> list[HeardAdvertisement]:
        """Listen passively for that long.

        Args:
            seconds: more than 0, at most `MAX_SCAN_S`. Only one scan runs at a time.

        Returns:
            One item per different (address, data), by time of its first reception.
        """
        ...

    async def close(self) -> None:
        """Take the advertisement off the air for certain and give the radio back; closing twice is fine."""
        ...


def check_advertisement(advertisement: bytes) -> None:
    """Refuse what does not fit into a legacy advertisement.

    Raises:
        RadioMisused: `advertisement-length`.
    """
    if len(advertisement) > MAX_BROADCAST_BYTES:
        raise RadioMisused(
            "advertisement-length",
            f"An advertisement holds {MAX_BROADCAST_BYTES} bytes; this one has {len(advertisement)}.",
        )


def check_scan(seconds: float, *, running: bool) -> None:
    """Refuse a scan that cannot be: no length, endless, or beside another one.

    Raises:
        RadioMisused: `scan-length` or `scan-running`.
    """
    if not 0 < seconds <= MAX_SCAN_S:
        raise RadioMisused("scan-length", f"A scan lasts more than 0 and at most {MAX_SCAN_S:.0f} seconds.")
    if running:
        raise RadioMisused("scan-running", "A scan is already running on this radio.")


def not_open() -> RadioMisused:
    """Return the error of a radio that is used before `open` or after `close`."""
    return RadioMisused("radio-not-open", "This radio is not open.")


def already_open() -> RadioMisused:
    """Return the error of a radio that is opened twice."""
    return RadioMisused("radio-already-open", "This radio is open already.")


def draw_address(random_bytes: RandomBytes) -> bytes:
    """Draw a random non-resolvable private address.

    Args:
        random_bytes: a cryptographic source outside of tests.

    Returns:
        6 bytes, the most significant first; its two top bits are 00.

    Source: Bluetooth Core 5.4, Vol 6 Part B, 1.3.2.2: the random part is neither all zeros nor all ones.
    """
    while True:
        drawn = random_bytes(6)
        address = bytes((drawn[0] & 0x3F,)) + drawn[1:]
        if address not in (bytes(6), b"\x3f\xff\xff\xff\xff\xff"):
            return address
