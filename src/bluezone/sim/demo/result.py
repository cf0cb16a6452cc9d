"""Who was near by the map and who was warned by the phones: the demo's result, line by line.

Decides the verdict on each person. Distances are known to the presenter only; phones never had them. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bluezone.protocol.interval import INTERVAL_S, interval_of
from bluezone.sim.trace import Period
from bluezone.sim.truth import NEAR_METRES, NEAR_S, Span, largest_rolling_total, spans_of_world
from bluezone.sim.world import World

# Nobody can tell 14 minutes from 16 by radio: around the limit, warned and not warned are both right.
BORDERLINE_S = 120
# The end of the running key, the next batch, everybody's next look at the list.
WARNED_WITHIN_S = 3600
_SAMPLE_S = 10


class Verdict(StrEnum):
    """How a phone's decision compares with the map."""

    RIGHT = "right"
    WAITING = "waiting"
    MISSED = "missed"
    FALSE = "false"
    BORDERLINE = "borderline"


@dataclass(frozen=True, slots=True)
class Row:
    """One person who is not a case.

    Attributes:
        station: of the person.
        near_s: within 2 m of a case, by the map, seconds.
        felt_s: near time that the phone found, seconds; None if it warns of nothing.
        must: more than 15 minutes by the map.
        verdict: on the phone's decision so far.
    """

    station: int
    near_s: int
    felt_s: float | None
    must: bool
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Result:
    """The table and its sums.

    Attributes:
        rows: people who were near a case, or are warned; longest time first.
        must_count, warned_count, waiting_count, missed_count, false_count: people.
        far_count: people who are in no row: never near, and not warned.
    """

    rows: tuple[Row, ...]
    must_count: int
    warned_count: int
    waiting_count: int
    missed_count: int
    false_count: int
    far_count: int

    @property
    def is_complete(self) -> bool:
        """Nobody is waited for any more."""
        return self.waiting_count == 0


def near_seconds(world: World, start_at: int, published: Mapping[int, float]) -> dict[int, int]:
    """How long everybody else was within 2 m of any case, by the map, seconds.

    Args:
        world: of the scenario.
        start_at: of the scenario, seconds UTC.
        published: case to the moment of publishing, seconds UTC; the running identifier serves to its end.
    """
    ends = {case: int((interval_of(at) + 1) * INTERVAL_S) for case, at in published.items()}
    if not ends:
        return {}
    spans = spans_of_world(world, Period(start_at, max(ends.values())), _SAMPLE_S, NEAR_METRES)
    stretches: dict[int, list[tuple[int, int]]] = {}
    for pair, found in spans.items():
        for case, other in (pair, pair[::-1]):
            if case in ends and other not in ends:
                stretches.setdefault(other, []).extend(_until(found, ends[case]))
    return {other: largest_rolling_total(_merged(one)) for other, one in stretches.items()}


def result_of(near_s: Mapping[int, int], felt: Sequence[float | None], cases: set[int], late: bool) -> Result:
    """The result so far.

    Args:
        near_s: from `near_seconds`.
        felt: near time that each phone found, by station.
        cases: who published.
        late: whether the time in which every phone should have learned of it is over.
    """
    others = [station for station in range(len(felt)) if station not in cases]
    rows = [_row(station, near_s.get(station, 0), felt[station], late) for station in others]
    shown = [row for row in rows if row.near_s or row.felt_s is not None]
    return Result(
        rows=tuple(sorted(shown, key=lambda row: (-row.near_s, row.station))),
        must_count=sum(row.must for row in rows),
        warned_count=sum(row.felt_s is not None for row in rows),
        waiting_count=sum(row.verdict is Verdict.WAITING for row in rows),
        missed_count=sum(row.verdict is Verdict.MISSED for row in rows),
        false_count=sum(row.verdict is Verdict.FALSE for row in rows),
        far_count=len(rows) - len(shown),
    )


def _row(station: int, near_s: int, felt_s: float | None, late: bool) -> Row:
    must = near_s > NEAR_S
    if must == (felt_s is not None):
        verdict = Verdict.RIGHT
    elif abs(near_s - NEAR_S) <= BORDERLINE_S:
        verdict = Verdict.BORDERLINE
    elif not must:
        verdict = Verdict.FALSE
    else:
        verdict = Verdict.MISSED if late else Verdict.WAITING
    return Row(station, near_s, felt_s, must, verdict)


def _until(spans: Sequence[Span], end: int) -> list[tuple[int, int]]:
    return [(span.start, min(span.end, end)) for span in spans if span.start < end]


def _merged(stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Time near two cases at once counts once, as a phone's own scans count once."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged
