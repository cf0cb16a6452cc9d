"""Which verified minutes a batch of diagnosis keys yields against what this phone heard: rules R1-R7.

This is the oracle: plain loops that read like the rules; faster kernels are compared with it. R1 (each
batch once) is the caller's, who saves head and results together; medical risk is decided in risk.py.
Source: docs/protocol.md, section 8.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bluezone.phone.encounter import Sample
from bluezone.protocol.advertisement import unmask_metadata
from bluezone.protocol.batch import Section
from bluezone.protocol.diagnosis_key import usable_at
from bluezone.protocol.errors import MalformedAdvertisement
from bluezone.protocol.interval import MINUTES_PER_INTERVAL, minute_of
from bluezone.protocol.keys import (
    FullIdentifier,
    TemporaryExposureKey,
    expand,
    full_identifier,
    index_hash,
    label_of,
)
from bluezone.protocol.tags import NO_PLACE, place_tag, time_tag

# 5 ms of work with keys of four hours.
PIECE_KEYS = 128
FLOOR_MINUTES = 3
FLOOR_SPAN_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class RecordRef:
    """Where a record is and what it is compared by.

    Attributes:
        day: UTC day, days since 1970-01-01.
        row: number within the day.
        index_hash: h, 10 bytes.
    """

    day: int
    row: int
    index_hash: bytes


RecordIndex = Mapping[tuple[int, bytes], Sequence[RecordRef]]
"""(interval, label) to the records filed under it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record whose label and hash fit an identifier of a diagnosis key."""

    tek: bytes
    interval: int
    ref: RecordRef


@dataclass(frozen=True, slots=True)
class VerifiedMinute:
    """One sender minute of one diagnosis key that this phone really received.

    Attributes:
        key_id: first 8 bytes of the index hash of the key; tells keys apart, is not the key.
        minute: q, the sender's minute.
        received_at: whole seconds UTC.
        level_db: RSSI + receiver correction - dbm_at_1m; 0 at one metre, falling with distance.
        rssi_dbm: as heard, dBm; None where an earlier version of this program kept the minute.
    """

    key_id: bytes
    minute: int
    received_at: int
    level_db: int
    rssi_dbm: int | None = None


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What a batch yields.

    Attributes:
        minutes: one per (key, sender minute), R6 applied.
        matched: records that belonged to a diagnosis key; their place commitments are to be erased.
        rejected_count: samples whose tags were wrong: a sign of a copied identifier (R9).
    """

    minutes: tuple[VerifiedMinute, ...]
    matched: tuple[RecordRef, ...]
    rejected_count: int


def find_hits(sections: Iterable[Section], manifest_time: int, index: RecordIndex) -> Iterator[Hit]:
    """R2 and R3: usable keys, expanded, compared by label and then by hash.

    Args:
        sections: of a verified batch.
        manifest_time: seconds UTC.
        index: the records that exist now.
    """
    for piece in usable_pieces(sections, manifest_time, index):
        yield from hits_of(piece, index)


def usable_pieces(sections: Iterable[Section], manifest_time: int, index: RecordIndex) -> Iterator[Section]:
    """R2: the keys that are worth comparing, a few at a time; `hits_of` takes some milliseconds for each.

    Args:
        sections, manifest_time, index: see `find_hits`.
    """
    heard_in = {interval for interval, _ in index}
    for section in sections:
        start, period = section.rolling_start, section.rolling_period
        if not usable_at(start, period, manifest_time):
            continue
        if heard_in.isdisjoint(range(start - 1, start + period + 1)):
            continue  # Nothing was heard while these keys served: there is nothing to compare.
        for at in range(0, len(section.teks), PIECE_KEYS):
            yield Section(start, period, section.teks[at : at + PIECE_KEYS])


def hits_of(piece: Section, index: RecordIndex) -> Iterator[Hit]:
    """R3: the keys of a usable piece, expanded, compared by label and then by hash."""
    start, period = piece.rolling_start, piece.rolling_period
    for tek in piece.teks:
        for interval, visible in enumerate(expand(tek, start, period), start):
            yield from _compare(tek, interval, visible, index)


def _compare(tek: bytes, interval: int, visible: bytes, index: RecordIndex) -> Iterator[Hit]:
    label, wanted = label_of(visible), b""
    for candidate_interval in (interval - 1, interval, interval + 1):
        for ref in index.get((candidate_interval, label), ()):
            wanted = wanted or index_hash(visible)  # The hash is only paid for when the label fits.
            if ref.index_hash == wanted:
                yield Hit(tek, interval, ref)


def verify_hits(hits: Iterable[tuple[Hit, Sequence[Sample]]], receiver_correction_db: int = 0) -> MatchResult:
    """R4, R5 and R6: which samples of the hits carry true tags, one per key and sender minute.

    Args:
        hits: each with the samples of its record.
        receiver_correction_db: of this phone's model, dB.
    """
    earliest: dict[tuple[bytes, int], VerifiedMinute] = {}
    matched: dict[RecordRef, None] = {}
    rejected = 0
    for hit, samples in hits:
        matched[hit.ref] = None
        identifier = full_identifier(TemporaryExposureKey(hit.tek), hit.interval)
        key_id = index_hash(hit.tek)[:8]
        for sample in samples:
            verified = verify_sample(identifier, hit.interval, sample)
            if verified is None:
                rejected += 1
                continue
            minute, dbm_at_1m = verified
            level = sample.rssi_dbm + receiver_correction_db - dbm_at_1m
            found = VerifiedMinute(key_id, minute, sample.received_at, level, sample.rssi_dbm)
            known = earliest.get((key_id, minute))
            if known is None or found.received_at < known.received_at:
                earliest[key_id, minute] = found
    minutes = sorted(earliest.values(), key=lambda one: (one.minute, one.key_id))
    return MatchResult(tuple(minutes), tuple(matched), rejected)


def verify_sample(identifier: FullIdentifier, interval: int, sample: Sample) -> tuple[int, int] | None:
    """R4 and R5 for one sample.

    Returns:
        The sender's minute and its level at 1 m in dBm, or None if the sample is to be rejected.
    """
    key, visible = identifier.tag_key, identifier.visible
    received_minute = minute_of(sample.received_at)
    for minute in (received_minute - 1, received_minute, received_minute + 1):
        if minute // MINUTES_PER_INTERVAL != interval:
            continue
        if time_tag(key, minute, visible, sample.masked_metadata) == sample.time_tag:
            break
    else:
        return None
    try:
        dbm_at_1m = unmask_metadata(identifier.metadata_mask, sample.masked_metadata)
    except MalformedAdvertisement:
        return None
    if sample.commitments:
        allowed = {place_tag(key, minute, sample.time_tag, c) for c in (*sample.commitments, NO_PLACE)}
        if sample.place_tag not in allowed:
            return None
    return minute, dbm_at_1m


def passing_minutes(minutes: Iterable[VerifiedMinute]) -> list[VerifiedMinute]:
    """R7: the verified minutes (of all batches) that some 1440 consecutive minutes hold at least 3 of.

    A minute counts once, however many keys it was verified for.
    """
    found = list(minutes)
    distinct = sorted({one.minute for one in found})
    passing: set[int] = set()
    for first in range(len(distinct) - FLOOR_MINUTES + 1):
        last = first + FLOOR_MINUTES - 1
        if distinct[last] - distinct[first] < FLOOR_SPAN_MINUTES:
            # Any minute in such a group passes; later members join through later groups of three.
            passing.update(distinct[first : last + 1])
    return [one for one in found if one.minute in passing]
