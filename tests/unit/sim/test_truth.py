"""The truth of who had to be alerted: limits, bands, rolling windows, the infectious period."""

from __future__ import annotations

from pathlib import Path

import pytest

from bluezone.sim.trace import Period, TraceFormat, load_trace
from bluezone.sim.truth import (
    Band,
    PairTruth,
    Span,
    Spans,
    Verdict,
    extend,
    largest_rolling_total,
    seconds_within,
    spans_of_trace,
    spans_of_world,
    truth_of_spans,
    truth_of_trace,
)

DAY = 86400


def pair_truth(*spans: tuple[int, int, float], infectious: Period | None = None) -> PairTruth:
    """The truth about two people from their spans."""
    return truth_of_spans(2, {(0, 1): [Span(*span) for span in spans]}, infectious).of(0, 1)


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(899, Verdict.MUST_NOT), (900, Verdict.BORDERLINE), (901, Verdict.MUST)],
)
def test_fifteen_minutes_within_two_metres(seconds: int, verdict: Verdict) -> None:
    assert pair_truth((0, seconds, 2.0)).verdict is verdict
    assert pair_truth((0, seconds, 2.1)).verdict is Verdict.MUST_NOT


@pytest.mark.parametrize(
    ("spans", "band"),
    [
        ([(0, 1200, 1.0)], Band.CLEAR_POSITIVE),
        ([(0, 1199, 1.0)], Band.GREY),
        ([(0, 1200, 1.1)], Band.GREY),
        ([(0, 300, 3.0)], Band.CLEAR_NEGATIVE),
        ([(0, 301, 3.0)], Band.GREY),
        ([(0, 9000, 3.1)], Band.CLEAR_NEGATIVE),
    ],
)
def test_bands(spans: list[tuple[int, int, float]], band: Band) -> None:
    assert pair_truth(*spans).band is band


def test_time_adds_up_within_a_rolling_day_and_not_beyond() -> None:
    half = 600
    assert pair_truth((0, half, 1.0), (DAY - half, DAY, 1.0)).within_2m_s == 1200
    assert pair_truth((0, half, 1.0), (DAY, DAY + half, 1.0)).within_2m_s == 600
    assert pair_truth((0, half, 1.0), (DAY - 300, DAY + 300, 1.0)).within_2m_s == 900


def test_a_window_may_cut_a_stretch_at_either_end() -> None:
    assert largest_rolling_total([(0, 10), (12, 14)], 8) == 8
    assert largest_rolling_total([(0, 2), (6, 20)], 10) == 10
    assert largest_rolling_total([(0, 4), (7, 9), (11, 30)], 10) == 10
    assert largest_rolling_total([(0, 4), (6, 8), (11, 13)], 10) == 6
    assert largest_rolling_total([], 10) == 0


def test_only_the_infectious_period_counts() -> None:
    met = [(0, 1000, 1.0), (2000, 2500, 1.0)]
    assert pair_truth(*met).within_1m_s == 1500
    assert pair_truth(*met, infectious=Period(500, 2100)).within_1m_s == 600
    assert pair_truth(*met, infectious=Period(1000, 2000)).band is Band.NEVER_MET


def test_people_are_found_from_both_sides_and_borderline_ones_apart() -> None:
    spans: Spans = {
        (0, 1): [Span(0, 901, 1.0)],
        (1, 2): [Span(0, 900, 1.0)],
        (2, 3): [Span(0, 899, 1.0)],
    }
    truth = truth_of_spans(5, spans)
    assert truth.must_be_alerted(0) == {1}
    assert truth.must_be_alerted(1) == {0}
    assert truth.borderline(1) == {2}
    assert truth.borderline(2) == {1}
    assert truth.must_be_alerted(2) == frozenset()
    assert truth.of(3, 4).band is Band.NEVER_MET
    assert truth.of(3, 4).verdict is Verdict.MUST_NOT
    assert [truth.count(verdict) for verdict in Verdict] == [1, 1, 1]
    assert truth.count_band(Band.NEVER_MET) == 10 - 3
    assert truth.count_band(Band.GREY) == 3


def test_spans_join_only_where_nothing_changed() -> None:
    spans: Spans = {}
    for span in (Span(0, 10, 1.0), Span(10, 20, 1.0), Span(20, 30, 2.0), Span(40, 50, 2.0)):
        extend(spans, (0, 1), span)
    assert spans[0, 1] == [(0, 20, 1.0), (20, 30, 2.0), (40, 50, 2.0)]
    assert seconds_within(spans[0, 1], 1.5) == 20


def test_a_trace_keeps_its_gaps(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"1,1,2,1\n2,1,2,1\n4,1,2,2\n")
    trace = load_trace(path, "haslemere")
    start = trace.epoch
    assert spans_of_trace(trace) == {(0, 1): [(start, start + 600, 1.0), (start + 900, start + 1200, 2.0)]}
    assert truth_of_trace(trace).of(1, 0) == PairTruth(600, 900, 900)


class ApproachingWorld:
    """Two people, who come nearer by a metre every ten seconds."""

    people_count = 2

    def near(self, person: int, at: float) -> list[tuple[int, float]]:
        """The other one."""
        return [(1 - person, 10 - at // 10)]


def test_a_world_is_sampled_and_the_last_sample_ends_with_the_period() -> None:
    assert spans_of_world(ApproachingWorld(), Period(60, 95)) == {
        (0, 1): [(70, 80, 3.0), (80, 90, 2.0), (90, 95, 1.0)]
    }


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("file", "format", "met", "verdicts", "bands"),
    [
        # The 5,578 pairs of Haslemere are all pairs with any row, that is: ever recorded within 50 m.
        ("haslemere/thursday-friday.csv.gz", "haslemere", 5578, (230, 36, 5312), (219, 5192, 167)),
        ("sociopatterns/SFHH_tij.dat.gz", "sociopatterns", 9565, (265, 6, 9294), (199, 8770, 596)),
        ("sociopatterns/workplace_InVS_tij.dat.zip", "sociopatterns", 755, (27, 1, 727), (17, 649, 89)),
    ],
)
def test_the_truth_of_the_real_traces(
    shared_data: Path,
    *,
    file: str,
    format: TraceFormat,
    met: int,
    verdicts: tuple[int, ...],
    bands: tuple[int, ...],
) -> None:
    truth = truth_of_trace(load_trace(shared_data / "contacts" / file, format))
    assert len(truth.pairs) == met
    counted = [truth.count(verdict) for verdict in (Verdict.MUST, Verdict.BORDERLINE, Verdict.MUST_NOT)]
    assert tuple(counted) == verdicts
    counted = [truth.count_band(band) for band in (Band.CLEAR_POSITIVE, Band.CLEAR_NEGATIVE, Band.GREY)]
    assert tuple(counted) == bands
    assert (
        len(truth.pairs) + truth.count_band(Band.NEVER_MET)
        == truth.people_count * (truth.people_count - 1) // 2
    )
