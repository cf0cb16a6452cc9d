"""What goes into a batch, and when the next one is due.

Decides the rhythm, which windows a batch covers, and the filler that hides how many keys are real.
Leaves the bytes to protocol/batch and protocol/manifest. Source: docs/protocol.md, section 6.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Iterable

from bluezone.protocol.batch import Section
from bluezone.protocol.diagnosis_key import SETTLE_S
from bluezone.protocol.interval import DAY_S, DEFAULT_WINDOW, INTERVAL_S
from bluezone.protocol.keys import TEK_LENGTH

BATCH_PERIOD_S = 14400
SECTION_FLOOR = 10
COVERED_S = 14 * DAY_S
FILLER_SECRET_LENGTH = 32

# rolling_start, rolling_period, TEK (16 bytes)
PublicKey = tuple[int, int, bytes]


def is_due(last_time: int | None, now: float, period_s: int = BATCH_PERIOD_S) -> bool:
    """Whether a batch must be built.

    Batches follow a grid of `period_s`, late by the two minutes after which the window that ends at
    a grid point is over: the keys of that window then need not wait for another period.

    Args:
        last_time: time of the newest batch (seconds UTC); None when there is none: then one is due.
        now: seconds UTC.
        period_s: seconds between batches.
    """
    return last_time is None or _slot_of(last_time, period_s) < _slot_of(now, period_s)


def seconds_to_next_slot(now: float, period_s: int = BATCH_PERIOD_S) -> float:
    """Seconds until the grid's next point."""
    return (_slot_of(now, period_s) + 1) * period_s + SETTLE_S - now


def covered_windows(time: int, tek_period: int = DEFAULT_WINDOW) -> range:
    """First intervals of the key windows that are over at `time` and ended in the last 14 days.

    Args:
        time: of the batch, seconds UTC.
        tek_period: 24 intervals, or 144 in surge mode.
    """
    window_s = tek_period * INTERVAL_S
    first_end = (time - COVERED_S) // window_s + 1
    last_end = (time - SETTLE_S) // window_s
    return range(max(0, first_end - 1) * tek_period, last_end * tek_period, tek_period)


def filler_key(secret: bytes, number: int) -> bytes:
    """A key (16 bytes) that belongs to nobody, and that only the holder of `secret` can tell."""
    return hmac.digest(secret, struct.pack("<I", number), hashlib.sha256)[:TEK_LENGTH]


def assemble(
    keys: Iterable[PublicKey], *, time: int, tek_period: int, section_floor: int, secret: bytes
) -> list[Section]:
    """The sections of a batch; the same arguments always give the same ones.

    Args:
        keys: the real keys that are over.
        time: of the batch, seconds UTC.
        tek_period: 24 intervals, or 144 in surge mode.
        section_floor: the least number of keys in a section.
        secret: 32 random bytes of this batch.

    Returns:
        Every covered window and every other (start, period) of a real key, in strict order.
    """
    sections: dict[tuple[int, int], set[bytes]] = {
        (start, tek_period): set() for start in covered_windows(time, tek_period)
    }
    for start, period, tek in keys:
        sections.setdefault((start, period), set()).add(tek)
    number = 0
    for place in sorted(sections):
        teks = sections[place]
        while len(teks) < section_floor:
            teks.add(filler_key(secret, number))
            number += 1
    return [
        Section(start, period, tuple(sorted(sections[start, period]))) for start, period in sorted(sections)
    ]


def _slot_of(time: float, period_s: int) -> int:
    return int((time - SETTLE_S) // period_s)
