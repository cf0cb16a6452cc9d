"""A phone whose machine shows the wrong time: its clock, and its radio's stamps, are off by as much.

Decides nothing; everything else passes through.
"""

from __future__ import annotations

from dataclasses import replace

from bluezone.clock import Clock
from bluezone.radio.port import HeardAdvertisement, Radio, RadioInfo


class WrongClock:
    """A clock that is off.

    Args:
        true: the town's.
        error_s: how far ahead, seconds.
    """

    def __init__(self, true: Clock, error_s: float) -> None:
        self._true = true
        self._error_s = error_s

    def system(self) -> float:
        """The wrong time, seconds UTC."""
        return self._true.system() + self._error_s

    def monotonic(self) -> float:
        """Seconds; nobody sets this clock."""
        return self._true.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Waits; a second is a second."""
        await self._true.sleep(seconds)


class WrongClockRadio:
    """A radio that stamps with the wrong time.

    Args:
        radio: the right one.
        error_s: how far ahead, seconds.
    """

    def __init__(self, radio: Radio, error_s: float) -> None:
        self._radio = radio
        self._error_s = error_s

    @property
    def dropped_count(self) -> int:
        """As the radio says."""
        return self._radio.dropped_count

    async def open(self) -> RadioInfo:
        """As the radio does."""
        return await self._radio.open()

    async def broadcast(self, advertisement: bytes, *, new_address: bool) -> None:
        """As the radio does."""
        await self._radio.broadcast(advertisement, new_address=new_address)

    async def silence(self) -> None:
        """As the radio does."""
        await self._radio.silence()

    async def scan(self, seconds: float) -> list[HeardAdvertisement]:
        """What the radio heard, stamped wrong."""
        return [replace(one, at=one.at + self._error_s) for one in await self._radio.scan(seconds)]

    async def close(self) -> None:
        """As the radio does."""
        await self._radio.close()
