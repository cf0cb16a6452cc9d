"""Rules R2 to R7, each with a case that passes and one that fails (section 8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bluezone.phone.encounter import EncounterRecord, Sample
from bluezone.phone.matching import (
    Hit,
    MatchResult,
    RecordRef,
    VerifiedMinute,
    find_hits,
    passing_minutes,
    verify_hits,
    verify_sample,
)
from bluezone.protocol.advertisement import build_payload
from bluezone.protocol.batch import Section
from bluezone.protocol.interval import interval_of, minute_of
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier
from bluezone.protocol.tags import time_tag
from tests.unit.phone.case import MIDNIGHT, TEK, record, sample

START = interval_of(MIDNIGHT)
SECTION = Section(START, 24, (TEK,))
OVER = (START + 24) * 600 + 120
IDENTIFIER = full_identifier(TemporaryExposureKey(TEK), START)
OTHER = bytes(range(1, 17))


def index_of(*records: EncounterRecord) -> dict[tuple[int, bytes], list[RecordRef]]:
    """The index that a store would give for these records."""
    found: dict[tuple[int, bytes], list[RecordRef]] = {}
    for row, one in enumerate(records):
        found.setdefault((one.interval, one.label), []).append(RecordRef(0, row, one.index_hash))
    return found


def hits(
    *records: EncounterRecord, sections: tuple[Section, ...] = (SECTION,), time: int = OVER
) -> list[Hit]:
    """Hits of some sections among these records."""
    return list(find_hits(sections, time, index_of(*records)))


def verified(*samples: Sample, interval: int = START) -> MatchResult:
    """What one record of TEK with these samples yields."""
    return verify_hits([(Hit(TEK, interval, RecordRef(0, 0, b"")), samples)])


class TestR2:
    """A key is used once it is over, and not when it is old."""

    @pytest.mark.parametrize(
        ("time", "found"),
        [(OVER - 1, 0), (OVER, 1), (START * 600 + 21 * 86_400, 1), (START * 600 + 21 * 86_400 + 1, 0)],
    )
    def test_age(self, time: int, found: int) -> None:
        assert len(hits(record(TEK, START), time=time)) == found

    def test_a_failing_key_does_not_stop_the_others(self) -> None:
        running = Section(START + 144, 144, (OTHER,))
        assert len(hits(record(TEK, START), sections=(SECTION, running))) == 1


class TestR3:
    """Identifiers of the key's own intervals, in records of the interval before, of and after it."""

    @pytest.mark.parametrize(("shift", "found"), [(-2, 0), (-1, 1), (0, 1), (1, 1), (2, 0)])
    def test_neighbouring_intervals(self, shift: int, found: int) -> None:
        said_in = START + 10
        assert len(hits(record(TEK, said_in + shift, sender_interval=said_in))) == found

    @pytest.mark.parametrize(("said_in", "found"), [(-1, 0), (0, 1), (23, 1), (24, 0)])
    def test_only_the_period_of_the_key(self, said_in: int, found: int) -> None:
        assert len(hits(record(TEK, START + said_in))) == found

    def test_an_early_closed_key_gives_nothing_after_its_end(self) -> None:
        """T-17 and T-29: the period, not the key alone, says what was its owner's."""
        closed = Section(START, 7, (TEK,))
        assert len(hits(record(TEK, START + 6), sections=(closed,))) == 1
        assert hits(record(TEK, START + 7), sections=(closed,)) == []

    def test_the_hash_decides_and_not_the_label(self) -> None:
        same_label = replace(record(TEK, START), index_hash=b"0123456789")
        assert hits(same_label) == []
        assert len(hits(same_label, record(TEK, START))) == 1

    def test_another_label_is_never_found(self) -> None:
        assert hits(replace(record(TEK, START), label=b"xy")) == []

    def test_a_hit_knows_key_interval_and_record(self) -> None:
        one = record(TEK, START + 3)
        assert hits(record(OTHER, START + 3), one) == [Hit(TEK, START + 3, RecordRef(0, 1, one.index_hash))]

    def test_one_identifier_in_two_records_is_two_hits(self) -> None:
        assert len(hits(record(TEK, START), record(TEK, START + 1, sender_interval=START))) == 2


class TestR4:
    """The time tag must be right for a minute next to the one of reception, within the interval."""

    @pytest.mark.parametrize(("late_by", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
    def test_clocks_may_differ_by_a_minute(self, late_by: int, good: bool) -> None:
        at = MIDNIGHT + 300
        said = sample(TEK, at, minute=minute_of(at) - late_by)
        result = verified(said)
        assert len(result.minutes) == int(good)
        assert result.rejected_count == int(not good)
        assert [one.minute for one in result.minutes] == [minute_of(at) - late_by] * good

    def test_a_frame_of_the_next_interval_does_not_count_for_this_one(self) -> None:
        at = MIDNIGHT + 599
        crossing = sample(TEK, at, minute=minute_of(at) + 1)
        assert verified(crossing).minutes == ()
        assert len(verified(crossing, interval=START + 1).minutes) == 1

    @pytest.mark.parametrize(("second", "minute"), [(5, -1), (599, 10)])
    def test_an_identifier_is_not_true_in_a_minute_of_another_interval(
        self, second: int, minute: int
    ) -> None:
        """Not even for the holder of the key, who could say it there."""
        said = build_payload(IDENTIFIER, minute_of(MIDNIGHT) + minute, -60)
        misused = Sample(MIDNIGHT + second, -60, said.masked_metadata, said.time_tag, said.place_tag)
        assert verified(misused).rejected_count == 1

    @pytest.mark.parametrize("at", [0, 1, 2])
    def test_every_byte_of_the_tag_counts(self, at: int) -> None:
        good = sample(TEK, MIDNIGHT + 30)
        tag = bytes(byte ^ (index == at) for index, byte in enumerate(good.time_tag))
        assert verified(replace(good, time_tag=tag)).rejected_count == 1

    def test_a_replay_after_150_seconds_verifies_nothing(self) -> None:
        """T-03."""
        captured = sample(TEK, MIDNIGHT + 59)
        late = [replace(captured, received_at=MIDNIGHT + 59 + delay) for delay in range(150, 600, 10)]
        assert verified(*late).minutes == ()

    def test_one_captured_frame_is_one_minute_at_most(self) -> None:
        """T-04."""
        captured = sample(TEK, MIDNIGHT + 59)
        again = [replace(captured, received_at=MIDNIGHT + 59 + delay) for delay in range(0, 600, 4)]
        assert len(verified(*again).minutes) == 1


class TestR5:
    """Metadata must unmask, and a sample with place commitments needs a place tag that fits."""

    def test_the_level_is_unmasked(self) -> None:
        (one,) = verified(sample(TEK, MIDNIGHT, rssi_dbm=-70, level=-52)).minutes
        assert one.level_db == -18

    def test_the_receiver_correction_is_added(self) -> None:
        pair = (Hit(TEK, START, RecordRef(0, 0, b"")), (sample(TEK, MIDNIGHT, rssi_dbm=-70),))
        assert verify_hits([pair], 4).minutes[0].level_db == -6

    def test_metadata_that_is_no_level_is_rejected_even_under_a_right_tag(self) -> None:
        masked = IDENTIFIER.metadata_mask ^ 41
        key = IDENTIFIER.tag_key
        tag = time_tag(key, minute_of(MIDNIGHT), IDENTIFIER.visible, masked)
        assert verify_sample(IDENTIFIER, START, Sample(MIDNIGHT, -60, masked, tag, bytes(3))) is None

    def test_changed_metadata_breaks_the_time_tag(self) -> None:
        good = sample(TEK, MIDNIGHT)
        assert verified(replace(good, masked_metadata=good.masked_metadata ^ 4)).rejected_count == 1

    @pytest.mark.parametrize(
        ("said", "kept", "good"),
        [
            (b"here", (), True),
            (b"here", (b"east", b"here"), True),
            (b"none", (b"east", b"west"), True),
            (b"here", (b"east", b"west"), False),
        ],
    )
    def test_the_place_tag(self, said: bytes, kept: tuple[bytes, ...], good: bool) -> None:
        result = verified(sample(TEK, MIDNIGHT, c=said, kept=kept))
        assert (len(result.minutes), result.rejected_count) == (int(good), int(not good))

    def test_a_false_place_tag_counts_only_where_the_receiver_knows_its_place(self) -> None:
        false = replace(sample(TEK, MIDNIGHT), place_tag=b"\x00\x00\x00")
        assert len(verified(false).minutes) == 1
        assert verified(replace(false, commitments=(b"east",))).minutes == ()


class TestR6:
    """One frame is one minute at most, and the earliest reception of it counts."""

    def test_the_earliest_counts(self) -> None:
        at = MIDNIGHT + 120
        late = sample(TEK, at + 61, rssi_dbm=-40, minute=minute_of(at))
        early = sample(TEK, at + 2, rssi_dbm=-75)
        for order in ((late, early), (early, late)):
            (one,) = verified(*order).minutes
            assert (one.received_at, one.level_db) == (at + 2, -15)

    def test_it_holds_across_records_of_one_key(self) -> None:
        at = START * 600 + 595
        first = (Hit(TEK, START, RecordRef(0, 0, b"")), (sample(TEK, at),))
        second = (Hit(TEK, START, RecordRef(0, 1, b"")), (sample(TEK, at + 8, minute=minute_of(at)),))
        result = verify_hits([second, first])
        assert [one.received_at for one in result.minutes] == [at]
        assert len(result.matched) == 2

    def test_two_keys_are_two(self) -> None:
        pairs = [
            (Hit(tek, START, RecordRef(0, row, b"")), (sample(tek, MIDNIGHT),))
            for row, tek in enumerate((TEK, OTHER))
        ]
        result = verify_hits(pairs)
        assert len(result.minutes) == 2
        assert len({one.key_id for one in result.minutes}) == 2
        assert all(one.key_id not in (TEK, OTHER) and len(one.key_id) == 8 for one in result.minutes)

    def test_a_matched_record_loses_its_places_even_if_no_sample_was_true(self) -> None:
        result = verified(replace(sample(TEK, MIDNIGHT), time_tag=bytes(3)))
        assert len(result.matched) == 1


def minute(q: int, key: bytes = b"key") -> VerifiedMinute:
    """A verified minute."""
    return VerifiedMinute(key, q, q * 60, -3)


class TestR7:
    """Three distinct minutes within some 1440, over all keys and batches."""

    @pytest.mark.parametrize(
        ("given", "passing"),
        [
            ((), ()),
            ((5,), ()),
            ((5, 6), ()),
            ((5, 6, 7), (5, 6, 7)),
            ((0, 700, 1439), (0, 700, 1439)),
            ((0, 700, 1440), ()),
            ((0, 1, 2, 1441), (0, 1, 2)),
            ((0, 1438, 1440, 1441), (1438, 1440, 1441)),
            ((0, 1000, 1400, 2300, 2400), (0, 1000, 1400, 2300, 2400)),
        ],
    )
    def test_windows(self, given: tuple[int, ...], passing: tuple[int, ...]) -> None:
        assert tuple(one.minute for one in passing_minutes(map(minute, given))) == passing

    def test_a_minute_counts_once_however_many_keys(self) -> None:
        """T-38: frames of three cases relayed in one minute."""
        assert passing_minutes([minute(5, b"a"), minute(5, b"b"), minute(5, b"c"), minute(6, b"a")]) == []

    def test_each_key_of_a_passing_minute_goes_on(self) -> None:
        found = passing_minutes([minute(5, b"a"), minute(5, b"b"), minute(6, b"a"), minute(7, b"b")])
        assert len(found) == 4
