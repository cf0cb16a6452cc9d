"""What a phone hears during one interval, held in memory within fixed limits.

Decides which identifiers and which tag sets are remembered until the interval ends, whatever is
shouted on the air. Leaves writing to the store. Source: docs/protocol.md, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bluezone.phone.chance import RandomBytes, below
from bluezone.phone.encounter import Candidate, EncounterRecord, Sample
from bluezone.protocol.advertisement import Payload
from bluezone.protocol.interval import MINUTE_S
from bluezone.protocol.keys import index_hash, label_of

MAX_CANDIDATES = 16_384
MAX_LASTING = 8_192
MAX_TAG_SETS = 4

TagSet = tuple[int, bytes, bytes]


@dataclass(slots=True)
class _Heard:
    """Receptions of one tag set within one minute."""

    first_at: float
    count: int
    rssi_sum: int
    commitments: tuple[bytes, ...]


@dataclass(slots=True)
class _Identifier:
    """Everything heard of one visible identifier: minute to tag set to receptions."""

    place: int
    minutes: dict[int, dict[TagSet, _Heard]] = field(default_factory=dict)


class _Bounded:
    """A dictionary by visible identifier with a size limit and uniform random eviction."""

    __slots__ = ("_limit", "_order", "entries", "evicted_count")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._order: list[bytes] = []
        self.entries: dict[bytes, _Identifier] = {}
        self.evicted_count = 0

    def add(self, visible: bytes, entry: _Identifier, random_bytes: RandomBytes) -> None:
        if len(self._order) >= self._limit:
            # The newcomer takes part in the draw, so that being late is no advantage either.
            victim = below(random_bytes, self._limit + 1)
            self.evicted_count += 1
            if victim == self._limit:
                return
            self.remove(self._order[victim])
        entry.place = len(self._order)
        self._order.append(visible)
        self.entries[visible] = entry

    def remove(self, visible: bytes) -> _Identifier:
        entry = self.entries.pop(visible)
        last = self._order.pop()
        if last != visible:
            self._order[entry.place] = last
            self.entries[last].place = entry.place
        return entry


class IntervalSightings:
    """Sightings of one interval.

    Args:
        interval: the receiver's interval j.
        random_bytes: decides evictions.
    """

    def __init__(self, interval: int, random_bytes: RandomBytes) -> None:
        self.interval = interval
        self._random_bytes = random_bytes
        self._passing = _Bounded(MAX_CANDIDATES)
        self._lasting = _Bounded(MAX_LASTING)

    def __len__(self) -> int:
        return len(self._passing.entries) + len(self._lasting.entries)

    @property
    def evicted_count(self) -> int:
        """Identifiers that were dropped because memory is limited: a sign of an attack."""
        return self._passing.evicted_count + self._lasting.evicted_count

    def add(
        self, payload: Payload, at: float, rssi_dbm: int, count: int, commitments: tuple[bytes, ...] = ()
    ) -> None:
        """Remembers the receptions of one payload in one scan.

        Args:
            payload: 20 bytes, parsed.
            at: first reception, seconds UTC.
            rssi_dbm: mean over the receptions, dBm.
            count: receptions.
            commitments: place commitments of this receiver, if it has a fix.
        """
        visible, minute = payload.visible, int(at // MINUTE_S)
        entry = self._lasting.entries.get(visible)
        if entry is None:
            entry = self._passing.entries.get(visible)
            if entry is None:
                entry = _Identifier(place=0)
                self._passing.add(visible, entry, self._random_bytes)
            elif minute not in entry.minutes:
                self._passing.remove(visible)
                self._lasting.add(visible, entry, self._random_bytes)
        tag_set = (payload.masked_metadata, payload.time_tag, payload.place_tag)
        sets = entry.minutes.setdefault(minute, {})
        self._add_tag_set(sets, tag_set, _Heard(at, count, rssi_dbm * count, commitments))

    def _add_tag_set(self, sets: dict[TagSet, _Heard], tag_set: TagSet, heard: _Heard) -> None:
        known = sets.get(tag_set)
        if known is not None:
            known.first_at = min(known.first_at, heard.first_at)
            known.count += heard.count
            known.rssi_sum += heard.rssi_sum
            return
        if len(sets) >= MAX_TAG_SETS:
            rarest = min(sets, key=lambda one: sets[one].count)
            # Those heard most often stay; among equals it is a coin, so that order buys nothing.
            if sets[rarest].count > heard.count:
                return
            if sets[rarest].count == heard.count and below(self._random_bytes, 2):
                return
            del sets[rarest]
        sets[tag_set] = heard

    def candidates(self) -> list[Candidate]:
        """Everything still remembered, as records that may be written, in a reproducible order."""
        found = [_candidate(self.interval, visible, one) for visible, one in self._lasting.entries.items()]
        found += [_candidate(self.interval, visible, one) for visible, one in self._passing.entries.items()]
        return found


def _candidate(interval: int, visible: bytes, entry: _Identifier) -> Candidate:
    samples = [
        Sample(
            received_at=int(heard.first_at),
            rssi_dbm=_rounded(heard.rssi_sum, heard.count),
            masked_metadata=tag_set[0],
            time_tag=tag_set[1],
            place_tag=tag_set[2],
            commitments=heard.commitments,
        )
        for sets in entry.minutes.values()
        for tag_set, heard in sets.items()
    ]
    samples.sort(key=lambda sample: sample.received_at)
    record = EncounterRecord(interval, label_of(visible), index_hash(visible), tuple(samples))
    return Candidate(record, len(entry.minutes) > 1, max(sample.rssi_dbm for sample in samples))


def _rounded(total: int, count: int) -> int:
    """Mean in whole dBm, half up."""
    return (2 * total + count) // (2 * count)
