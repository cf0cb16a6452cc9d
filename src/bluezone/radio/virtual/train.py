"""When an advertiser sends: the instants of its advertising events. Pure.

Event k is sent at start + k * interval + the sum of k + 1 pseudo-random delays of 0..10 ms. The delays come
from one fixed table that each train enters at a place of its own, so any event is found without counting.

Source: Bluetooth Core 5.4, Vol 6 Part B, 4.4.2.2: T_advEvent = advInterval + advDelay, advDelay 0..10 ms.
"""

import hashlib
from collections.abc import Iterator
from itertools import accumulate

MAX_DELAY_S = 0.010
UNIT_S = 0.000_625

# 250..270 ms in the units of HCI. Source: protocol section 3.
MIN_INTERVAL_UNITS = 400
MAX_INTERVAL_UNITS = 432

# A power of two, so that the place in the table and the turns around it are a mask and a shift.
_TABLE_BITS = 14
_TABLE_LENGTH = 1 << _TABLE_BITS
_PLACE_MASK = _TABLE_LENGTH - 1


def _sums_of_delays() -> tuple[float, ...]:
    stream = hashlib.shake_256(b"advertising delays").digest(2 * _TABLE_LENGTH)
    delays = (
        MAX_DELAY_S * int.from_bytes(stream[i : i + 2], "little") / 65_536 for i in range(0, len(stream), 2)
    )
    return tuple(accumulate(delays, initial=0.0))


# _SUMS[n] is the sum of the first n delays; the table repeats after its end.
_SUMS = _sums_of_delays()
_TOTAL = _SUMS[_TABLE_LENGTH]
_MEAN_DELAY = _TOTAL / _TABLE_LENGTH


def train_seed(station: int, address: bytes) -> int:
    """Return the number that makes a station's train differ from all others.

    Args:
        station: its number on the virtual air.
        address: the 6 bytes it sends from.
    """
    digest = hashlib.sha256(station.to_bytes(8, "little", signed=True) + address).digest()
    return int.from_bytes(digest[:8], "little")


class AdvertisingTrain:
    """The events of one advertiser from one start on."""

    __slots__ = ("_before", "_entry", "_interval", "_period", "start")

    def __init__(
        self,
        start: float,
        seed: int,
        min_units: int = MIN_INTERVAL_UNITS,
        max_units: int = MAX_INTERVAL_UNITS,
    ) -> None:
        """Let a train begin.

        Args:
            start: seconds UTC at which advertising was enabled; the first event follows within 10 ms.
            seed: 64 bits; picks the interval out of the range and the place in the table of delays.
            min_units: advertising interval, 0.625 ms.
            max_units: advertising interval, 0.625 ms.
        """
        self.start = start
        self._interval = (min_units + (seed >> 32) % (max_units - min_units + 1)) * UNIT_S
        self._entry = seed % _TABLE_LENGTH
        self._before = _SUMS[self._entry]
        self._period = self._interval + _MEAN_DELAY

    def at(self, event: int) -> float:
        """Return when an event is sent, in seconds UTC."""
        count = self._entry + event + 1
        delay = (count >> _TABLE_BITS) * _TOTAL + _SUMS[count & _PLACE_MASK] - self._before
        return self.start + (event * self._interval + delay)

    def first_at_or_after(self, instant: float) -> int:
        """Return the number of the first event that is not before an instant (seconds UTC)."""
        event = int((instant - self.start) / self._period)
        if event < 0:
            return 0
        at = self.at
        # The sum of the delays strays from its mean by a few hundred ms at most: a step or two.
        if at(event) < instant:
            event += 1
            while at(event) < instant:
                event += 1
            return event
        while event > 0 and at(event - 1) >= instant:
            event -= 1
        return event

    def events_between(self, begin: float, end: float) -> Iterator[tuple[int, float]]:
        """Yield number and instant of the events with begin <= instant < end."""
        event = self.first_at_or_after(begin)
        while (instant := self.at(event)) < end:
            yield event, instant
            event += 1
