"""The truth of a world: who had to be alerted about whom, from distances alone.

Decides, for every pair, the largest total time in any rolling 24 hours of the case's infectious
period that the two spent within a distance, and from it whether an alert had to come. Knows nothing
of radio, keys or phones: it is what their result is compared with.

A sample holds for its own step; time between samples counts as apart. A pair that never has a sample
never met. Exactly 15 minutes must be alerted by the rule, but no measurement can be asked to tell
14:59 from 15:01, so those pairs are kept apart as "borderline".
Source: ground truth and bands as the test data's description defines them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from bluezone.sim.trace import Period, Trace

WINDOW_S = 86400
NEAR_METRES = 2.0
NEAR_S = 15 * 60
CLEAR_POSITIVE_METRES = 1.0
CLEAR_POSITIVE_S = 20 * 60
CLEAR_NEGATIVE_METRES = 3.0
CLEAR_NEGATIVE_S = 5 * 60

Pair = tuple[int, int]


class Span(NamedTuple):
    """Two people at one distance from `start` up to `end`, seconds UTC."""

    start: int
    end: int
    metres: float


Spans = dict[Pair, list[Span]]


class Verdict(StrEnum):
    """What the rule says about a pair."""

    MUST = "must-be-alerted"
    BORDERLINE = "exactly-15-minutes"
    MUST_NOT = "must-not-be-alerted"


class Band(StrEnum):
    """How clear the case is, for reports."""

    CLEAR_POSITIVE = "clear-positive"
    CLEAR_NEGATIVE = "clear-negative"
    GREY = "grey"
    NEVER_MET = "never-met"


@dataclass(frozen=True, slots=True)
class PairTruth:
    """Largest totals in any rolling 24 hours, seconds.

    Attributes:
        within_1m_s, within_2m_s, within_3m_s: time at most so far apart.
        met: whether the pair has any sample at all.
    """

    within_1m_s: int
    within_2m_s: int
    within_3m_s: int
    met: bool = True

    @property
    def verdict(self) -> Verdict:
        """More than 15 minutes within 2 m: must. Exactly 15: borderline. Less: must not."""
        if self.within_2m_s == NEAR_S:
            return Verdict.BORDERLINE
        return Verdict.MUST if self.within_2m_s > NEAR_S else Verdict.MUST_NOT

    @property
    def band(self) -> Band:
        """Which band of clearness the pair is reported in."""
        if not self.met:
            return Band.NEVER_MET
        if self.within_1m_s >= CLEAR_POSITIVE_S:
            return Band.CLEAR_POSITIVE
        return Band.CLEAR_NEGATIVE if self.within_3m_s <= CLEAR_NEGATIVE_S else Band.GREY


_NEVER_MET = PairTruth(0, 0, 0, met=False)


class Truth:
    """The truth about every pair of a world.

    Args:
        people_count: people of the world, station numbers 0..n-1.
        pairs: (lower station, higher station) to its truth; a pair that is missing never met.
    """

    __slots__ = ("pairs", "people_count")

    def __init__(self, people_count: int, pairs: Mapping[Pair, PairTruth]) -> None:
        self.people_count = people_count
        self.pairs = pairs

    def of(self, person: int, other: int) -> PairTruth:
        """The truth about two people, in either order."""
        return self.pairs.get((min(person, other), max(person, other)), _NEVER_MET)

    def must_be_alerted(self, case: int) -> frozenset[int]:
        """Everybody who must be alerted when `case` is confirmed; borderline ones are left out."""
        return self._others(case, Verdict.MUST)

    def borderline(self, case: int) -> frozenset[int]:
        """Everybody who was near for exactly 15 minutes: neither alert nor silence is an error."""
        return self._others(case, Verdict.BORDERLINE)

    def count(self, verdict: Verdict) -> int:
        """Pairs that met and have this verdict."""
        return sum(truth.met and truth.verdict is verdict for truth in self.pairs.values())

    def count_band(self, band: Band) -> int:
        """Pairs in this band; never-met ones are all pairs of the world without a sample."""
        if band is Band.NEVER_MET:
            met = sum(truth.met for truth in self.pairs.values())
            return self.people_count * (self.people_count - 1) // 2 - met
        return sum(truth.band is band for truth in self.pairs.values())

    def _others(self, case: int, verdict: Verdict) -> frozenset[int]:
        pairs = (pair for pair, truth in self.pairs.items() if case in pair and truth.verdict is verdict)
        return frozenset(b if a == case else a for a, b in pairs)


class SampledWorld(Protocol):
    """What the truth needs of a world: who is how near to whom at an instant."""

    @property
    def people_count(self) -> int:
        """Number of people."""
        ...

    def near(self, person: int, at: float) -> Iterable[tuple[int, float]]:
        """Everybody beside a person, as (station, metres)."""
        ...


def truth_of_trace(trace: Trace, infectious: Period | None = None) -> Truth:
    """The truth of a trace of real contacts.

    Args:
        trace: who was how near in each step.
        infectious: only this stretch of time counts; the whole trace if None.
    """
    return truth_of_spans(trace.people_count, spans_of_trace(trace), infectious)


def truth_of_spans(people_count: int, spans: Spans, infectious: Period | None = None) -> Truth:
    """The truth from stretches of equal distance.

    Args:
        people_count: people of the world.
        spans: for each pair its spans, ascending and not overlapping.
        infectious: only this stretch of time counts; all of it if None.
    """
    pairs: dict[Pair, PairTruth] = {}
    for pair, found in spans.items():
        counted = found if infectious is None else _clipped(found, infectious)
        if counted:
            pairs[pair] = _pair_truth(counted)
    return Truth(people_count, pairs)


def spans_of_trace(trace: Trace) -> Spans:
    """All contacts of a trace as spans; steps that follow each other at one distance are joined."""
    spans: Spans = {}
    for step in trace.steps:
        start = trace.step_start(step)
        for a, b, metres in trace.contacts(step):
            extend(spans, (a, b), Span(start, start + trace.step_s, metres))
    return spans


def spans_of_world(
    world: SampledWorld, period: Period, sample_s: int = 10, within_metres: float = CLEAR_NEGATIVE_METRES
) -> Spans:
    """Samples a world at fixed instants; each sample holds until the next.

    Args:
        world: who is near whom.
        period: first and last instant, seconds UTC.
        sample_s: time between samples, seconds.
        within_metres: samples farther apart are left out.
    """
    spans: Spans = {}
    for start in range(period.start, period.end, sample_s):
        end = min(start + sample_s, period.end)
        for person in range(world.people_count):
            for other, metres in world.near(person, start):
                if person < other and metres <= within_metres:
                    extend(spans, (person, other), Span(start, end, metres))
    return spans


def extend(spans: Spans, pair: Pair, span: Span) -> None:
    """Appends a span to its pair, joined with the one before it where nothing changed."""
    found = spans.setdefault(pair, [])
    if found and found[-1].end == span.start and found[-1].metres == span.metres:
        found[-1] = Span(found[-1].start, span.end, span.metres)
    else:
        found.append(span)


def seconds_within(spans: Iterable[Span], metres: float) -> int:
    """Total time at most so many metres apart, over all spans, seconds."""
    return sum(span.end - span.start for span in spans if span.metres <= metres)


def largest_rolling_total(stretches: Sequence[tuple[int, int]], window_s: int = WINDOW_S) -> int:
    """The largest time covered by stretches inside any window of a fixed length.

    Only windows that start with a stretch are tried. Any other is no better: one that starts in a pause
    loses nothing when it slides later, to the next start; one that starts inside a stretch gains at its
    front at least what it loses at its end when it slides earlier, to that stretch's start.

    Args:
        stretches: (start, end), seconds, ascending and not overlapping.
        window_s: length of the window, seconds.

    Returns:
        Seconds.
    """
    best = covered = last = 0
    # `covered` is the whole length of the stretches first..last-1; the last may stick out.
    for start, end in stretches:
        limit = start + window_s
        while last < len(stretches) and stretches[last][0] < limit:
            covered += stretches[last][1] - stretches[last][0]
            last += 1
        best = max(best, covered - max(0, stretches[last - 1][1] - limit))
        covered -= end - start
    return best


def _pair_truth(spans: Sequence[Span]) -> PairTruth:
    one, two, three = (
        largest_rolling_total([(span.start, span.end) for span in spans if span.metres <= metres])
        for metres in (CLEAR_POSITIVE_METRES, NEAR_METRES, CLEAR_NEGATIVE_METRES)
    )
    return PairTruth(one, two, three)


def _clipped(spans: Iterable[Span], period: Period) -> list[Span]:
    return [
        Span(max(span.start, period.start), min(span.end, period.end), span.metres)
        for span in spans
        if span.start < period.end and span.end > period.start
    ]
