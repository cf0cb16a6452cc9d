"""When a batch is due and what stands in it: T-23, and the filler of section 6."""

from __future__ import annotations

import pytest

from bluezone.authority.domain.batches import (
    assemble,
    covered_windows,
    filler_key,
    is_due,
    seconds_to_next_slot,
)
from bluezone.authority.domain.retention import cutoffs
from bluezone.protocol.batch import decode_body, encode_body
from bluezone.protocol.diagnosis_key import over_at
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


@pytest.mark.parametrize("period", [24, 144])
@pytest.mark.parametrize("time", [WINDOW_START, WINDOW_START + 119, WINDOW_START + 120, NOW, NOW + 13 * 3600])
def test_covered_windows_are_those_that_ended_in_the_last_14_days(time: int, period: int) -> None:
    oldest = time // INTERVAL_S - 16 * 144
    starts = range(oldest - oldest % period, time // INTERVAL_S + period, period)
    slow = [
        start
        for start in starts
        if over_at(start, period) <= time and (start + period) * INTERVAL_S > time - 14 * DAY_S
    ]
    assert list(covered_windows(time, period)) == slow
    assert len(slow) in (13, 14) if period == 144 else len(slow) in (83, 84)


def build(keys: list[tuple[int, int, bytes]], floor: int = 10, period: int = 24) -> bytes:
    return encode_body(assemble(keys, time=NOW, tek_period=period, section_floor=floor, secret=SECRET))


def test_an_empty_batch_looks_like_any_other() -> None:
    sections = decode_body(build([]))
    assert len(sections) == 84
    assert all(len(section.teks) == 10 for section in sections)
    teks = [tek for section in sections for tek in section.teks]
    assert len(set(teks)) == 840


def test_real_keys_are_padded_sorted_and_take_the_place_of_filler() -> None:
    start = covered_windows(NOW)[-1]
    many = [(start, 24, bytes([number]) * 16) for number in range(1, 24)]
    odd = [(start - 24, 7, b"\xff" * 16)]
    sections = {(s.rolling_start, s.rolling_period): s for s in decode_body(build([*odd, *reversed(many)]))}
    assert sections[start, 24].teks == tuple(tek for _, _, tek in many)
    assert len(sections[start - 24, 7].teks) == 10
    assert b"\xff" * 16 in sections[start - 24, 7].teks
    assert len(sections) == 85
    assert all(list(s.teks) == sorted(s.teks) and len(s.teks) >= 10 for s in sections.values())


def test_the_order_of_arrival_does_not_show() -> None:
    start = covered_windows(NOW)[0]
    keys = [(start, 24, bytes([number]) * 16) for number in range(5)]
    assert build(keys) == build(keys[::-1])


def test_surge_mode_keeps_the_windows_of_before() -> None:
    start = covered_windows(NOW)[5]
    sections = decode_body(build([(start, 24, b"k" * 16)], period=144))
    assert next(s for s in sections if s.rolling_period == 24).rolling_start == start
    assert sum(s.rolling_period == 144 for s in sections) in (13, 14)


def test_filler_is_a_function_of_the_secret_and_of_nothing_else() -> None:
    assert filler_key(SECRET, 1) != filler_key(SECRET, 2)
    assert filler_key(SECRET, 1) != filler_key(bytes(32), 1)
    assert len(filler_key(SECRET, 0)) == 16
    assert build([]) == build([])


def test_what_is_forgotten_when() -> None:
    limits = cutoffs(NOW)
    assert limits.links_expired_at == NOW
    assert limits.batches_until == NOW - 21 * DAY_S
    # A key is remembered as long as it could be uploaded again.
    assert (limits.keys_start_before - 1) * INTERVAL_S + 21 * DAY_S < NOW
