"""What lies between the phones: who hears whom and how strongly. A port, and a fixed one for tests.

Decides what a medium must answer. The world (distances, bodies, fading, collisions) implements it elsewhere.
"""

from collections.abc import Collection, Mapping
from typing import Protocol

# A medium answers for one look; a longer scan begins a new look this often. The millisecond above 4 s is
# there so that the usual scan of 4 s does not need a second look because of a rounding.
LOOK_S = 4.001

# What a controller can report as a measured strength. Source: Core 5.4, Vol 4 Part E, 7.7.65.2.
MIN_RSSI_DBM = -126
MAX_RSSI_DBM = 20


class Medium(Protocol):
    """The air between numbered stations; every answer is a pure function of its arguments."""

    @property
    def lossless(self) -> bool:
        """Whether `is_lost` is always false; it is then never asked."""
        ...

    def senders_near(self, receiver: int, at: float) -> Mapping[int, int]:
        """Tell what a receiver can hear in a look that begins at `at`.

        Args:
            receiver: station number.
            at: seconds UTC; it may lie in the past by as much as a scan lasts.

        Returns:
            Whole dBm by sender, in an order that is always the same; it holds for the whole look.
        """
        ...

    def is_lost(self, sender: int, receiver: int, event: int, at: float) -> bool:
        """Tell whether this receiver misses one packet.

        Args:
            sender: station number.
            receiver: station number.
            event: number of the packet since the sender's address or start was new.
            at: seconds UTC of the packet.
        """
        ...


def audible(medium: Medium, receiver: int, at: float) -> dict[int, int]:
    """Return the senders of a look whose strength a controller can report, without the receiver itself."""
    return {
        sender: rssi_dbm
        for sender, rssi_dbm in medium.senders_near(receiver, at).items()
        if MIN_RSSI_DBM <= rssi_dbm <= MAX_RSSI_DBM and sender != receiver
    }


class FixedMedium:
    """Everybody at the same strength, or a strength for each pair; nothing is ever lost."""

    lossless = True

    def __init__(
        self,
        stations: Collection[int],
        rssi_dbm: int = -60,
        pairs: Mapping[tuple[int, int], int] | None = None,
    ) -> None:
        """Put stations on one air.

        Args:
            stations: their numbers.
            rssi_dbm: what every pair hears, if `pairs` is not given.
            pairs: dBm by (sender, receiver); a pair that is missing hears nothing.
        """
        self._near: dict[int, dict[int, int]] = {}
        for receiver in stations:
            strengths = {
                sender: rssi_dbm if pairs is None else pairs.get((sender, receiver))
                for sender in stations
                if sender != receiver
            }
            self._near[receiver] = {s: dbm for s, dbm in strengths.items() if dbm is not None}

    def senders_near(self, receiver: int, at: float) -> Mapping[int, int]:  # noqa: ARG002
        """Return the fixed strengths."""
        return self._near.get(receiver, {})

    def is_lost(self, sender: int, receiver: int, event: int, at: float) -> bool:  # noqa: ARG002
        """Return that nothing is lost."""
        return False
