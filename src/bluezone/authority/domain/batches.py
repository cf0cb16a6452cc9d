"""When a batch is due, and the keys in it, real ones and filler.

Leaves which sections there are to `batch_plan`, the bytes to protocol/batch and protocol/manifest.
Source: docs/protocol.md, section 6.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections import Counter
from collections.abc import Iterable, Mapping

from bluezone.authority.domain.batch_plan import Place
from bluezone.protocol.batch import Section
from bluezone.protocol.diagnosis_key import SETTLE_S
from bluezone.protocol.errors import BatchBodyError
from bluezone.protocol.keys import TEK_LENGTH

BATCH_PERIOD_S = 14400
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


def filler_key(secret: bytes, number: int) -> bytes:
    """A key (16 bytes) that belongs to nobody, and that only the holder of `secret` can tell."""
    return hmac.digest(secret, struct.pack("<I", number), hashlib.sha256)[:TEK_LENGTH]


def count_places(keys: Iterable[PublicKey]) -> Counter[Place]:
    """How many keys there are of each start and period."""
    return Counter((start, period) for start, period, _ in keys)


def assemble(keys: Iterable[PublicKey], plan: Mapping[Place, int], secret: bytes) -> list[Section]:
    """The sections of a batch; the same arguments always give the same ones.

    Args:
        keys: the real keys that are over, all different.
        plan: number of keys of each section.
        secret: 32 random bytes of this batch.

    Returns:
        The planned sections in strict order, real keys first and filler for what is missing.

    Raises:
        BatchBodyError: a key stands outside of the plan.
    """
    sections: dict[Place, set[bytes]] = {place: set() for place in sorted(plan)}
    for start, period, tek in keys:
        if (start, period) not in sections:
            raise BatchBodyError(f"a key of {start}+{period} is not in the plan of its batch")
        sections[start, period].add(tek)
    number = 0
    for place, teks in sections.items():
        while len(teks) < plan[place]:
            teks.add(filler_key(secret, number))
            number += 1
    return [Section(start, period, tuple(sorted(teks))) for (start, period), teks in sections.items()]


def _slot_of(time: float, period_s: int) -> int:
    return int((time - SETTLE_S) // period_s)
