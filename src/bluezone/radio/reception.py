"""What one scan has heard: many receptions become one item per (address, data). Pure.

Decides how receptions are averaged, which are not counted, and how many different pairs are kept.
"""

from bluezone.radio.port import MAX_PAIRS_PER_SCAN, HeardAdvertisement

# 127 is "not available"; -127 and -128 are what some controllers say instead. Source: Core 5.4, Vol 4 Part E,
# 7.7.65.2, and the practice of BlueZ hosts.
UNUSABLE_RSSI = frozenset((127, -127, -128))


class Receptions:
    """The receptions of one scan, added one by one or as runs of one pair at one strength."""

    __slots__ = ("_limit", "_pairs", "dropped_count")

    def __init__(self, limit: int = MAX_PAIRS_PER_SCAN) -> None:
        # key -> [first at, sum of dBm, receptions]
        self._pairs: dict[tuple[bytes, bytes], list[float]] = {}
        self._limit = limit
        self.dropped_count = 0

    def add(self, address: bytes, data: bytes, at: float, rssi_dbm: int, count: int = 1) -> None:
        """Count receptions of one pair; runs are added in the order of their first reception.

        Args:
            address: 6 bytes.
            data: 0..255 bytes.
            at: seconds UTC of the first of them.
            rssi_dbm: the same for all of them.
            count: how many.
        """
        if rssi_dbm in UNUSABLE_RSSI:
            return
        key = (address, data)
        pair = self._pairs.get(key)
        if pair is not None:
            pair[1] += rssi_dbm * count
            pair[2] += count
        elif len(self._pairs) < self._limit:
            self._pairs[key] = [at, rssi_dbm * count, count]
        else:
            self.dropped_count += count

    def result(self) -> list[HeardAdvertisement]:
        """Return one item per pair, ordered by first reception."""
        heard = [
            HeardAdvertisement(at, address, data, mean_half_up(int(total), int(count)), int(count))
            for (address, data), (at, total, count) in self._pairs.items()
        ]
        heard.sort(key=lambda item: (item.at, item.address, item.data))
        return heard


def mean_half_up(total: int, count: int) -> int:
    """Return total / count in whole numbers; exactly a half goes up, also below zero."""
    return (2 * total + count) // (2 * count)
