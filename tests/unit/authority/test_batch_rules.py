"""When a batch is due and what stands in it: T-23, and the filler of section 6."""

from __future__ import annotations

from collections import Counter

import pytest

from bluezone.authority.domain.batch_plan import (
    KeyPeriods,
    Mixing,
    Place,
    bare_plan,
    covered_windows,
    decode_plan,
    encode_plan,
    plan_batch,
)
from bluezone.authority.domain.batches import (
    PublicKey,
    assemble,
    count_places,
    filler_key,
    is_due,
    seconds_to_next_slot,
)
from bluezone.authority.domain.retention import cutoffs
from bluezone.protocol.batch import MAX_BODY_LENGTH, decode_body, encode_body
from bluezone.protocol.diagnosis_key import over_at
from bluezone.protocol.errors import BatchBodyError
from bluezone.protocol.interval import DAY_S, INTERVAL_S
from tests.unit.authority.case import NOW, WINDOW_START

SECRET = bytes(range(32))
GRID = 14400


def test_batches_follow_the_grid_two_minutes_late() -> None:
    assert is_due(None, NOW)
    assert not is_due(WINDOW_START + 120, WINDOW_START + GRID + 119.9)
    assert is_due(WINDOW_START + 120, WINDOW_START + GRID + 120)
    assert is_due(WINDOW_START + 119, WINDOW_START + 120)
    assert is_due(NOW, NOW + 10 * GRID)


@pytest.mark.parametrize("now", [WINDOW_START, WINDOW_START + 119, WINDOW_START + 120, NOW, NOW + 0.7])
def test_the_next_slot_is_the_first_moment_at_which_another_batch_is_due(now: float) -> None:
    wait = seconds_to_next_slot(now, GRID)
    assert 0 < wait <= GRID
    assert is_due(int(now), now + wait, GRID)
    assert not is_due(int(now), now + wait - 0.001, GRID)


SURGE = KeyPeriods(((0, 144),))


@pytest.mark.parametrize("period", [24, 144])
@pytest.mark.parametrize("time", [WINDOW_START, WINDOW_START + 119, WINDOW_START + 120, NOW, NOW + 13 * 3600])
def test_covered_windows_are_those_that_ended_in_the_last_14_days(time: int, period: int) -> None:
    oldest = time // INTERVAL_S - 16 * 144
    starts = range(oldest - oldest % period, time // INTERVAL_S + period, period)
    slow = [
        (start, period)
        for start in starts
        if over_at(start, period) <= time and (start + period) * INTERVAL_S > time - 14 * DAY_S
    ]
    assert covered_windows(time, KeyPeriods(((0, period),))) == slow
    assert len(slow) in (13, 14) if period == 144 else len(slow) in (83, 84)


def test_windows_follow_a_switch_of_their_length_at_midnight() -> None:
    midnight = NOW // DAY_S * 144
    periods = KeyPeriods(((0, 24), (midnight - 288, 144), (midnight, 24)))
    windows = covered_windows(midnight * INTERVAL_S + 5 * 3600, periods)
    assert windows[-3:] == [(midnight - 288, 144), (midnight - 144, 144), (midnight, 24)]
    assert windows[-4] == (midnight - 312, 24)
    assert [periods.at(midnight + offset) for offset in (-289, -288, -1, 0)] == [24, 144, 144, 24]


GRID_TIME = WINDOW_START + 120


def plan_of(
    keys: list[PublicKey],
    *,
    time: int = GRID_TIME,
    previous: int | None = GRID_TIME - GRID,
    periods: KeyPeriods = SURGE,
    secret: bytes = SECRET,
    peak: int = 100,
) -> dict[Place, int]:
    return plan_batch(
        count_places(keys),
        time=time,
        previous=previous,
        periods=periods,
        mixing=Mixing(section_peak=peak),
        secret=secret,
    )


def build(keys: list[PublicKey], secret: bytes = SECRET, peak: int = 100) -> bytes:
    plan = plan_of(keys, periods=KeyPeriods(), secret=secret, peak=peak)
    return encode_body(assemble(keys, plan, secret))


def case_keys(number: int, closed: int, windows: int = 30) -> list[PublicKey]:
    """The keys of a case whose running key was closed in the window that has just ended."""
    newest = covered_windows(GRID_TIME)[-1][0]
    teks = [bytes([number, at]) * 8 for at in range(windows + 1)]
    whole = [(newest - 24 * (at + 1), 24, teks[at]) for at in range(windows)]
    return [*whole, (newest, closed, teks[-1])]


def test_what_a_batch_shows_does_not_depend_on_its_cases() -> None:
    """Same number of sections and keys, and the same whole windows, for no case and for several."""
    shown = [
        [(s.rolling_period, len(s.teks)) for s in decode_body(build(keys)) if s.rolling_period == 24]
        for keys in ([], case_keys(1, 9), [*case_keys(1, 9), *case_keys(2, 3), *case_keys(3, 9)])
    ]
    assert shown[0] == shown[1] == shown[2]
    sizes = {len(build(keys)) for keys in ([], case_keys(1, 9), [*case_keys(1, 9), *case_keys(2, 3)])}
    assert len(sizes) == 1


def test_early_closed_keys_stand_among_sections_that_are_drawn_at_random() -> None:
    newest = covered_windows(GRID_TIME)[-1][0]
    seen: Counter[int] = Counter()
    for number in range(60):
        plan = plan_of(case_keys(1, 9), periods=KeyPeriods(), secret=number.to_bytes(32, "big"))
        closed = [period for start, period in plan if start == newest and period < 24]
        assert len(closed) == 10
        assert 9 in closed
        seen.update(closed)
    assert min(seen[period] for period in range(1, 24)) > 60 * 9 / 22 / 3


def test_a_key_that_came_late_takes_the_place_of_a_decoy() -> None:
    start = covered_windows(GRID_TIME)[-8][0]
    late = [(start + 5, 19, b"l" * 16)]
    assert len(build(late)) == len(build([]))
    assert (start + 5, 19) in plan_of(late, periods=KeyPeriods())
    # More than there are decoys: they show, and none is lost.
    many = [(start, period, bytes([period]) * 16) for period in range(1, 10)]
    assert {(start, period) for period in range(1, 10)} <= set(plan_of(many, periods=KeyPeriods()))


@pytest.mark.parametrize("cases", [0, 1, 5, 40, 200])
def test_at_least_half_of_every_section_is_filler(cases: int) -> None:
    keys = [key for number in range(cases) for key in case_keys(number, 1 + number % 23)]
    real, plan = count_places(keys), plan_of(keys, periods=KeyPeriods())
    assert all(2 * real[place] <= count and count >= 10 for place, count in plan.items())
    body = encode_body(assemble(keys, plan, SECRET))
    assert all(tek in body for _, _, tek in keys)
    assert list(plan) == sorted(plan)


def test_very_many_cases_never_make_a_batch_too_large_to_publish() -> None:
    start = covered_windows(GRID_TIME)[-3][0]
    real = {(start, 24): 1_500_000}
    plan = plan_batch(
        real, time=GRID_TIME, previous=None, periods=KeyPeriods(), mixing=Mixing(), secret=SECRET
    )
    assert plan[start, 24] == 1_500_000
    assert sum(plan.values()) * 16 < MAX_BODY_LENGTH


@pytest.mark.parametrize("minutes", [1, 15, 240, 3 * 1440])
@pytest.mark.parametrize("period", [24, 144])
def test_batches_of_any_rhythm_are_well_formed(minutes: int, period: int) -> None:
    for time in range(GRID_TIME - 3600, GRID_TIME + 15_000, 1777):
        plan = plan_of([], time=time, previous=time - 60 * minutes, periods=KeyPeriods(((0, period),)))
        assert all(over_at(start, length) <= time for start, length in plan)
        assert set(covered_windows(time, KeyPeriods(((0, period),)))) <= set(plan)
        decode_body(encode_body(assemble([], plan, SECRET)))


def test_a_plan_survives_its_bytes_and_a_key_outside_of_it_is_refused() -> None:
    plan = plan_of(case_keys(1, 9), periods=KeyPeriods())
    assert decode_plan(encode_plan(plan)) == plan
    with pytest.raises(BatchBodyError, match="plan"):
        assemble([(1, 1, b"k" * 16)], plan, SECRET)


def test_the_order_of_arrival_does_not_show() -> None:
    keys = [*case_keys(1, 9), *case_keys(2, 3)]
    assert build(keys) == build(keys[::-1])
    assert all(list(s.teks) == sorted(s.teks) for s in decode_body(build(keys)))


def test_surge_mode_keeps_the_windows_of_before() -> None:
    start = covered_windows(GRID_TIME)[5][0]
    plan = plan_of([(start, 24, b"k" * 16)])
    assert plan[start, 24] == 10
    assert sum(period == 144 for _, period in plan) in (13, 14)


def test_a_study_gets_the_real_keys_alone() -> None:
    keys = case_keys(1, 9)
    sections = assemble(keys, bare_plan(count_places(keys)), bytes(32))
    assert [(s.rolling_start, s.rolling_period, s.teks[0]) for s in sections] == sorted(keys)


def test_filler_is_a_function_of_the_secret_and_of_nothing_else() -> None:
    assert filler_key(SECRET, 1) != filler_key(SECRET, 2)
    assert filler_key(SECRET, 1) != filler_key(bytes(32), 1)
    assert len(filler_key(SECRET, 0)) == 16
    assert build([]) == build([])
    assert build([]) != build([], secret=bytes(32))


def test_what_is_forgotten_when() -> None:
    limits = cutoffs(NOW)
    assert limits.links_expired_at == NOW
    assert limits.batches_until == NOW - 21 * DAY_S
    # A key is remembered as long as it could be uploaded again.
    assert (limits.keys_start_before - 1) * INTERVAL_S + 21 * DAY_S < NOW
