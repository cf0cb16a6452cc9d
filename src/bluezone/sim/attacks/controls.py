"""Twins of production rules that lack one guard: the control of an attack that must then succeed.

Only attacks and their tests use them. With every guard on, the twin decides exactly what production
decides; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bluezone.phone.encounter import Sample
from bluezone.phone.matching import Hit, MatchResult, RecordRef, VerifiedMinute
from bluezone.protocol.advertisement import unmask_metadata
from bluezone.protocol.errors import MalformedAdvertisement
from bluezone.protocol.interval import minute_of
from bluezone.protocol.keys import FullIdentifier, TemporaryExposureKey, full_identifier, index_hash
from bluezone.protocol.tags import NO_PLACE, place_tag, time_tag


@dataclass(frozen=True, slots=True)
class TwinMatcher:
    """Rules R4 to R6 with each guard in one field.

    Attributes:
        checks_time: R4, the time tag.
        checks_place: R5, the place tag.
        counts_minutes_once: R6, one frame is one minute at most; without it every reception is a minute.
    """

    checks_time: bool = True
    checks_place: bool = True
    counts_minutes_once: bool = True

    def __call__(self, hits: Iterable[tuple[Hit, Sequence[Sample]]]) -> MatchResult:
        """What `verify_hits` would return without the guards that are off."""
        found: dict[tuple[bytes, int], VerifiedMinute] = {}
        matched: dict[RecordRef, None] = {}
        rejected = 0
        for hit, samples in hits:
            matched[hit.ref] = None
            identifier = full_identifier(TemporaryExposureKey(hit.tek), hit.interval)
            for sample in samples:
                verified = self._verify(identifier, hit.interval, sample)
                if verified is None:
                    rejected += 1
                    continue
                minute, level = verified
                counted = minute if self.counts_minutes_once else minute_of(sample.received_at)
                key = index_hash(hit.tek)[:8], counted
                one = VerifiedMinute(*key, sample.received_at, sample.rssi_dbm - level)
                if key not in found or one.received_at < found[key].received_at:
                    found[key] = one
        minutes = sorted(found.values(), key=lambda one: (one.minute, one.key_id))
        return MatchResult(tuple(minutes), tuple(matched), rejected)

    def _verify(self, identifier: FullIdentifier, interval: int, sample: Sample) -> tuple[int, int] | None:
        minute = minute_of(sample.received_at)
        if self.checks_time:
            near = [q for q in (minute - 1, minute, minute + 1) if q // 10 == interval]
            tags = {
                time_tag(identifier.tag_key, q, identifier.visible, sample.masked_metadata): q for q in near
            }
            if sample.time_tag not in tags:
                return None
            minute = tags[sample.time_tag]
        try:
            level = unmask_metadata(identifier.metadata_mask, sample.masked_metadata)
        except MalformedAdvertisement:
            return None
        if self.checks_place and sample.commitments:
            allowed = (*sample.commitments, NO_PLACE)
            if sample.place_tag not in {
                place_tag(identifier.tag_key, minute, sample.time_tag, c) for c in allowed
            }:
                return None
        return minute, level


def without_time_tag() -> TwinMatcher:
    """A matcher that believes any frame with a known identifier, as systems without tags do."""
    return TwinMatcher(checks_time=False)


def without_place_tag() -> TwinMatcher:
    """A matcher that does not ask where a frame was made."""
    return TwinMatcher(checks_place=False)


def without_one_frame_one_minute() -> TwinMatcher:
    """A matcher that counts every minute in which a frame was received."""
    return TwinMatcher(counts_minutes_once=False)
