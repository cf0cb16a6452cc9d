"""What a phone keeps of an identifier it heard, and how much of it: records, samples and their limits.

Decides which candidates of a finished interval become records, and which records go when the store
is full. The visible identifier itself is not in a record. Source: docs/protocol.md, section 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bluezone.phone.chance import RandomBytes, below

MAX_RECORDS_PER_INTERVAL = 2048
MAX_RECORDS = 300_000
NEAR_RSSI_DBM = -75
SCAN_S = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """One tag set of one identifier in one minute.

    Attributes:
        received_at: first reception, whole seconds UTC.
        rssi_dbm: mean over the receptions, dBm.
        masked_metadata: M, one byte.
        time_tag, place_tag: T1 and T2, 3 bytes each.
        commitments: place commitments c of this receiver, 0 or 4 times 4 bytes.
    """

    received_at: int
    rssi_dbm: int
    masked_metadata: int
    time_tag: bytes
    place_tag: bytes
    commitments: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class EncounterRecord:
    """Sightings of one identifier in one interval, as they go to the disk.

    Attributes:
        interval: the receiver's interval.
        label: V[:2], 2 bytes.
        index_hash: h, 10 bytes.
        samples: in order of reception.
    """

    interval: int
    label: bytes
    index_hash: bytes
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be written, with what decides about it.

    Attributes:
        record: as it would be written.
        lasting: heard in two or more minutes.
        best_rssi_dbm: the strongest sample.
    """

    record: EncounterRecord
    lasting: bool
    best_rssi_dbm: int


def select_records(
    candidates: Sequence[Candidate], random_bytes: RandomBytes, limit: int = MAX_RECORDS_PER_INTERVAL
) -> list[EncounterRecord]:
    """The records of a finished interval: lasting ones first, then near ones, ties at random.

    Transmit power buys no place: beyond -75 dBm, louder is not better.
    """
    if len(candidates) <= limit:
        return [candidate.record for candidate in candidates]
    ranked = sorted(
        candidates,
        key=lambda one: (not one.lasting, one.best_rssi_dbm <= NEAR_RSSI_DBM, random_bytes(8)),
    )
    return [candidate.record for candidate in ranked[:limit]]


def shrink_plan(counts: Mapping[int, int], limit: int = MAX_RECORDS) -> dict[int, int]:
    """How many records each interval may keep when the store is over its limit.

    The fullest intervals shrink first, so a flood in one hour cannot push out a quiet day.

    Args:
        counts: interval to number of records.
        limit: records in the whole store.

    Returns:
        Interval to the number it may keep, only for the intervals that must shrink.
    """
    excess = sum(counts.values()) - limit
    if excess <= 0:
        return {}
    ordered = sorted(counts.values(), reverse=True)
    level, trimmed = ordered[0], 0
    for rank in range(1, len(ordered) + 1):
        below_this = ordered[rank] if rank < len(ordered) else 0
        room = (level - below_this) * rank
        if trimmed + room >= excess:
            level -= -(-(excess - trimmed) // rank)
            break
        trimmed, level = trimmed + room, below_this
    return {interval: level for interval, count in counts.items() if count > level}


def thin(keys: Sequence[int], keep: int, random_bytes: RandomBytes) -> list[int]:
    """Which of an interval's records go, at random, so that `keep` stay."""
    doomed = list(keys)
    for position in range(min(keep, len(doomed))):
        other = position + below(random_bytes, len(doomed) - position)
        doomed[position], doomed[other] = doomed[other], doomed[position]
    return doomed[keep:]
