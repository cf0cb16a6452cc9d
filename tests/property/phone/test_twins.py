"""The phone's algorithms against slow obvious twins that are written straight from the rules."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bluezone.phone.encounter import Sample, shrink_plan, thin
from bluezone.phone.exposure import ExposureScan, exposure_scans
from bluezone.phone.matching import VerifiedMinute, passing_minutes
from bluezone.phone.own_key import OwnKey, close_early, draw_key, serving_key
from bluezone.phone.risk import RiskRules, assess
from bluezone.phone.sighting import MAX_TAG_SETS, IntervalSightings
from bluezone.phone.store.sample_bytes import pack_samples, unpack_samples, without_commitments
from bluezone.phone.trusted_time import Reading, TimeStatus, TrustedTime, read_time
from bluezone.protocol.advertisement import Payload
from tests.unit.phone.case import seeded


def slow_passing(minutes: Sequence[int]) -> set[int]:
    """R7, by trying every stretch of 1440 minutes."""
    found: set[int] = set()
    for first in range(min(minutes, default=0) - 1440, max(minutes, default=0) + 1):
        inside = {minute for minute in minutes if first <= minute < first + 1440}
        if len(inside) >= 3:
            found |= inside
    return found


# Steps close to the borders of the rule, so that a difference of 1439, 1440 and 1441 is common.
STEPS = st.sampled_from([0, 1, 2, 700, 720, 738, 1438, 1439, 1440, 1441])


@given(st.lists(st.tuples(STEPS, st.sampled_from([b"a", b"b"])), max_size=7))
def test_r7(steps: list[tuple[int, bytes]]) -> None:
    minutes, minute = [], 5000
    for step, key in steps:
        minute += step
        minutes.append(VerifiedMinute(key, minute, minute * 60, 0))
    expected = slow_passing([one.minute for one in minutes])
    assert passing_minutes(minutes) == [one for one in minutes if one.minute in expected]


@given(st.dictionaries(st.integers(0, 20), st.integers(0, 30), max_size=12), st.integers(0, 200))
def test_shrinking_takes_from_the_fullest_until_it_fits(counts: dict[int, int], limit: int) -> None:
    plan = shrink_plan(counts, limit)
    if sum(counts.values()) <= limit:
        assert plan == {}
        return
    # The twin: lower one common ceiling until everything fits under the limit.
    ceiling = max(counts.values())
    while sum(min(count, ceiling) for count in counts.values()) > limit:
        ceiling -= 1
    assert plan == {interval: ceiling for interval, count in counts.items() if count > ceiling}


@given(st.integers(0, 40), st.integers(0, 50), st.integers())
def test_thinning_leaves_exactly_what_it_should(count: int, keep: int, seed: int) -> None:
    doomed = thin(range(count), keep, seeded(seed))
    assert len(doomed) == len(set(doomed)) == max(0, count - keep)
    assert set(doomed) <= set(range(count))


def slow_exposure(
    received: list[tuple[int, int]], scans: list[int], rhythm: float, share: float
) -> list[ExposureScan]:
    """Each scan: who was verified in it, and half of the gaps around it."""
    found = []
    for scan in scans:
        levels = [
            level
            for at, level in received
            if 0 <= at - scan <= 5 and not any(scan < other <= at for other in scans)
        ]
        if not levels:
            continue
        before = [scan - other for other in scans if other < scan]
        after = [other - scan for other in scans if other > scan]
        halves = [min(gaps) / 2 if gaps else rhythm * share for gaps in (before, after)]
        duration = sum(min(half, rhythm * share) for half in halves)
        found.append(ExposureScan(scan, duration, max(levels)))
    return found


@given(
    st.sets(st.integers(0, 600), max_size=15),
    st.lists(st.tuples(st.integers(0, 610), st.integers(-20, 5)), max_size=20),
    st.sampled_from([30.0, 60.0]),
    st.sampled_from([0.5, 2 / 3, 1.0]),
)
def test_exposure(scans: set[int], received: list[tuple[int, int]], rhythm: float, share: float) -> None:
    ordered = sorted(scans)
    minutes = [VerifiedMinute(b"k", at // 60, at, level) for at, level in received]
    assert exposure_scans(minutes, ordered, rhythm, share) == slow_exposure(received, ordered, rhythm, share)


RULES = RiskRules(alert_s=100.0, span_s=600.0)
SCANS = st.lists(
    st.builds(
        ExposureScan,
        st.integers(86_000, 88_500),
        st.sampled_from([20.0, 30.5, 60.0]),
        st.sampled_from([-3, -5, -6]),
    ),
    max_size=14,
    unique_by=lambda scan: scan.at,
)


def slow_assess(scans: list[ExposureScan], rules: RiskRules, offset_minutes: int) -> dict[int, float]:
    """Day to near seconds: every window that ends with a scan, by trying them all."""
    near = [scan for scan in scans if scan.level_db >= rules.near_level_db]
    worst: dict[int, float] = {}
    for last in near:
        inside = [one for one in near if last.at - rules.span_s < one.at <= last.at]
        total = sum(one.duration_s for one in inside)
        day = (last.at + 60 * offset_minutes) // 86_400
        if total >= rules.alert_s:
            worst[day] = max(worst.get(day, 0.0), total)
    return worst


@given(SCANS, st.sampled_from([-720, 0, 420]))
def test_assess_finds_the_worst_window_of_each_day(scans: list[ExposureScan], offset: int) -> None:
    found = assess(scans, RULES, offset)
    assert {one.day: one.near_s for one in found} == slow_assess(scans, RULES, offset)
    assert [one.day for one in found] == sorted(one.day for one in found)
    assert all(-5.0 <= one.mean_level_db <= -3.0 and one.scan_count for one in found)


@given(SCANS, st.data())
def test_hearing_more_never_takes_an_alert_away(scans: list[ExposureScan], data: st.DataObject) -> None:
    fewer = [scan for scan in scans if data.draw(st.booleans())]
    assert {one.day for one in assess(fewer, RULES, 0)} <= {one.day for one in assess(scans, RULES, 0)}


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 50)), max_size=60), st.integers())
def test_no_more_than_four_tag_sets_of_a_minute(receptions: list[tuple[int, int]], seed: int) -> None:
    sightings = IntervalSightings(7, seeded(seed))
    for minute, tag in receptions:
        sightings.add(Payload(bytes(12), 0, tag.to_bytes(3, "big"), bytes(3)), 4200 + 60 * minute, -60, 1)
    for candidate in sightings.candidates():
        minutes = [one.received_at // 60 for one in candidate.record.samples]
        assert all(minutes.count(minute) <= MAX_TAG_SETS for minute in minutes)
        assert candidate.lasting == (len({minute for minute, _ in receptions}) > 1)


SAMPLES = st.lists(
    st.builds(
        Sample,
        st.integers(0, 0xFFFFFFFF),
        st.integers(-128, 127),
        st.integers(0, 255),
        st.binary(min_size=3, max_size=3),
        st.binary(min_size=3, max_size=3),
        st.sampled_from([(), (b"aaaa", b"bbbb", b"cccc", b"dddd")]),
    ),
    max_size=8,
)


@given(SAMPLES)
def test_samples_read_back_and_lose_only_their_places(samples: list[Sample]) -> None:
    packed = pack_samples(samples)
    assert unpack_samples(packed) == tuple(samples)
    erased = without_commitments(packed)
    assert all(place not in erased for place in (b"aaaa", b"bbbb"))
    kept = unpack_samples(erased)
    assert [(one.received_at, one.time_tag, one.place_tag) for one in kept] == [
        (one.received_at, one.time_tag, one.place_tag) for one in samples
    ]
    assert without_commitments(erased) == erased


@given(st.lists(st.tuples(st.integers(1, 40), st.booleans()), max_size=25), st.integers())
def test_own_keys_never_overlap_and_never_cross_a_window(steps: list[tuple[int, bool]], seed: int) -> None:
    keys: list[OwnKey] = []
    interval, source = 1000, seeded(seed)
    for step, close in steps:
        interval += step
        own = serving_key(keys, interval)
        if own is None:
            own = draw_key(keys, interval, source)
            keys.append(own)
        if close:
            keys[keys.index(own)] = close_early(own, interval)
        assert serving_key(keys, interval) is not None
    served = [interval for own in keys for interval in range(own.start, own.end)]
    assert len(served) == len(set(served))
    assert all(own.start // 24 == (own.end - 1) // 24 for own in keys)
    assert all(own.start % 144 + own.key.rolling_period <= 144 for own in keys)


@given(
    st.one_of(st.none(), st.floats(0, 2e6)),
    st.one_of(st.none(), st.floats(0, 2e6)),
    st.floats(0, 2e6),
    st.floats(-1e6, 4e6),
    st.floats(0, 1e6),
)
def test_trusted_time_never_runs_backwards_and_never_follows_a_wild_clock(
    saved: float | None, anchor: float | None, reached: float, system: float, monotonic: float
) -> None:
    state = TrustedTime(saved, anchor, 0.0, reached)
    found = read_time(state, Reading(system, monotonic))
    assert (found.now is None) == (found.status not in (TimeStatus.TRUSTED, TimeStatus.PROVISIONAL))
    if found.now is None:
        return
    assert found.now >= max(reached, saved or 0.0)
    if anchor is not None:
        assert abs(found.now - (anchor + monotonic)) <= 20.0
    else:
        assert saved is not None
        assert saved <= found.now <= saved + 86_400
