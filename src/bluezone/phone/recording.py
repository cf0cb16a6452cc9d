"""One phone listens to another at a known distance, and writes down what it hears.

Decides the rhythm of its scans and what a row holds: four hex digits of the identifier, never all of it.
It sends nothing. Judging the rows is calibration.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bluezone.phone.encounter import SCAN_S
from bluezone.protocol.advertisement import parse_advertisement
from bluezone.protocol.errors import AdvertisementError
from bluezone.radio.port import AirClock, HeardAdvertisement, Radio

PAUSE_S = 1.0
PREFIX_BYTES = 2

Row = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class RecordedPair:
    """Who listens to whom.

    Attributes:
        receiver, sender: names of their models.
        metres: between them.
        service_uuid: of the region, 16 bit.
    """

    receiver: str
    sender: str
    metres: float
    service_uuid: int


async def record_pair(
    radio: Radio, pair: RecordedPair, clock: AirClock, seconds: float, write: Callable[[Row], object]
) -> tuple[int, int]:
    """Scans for some time; each scan becomes one row for every phone that it heard, or one empty row.

    Args:
        radio: of this phone, not open yet; closed afterwards.
        pair: who listens to whom.
        clock: of this phone.
        seconds: how long.
        write: takes the rows as they come.

    Returns:
        Scans, and those in which another phone was heard.

    Raises:
        RadioError: the radio failed; the rows so far are written.
    """
    scans = heard_count = 0
    await radio.open()
    try:
        ends_at = clock.system() + seconds
        while (at := clock.system()) < ends_at:
            found = mean_rssi(await radio.scan(float(SCAN_S)), pair.service_uuid)
            for identifier, rssi in found.items() or (("", ""),):
                write((f"{at:.1f}", pair.receiver, pair.sender, f"{pair.metres:g}", identifier, str(rssi)))
            scans += 1
            heard_count += bool(found)
            await clock.sleep(PAUSE_S)
    finally:
        await radio.close()
    return scans, heard_count


def mean_rssi(heard: list[HeardAdvertisement], service_uuid: int) -> dict[str, int]:
    """Mean RSSI by identifier (its first four hex digits), dBm; other devices are left out."""
    sums: dict[str, tuple[int, int]] = {}
    for one in heard:
        try:
            prefix = parse_advertisement(one.data, service_uuid).visible[:PREFIX_BYTES].hex()
        except AdvertisementError:
            continue
        total, count = sums.get(prefix, (0, 0))
        sums[prefix] = total + one.rssi_dbm * one.count, count + one.count
    return {prefix: round(total / count) for prefix, (total, count) in sums.items()}
