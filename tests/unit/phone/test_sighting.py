"""What is kept of an interval, whatever is shouted on the air (section 4, T-24, T-25)."""

from __future__ import annotations

from collections import Counter

import pytest

from bluezone.phone.encounter import select_records
from bluezone.phone.sighting import (
    MAX_CANDIDATES,
    MAX_LASTING,
    MAX_TAG_SETS,
    IntervalSightings,
)
from bluezone.protocol.advertisement import Payload
from bluezone.protocol.interval import interval_of
from bluezone.protocol.keys import index_hash
from tests.unit.phone.case import MIDNIGHT, TEK, payload, seeded

INTERVAL = interval_of(MIDNIGHT)


def invented(number: int) -> Payload:
    """A frame of an identifier that nobody has."""
    return Payload(b"invented" + number.to_bytes(4, "big"), 0, b"tag", b"tag")


def tagged(number: int) -> Payload:
    """A frame with a copied identifier and tags of its own."""
    return Payload(b"copied.ident", 0, number.to_bytes(3, "big"), bytes(3))


def test_receptions_of_one_tag_set_become_one_sample() -> None:
    sightings = IntervalSightings(INTERVAL, seeded())
    for at, rssi, count in ((30.9, -60, 3), (20.5, -63, 1), (40.0, -61, 2)):
        sightings.add(payload(TEK, MIDNIGHT), MIDNIGHT + at, rssi, count)
    (candidate,) = sightings.candidates()
    (one,) = candidate.record.samples
    assert (one.received_at, one.rssi_dbm) == (MIDNIGHT + 20, -61)  # mean -60.83
    assert not candidate.lasting
    assert len(sightings) == 1


@pytest.mark.parametrize(("strengths", "mean"), [((-61, -60), -60), ((-60, -61, -61), -61), ((-1, -2), -1)])
def test_a_mean_is_rounded_half_up(strengths: tuple[int, ...], mean: int) -> None:
    sightings = IntervalSightings(INTERVAL, seeded())
    for rssi in strengths:
        sightings.add(payload(TEK, MIDNIGHT), MIDNIGHT, rssi, 1)
    assert sightings.candidates()[0].record.samples[0].rssi_dbm == mean


def test_a_record_holds_label_and_hash_and_never_the_identifier() -> None:
    sightings = IntervalSightings(INTERVAL, seeded())
    said = payload(TEK, MIDNIGHT)
    sightings.add(said, MIDNIGHT, -60, 1, (b"abcd",) * 4)
    (candidate,) = sightings.candidates()
    assert candidate.record.label == said.visible[:2]
    assert candidate.record.index_hash == index_hash(said.visible)
    assert candidate.record.samples[0].commitments == (b"abcd",) * 4
    assert said.visible not in repr(candidate).encode()
    assert "abcd" not in repr(candidate)


def test_two_minutes_make_a_lasting_identifier_and_one_does_not() -> None:
    sightings = IntervalSightings(INTERVAL, seeded())
    for at in (0, 59.9):
        sightings.add(payload(TEK, MIDNIGHT), MIDNIGHT + at, -60, 1)
    assert not sightings.candidates()[0].lasting
    sightings.add(payload(TEK, MIDNIGHT + 60), MIDNIGHT + 60, -70, 1)
    (candidate,) = sightings.candidates()
    assert candidate.lasting
    assert candidate.best_rssi_dbm == -60
    assert [one.received_at for one in candidate.record.samples] == [MIDNIGHT, MIDNIGHT + 60]


def test_candidates_are_limited_and_evicted_uniformly() -> None:
    sightings = IntervalSightings(INTERVAL, seeded())
    extra = 2 * MAX_CANDIDATES
    for number in range(MAX_CANDIDATES + extra):
        sightings.add(invented(number), MIDNIGHT, -60, 1)
    assert len(sightings) == MAX_CANDIDATES
    assert sightings.evicted_count == extra
    hashes = {one.record.index_hash for one in sightings.candidates()}
    kept_of_first = sum(index_hash(invented(number).visible) in hashes for number in range(MAX_CANDIDATES))
    # Each of the first has survived 2 * limit draws of one in limit + 1: e^-2 = 13.5 % of them.
    assert 0.12 < kept_of_first / MAX_CANDIDATES < 0.15


def test_lasting_identifiers_are_limited_too() -> None:
    sightings = IntervalSightings(INTERVAL, seeded())
    for number in range(MAX_LASTING + 500):
        for minute in (0, 1):
            sightings.add(invented(number), MIDNIGHT + 60 * minute, -60, 1)
    assert len(sightings) == MAX_LASTING
    assert all(one.lasting for one in sightings.candidates())
    assert sightings.evicted_count == 500


def test_a_minute_keeps_the_four_tag_sets_that_were_heard_most() -> None:
    sightings = IntervalSightings(INTERVAL, seeded())
    for number, count in enumerate((5, 1, 9, 7, 3, 2, 8)):
        sightings.add(tagged(number), MIDNIGHT + number, -60, count)
    (candidate,) = sightings.candidates()
    assert [int.from_bytes(one.time_tag, "big") for one in candidate.record.samples] == [0, 2, 3, 6]
    sightings.add(tagged(9), MIDNIGHT + 50, -60, 4)
    assert tagged(9).time_tag not in {one.time_tag for one in sightings.candidates()[0].record.samples}
    for number in range(20, 40):
        sightings.add(tagged(number), MIDNIGHT + 90, -60, 1)
    assert len(sightings.candidates()[0].record.samples) == 2 * MAX_TAG_SETS


def test_among_equally_frequent_tag_sets_order_buys_nothing() -> None:
    kept: Counter[int] = Counter()
    for seed in range(600):
        sightings = IntervalSightings(INTERVAL, seeded(seed))
        for number in range(5):
            sightings.add(tagged(number), MIDNIGHT, -60, 1)
        kept.update(int.from_bytes(one.time_tag, "big") for one in sightings.candidates()[0].record.samples)
    # The newcomer stays in half of the runs; nobody is always kept or always lost.
    assert 250 < kept[4] < 350
    assert all(250 < kept[number] <= 600 for number in range(5))


@pytest.mark.parametrize("false_sets", [1, 2, 3, 12])
def test_honest_minutes_survive_false_tags_at_an_equal_rate(false_sets: int) -> None:
    """T-25: the same number of false frames under a copied identifier, in one or in many tag sets."""
    sightings, honest = IntervalSightings(INTERVAL, seeded(3)), 12
    for minute in range(10):
        at = MIDNIGHT + 60 * minute
        said = payload(TEK, at)
        for number in range(false_sets):
            false = Payload(said.visible, 0, bytes([number, minute, 1]), bytes(3))
            sightings.add(false, at + 1, -50, honest // false_sets)
        sightings.add(said, at + 1, -60, honest)
    (candidate,) = sightings.candidates()
    tags = {one.time_tag for one in candidate.record.samples}
    assert sum(payload(TEK, MIDNIGHT + 60 * minute).time_tag in tags for minute in range(10)) == 10


def test_a_flood_of_60000_invented_identifiers_keeps_limits_and_the_real_contact() -> None:
    """T-24, one interval: the lasting contact is written in at least four of five runs."""
    kept = 0
    for seed in range(5):
        sightings = IntervalSightings(INTERVAL, seeded(seed))
        number = 0
        for minute in range(10):
            for _ in range(3_000):
                sightings.add(invented(number), MIDNIGHT + 60 * minute, -40, 3)
                number += 1
            at = MIDNIGHT + 60 * minute + 5
            sightings.add(payload(TEK, at), at, -60, 15)
            for _ in range(3_000):
                sightings.add(invented(number), MIDNIGHT + 60 * minute, -40, 3)
                number += 1
            assert len(sightings) <= MAX_CANDIDATES + MAX_LASTING
        records = select_records(sightings.candidates(), seeded(seed))
        assert len(records) == 2048
        kept += index_hash(payload(TEK, MIDNIGHT).visible) in {one.index_hash for one in records}
    assert kept >= 4
