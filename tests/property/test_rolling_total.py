"""The rolling-window algorithm against a slow obvious twin, and traces against their own rows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bluezone.sim.trace import Period
from bluezone.sim.truth import Span, largest_rolling_total, truth_of_spans

# Lengths of alternating pauses and stretches, in seconds.
LENGTHS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=12)


def stretches_of(lengths: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ascending stretches that do not overlap; some touch."""
    found = []
    clock = 0
    for pause, length in lengths:
        found.append((clock + pause, clock + pause + length))
        clock += pause + length
    return found


def slow_total(stretches: list[tuple[int, int]], window_s: int) -> int:
    """The largest total, by trying a window at every second."""
    seconds = {second for start, end in stretches for second in range(start, end)}
    if not seconds:
        return 0
    return max(
        sum(second in seconds for second in range(first, first + window_s))
        for first in range(min(seconds) - window_s, max(seconds) + 1)
    )


@given(LENGTHS, st.integers(1, 120))
def test_the_window_is_found(lengths: list[tuple[int, int]], window_s: int) -> None:
    stretches = stretches_of(lengths)
    assert largest_rolling_total(stretches, window_s) == slow_total(stretches, window_s)


@given(LENGTHS, st.integers(0, 300), st.integers(1, 300))
def test_the_infectious_period_cuts_like_forgetting_the_rest(
    lengths: list[tuple[int, int]], start: int, length: int
) -> None:
    period = Period(start, start + length)
    stretches = stretches_of(lengths)
    truth = truth_of_spans(2, {(0, 1): [Span(a, b, 1.0) for a, b in stretches]}, period).of(0, 1)
    inside = [s for a, b in stretches for s in range(a, b) if period.start <= s < period.end]
    assert truth.within_1m_s == len(inside)
    assert truth.met == bool(inside)
