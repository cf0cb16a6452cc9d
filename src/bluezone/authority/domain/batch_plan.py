"""Which sections a batch has and how many keys each: filler and real keys mixed so that nobody can tell.

Decides sections and counts from the clock alone, as long as there are not very many cases; real keys take
the place of filler and add nothing. Where a key of a case is likelier, there is more filler, so that the
share of real keys is the same everywhere. Leaves the keys to `batches`. What still shows is told in
docs/security.md. Source: docs/protocol.md, section 6.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bluezone.protocol.diagnosis_key import over_at
from bluezone.protocol.interval import (
    DAY_S,
    DEFAULT_WINDOW,
    INTERVAL_S,
    INTERVALS_PER_DAY,
    MAX_U32,
    local_day_of,
    utc_day_of,
)

COVERED_S = 14 * DAY_S
SECTION_FLOOR = 10
SECTION_PEAK = 100
# A batch of this many keys has 32 MB, half of what a body may have; real keys may fill the rest.
MAX_PLANNED = 2_000_000
# How many of 100 cases publish a window of the UTC day that has a date this many days before the local date
# of the upload: a case publishes from two days before its illness, and results come some days after it
# (log-normal: median 5 days, sigma 0.7).
# An assumption, not a measurement; where it is wrong, the age of a key tells a little.
PUBLISHED_PERCENT = (100, 100, 100, 99, 90, 77, 63, 50, 40, 31, 25, 20, 16, 13, 11)
_PLANNED = struct.Struct("<IBI")

# rolling_start, rolling_period
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class KeyPeriods:
    """Which length key windows have, and had.

    Attributes:
        switches: (first interval, length) in ascending order; the first begins at 0, all at UTC midnights.
    """

    switches: tuple[tuple[int, int], ...] = ((0, DEFAULT_WINDOW),)

    def at(self, interval: int) -> int:
        """The length in force in an interval: 24, or 144 in surge mode."""
        return next(length for start, length in reversed(self.switches) if start <= interval)

    def windows(self, first: int, end: int) -> Iterator[Place]:
        """The windows that begin in the intervals first <= start < end."""
        ends = [start for start, _ in self.switches[1:]] + [MAX_U32]
        for (start, length), until in zip(self.switches, ends, strict=True):
            begin = max(start, first + -first % length)
            yield from ((at, length) for at in range(begin, min(until, end), length))


@dataclass(frozen=True, slots=True)
class Mixing:
    """How much filler there is.

    Attributes:
        section_floor: the least number of keys in a section.
        section_peak: keys in a section of the likeliest windows, as long as few are real.
        published_percent: of 100 cases, how many publish a window of this many days before; the last number
            holds for all older ones.
        utc_offset_minutes: of the region's civil date, by which a first day of illness is counted.
    """

    section_floor: int = SECTION_FLOOR
    section_peak: int = SECTION_PEAK
    published_percent: tuple[int, ...] = PUBLISHED_PERCENT
    utc_offset_minutes: int = 420

    def doubled(self, times: int) -> Mixing:
        """The same with more filler."""
        return replace(self, section_peak=self.section_peak << times)

    def usual(self, age_days: int) -> int:
        """Keys in the section of a window that is this many days old."""
        percent = self.published_percent[max(0, min(age_days, len(self.published_percent) - 1))]
        return max(self.section_floor, self.section_peak * percent // 100)


def covered_windows(time: int, periods: KeyPeriods | None = None) -> list[Place]:
    """The key windows that are over at `time` (seconds UTC) and ended in the last 14 days."""
    periods = periods or KeyPeriods()
    first = max(0, (time - COVERED_S) // INTERVAL_S - INTERVALS_PER_DAY)
    return [
        (start, length)
        for start, length in periods.windows(first, time // INTERVAL_S)
        if over_at(start, length) <= time and (start + length) * INTERVAL_S > time - COVERED_S
    ]


def plan_batch(
    real: Mapping[Place, int],
    *,
    time: int,
    previous: int | None,
    periods: KeyPeriods,
    mixing: Mixing,
    secret: bytes,
) -> dict[Place, int]:
    """Decides the sections of a batch; the same arguments always give the same ones.

    Args:
        real: number of real keys that are due, by place.
        time: of the batch, seconds UTC.
        previous: of the batch before it, seconds UTC; None for the first.
        periods: lengths of key windows.
        mixing: how much filler.
        secret: 32 random bytes of this batch.

    Returns:
        Number of keys of each section, by place in strict order; never less than there are real ones.
    """
    outline = _Outline.of(time, previous, periods, mixing.utc_offset_minutes)
    plan: dict[Place, int] = {}
    for level in itertools.count():
        doubled = mixing.doubled(level)
        larger = outline.fill(real, doubled, secret)
        if plan and sum(larger.values()) > MAX_PLANNED:
            break
        plan = larger
        if outline.hides(real, plan, doubled):
            break
    full = {place: max(plan.get(place, 0), count) for place, count in real.items()}
    return dict(sorted((plan | full).items()))


def bare_plan(real: Mapping[Place, int]) -> dict[Place, int]:
    """The sections of real keys alone, for a study in which nothing has to be hidden."""
    return dict(sorted(real.items()))


def encode_plan(plan: Mapping[Place, int]) -> bytes:
    """A plan as it is kept with its batch: 9 bytes for each section."""
    return b"".join(_PLANNED.pack(start, period, count) for (start, period), count in sorted(plan.items()))


def decode_plan(data: bytes) -> dict[Place, int]:
    """A kept plan."""
    return {(start, period): count for start, period, count in _PLANNED.iter_unpack(data)}


@dataclass(frozen=True, slots=True)
class _Outline:
    """What the clock alone decides.

    Attributes:
        usual: windows that were over before the batch before, with their age in days.
        newest: the window that ended since: cases of this batch closed their running key in it.
        closed: places of keys that were closed early since the batch before.
        strays: places that only an upload which came late could have.
    """

    usual: Mapping[Place, int]
    newest: Place | None
    closed: Sequence[Place]
    strays: Sequence[Place]

    @classmethod
    def of(cls, time: int, previous: int | None, periods: KeyPeriods, utc_offset_minutes: int) -> _Outline:
        covered = covered_windows(time, periods)
        running = periods.at(time // INTERVAL_S)
        since = time - running * INTERVAL_S if previous is None else max(previous, time - COVERED_S)
        newest = covered.pop() if covered and over_at(*covered[-1]) > since else None
        # Half of the uploads of this batch came before this moment.
        today = local_day_of((since + time) / 2, utc_offset_minutes)
        usual = {place: today - utc_day_of(place[0]) for place in covered}
        first = max(0, since // INTERVAL_S - INTERVALS_PER_DAY)
        closed = [
            (start, period)
            for start, length in periods.windows(first, time // INTERVAL_S)
            for period in range(1, length)
            if since < over_at(start, period) <= time
        ]
        strays = [
            place
            for start, length in covered
            for period in range(1, length)
            for place in ((start, period), (start + period, length - period))
        ]
        return cls(usual, newest, closed, sorted(set(strays) - {*covered, *closed}))

    def shown(self, mixing: Mixing) -> int:
        # All of them together hold as many keys as a likely window: a case has one early-closed key.
        return min(len(self.closed), -(-mixing.section_peak // mixing.section_floor))

    def fill(self, real: Collection[Place], mixing: Mixing, secret: bytes) -> dict[Place, int]:
        floor, peak, shown = mixing.section_floor, mixing.section_peak, self.shown(mixing)
        plan = {place: mixing.usual(age_days) for place, age_days in self.usual.items()}
        each = max(floor, -(-peak // max(1, shown)))
        if self.newest is not None:
            plan[self.newest] = each
        known = {*plan, *self.closed}
        closed = _drawn(self.closed, real, shown, secret)
        late = sorted(place for place in real if place not in known)
        strays = _drawn(sorted({*self.strays, *late}), late, max(1, peak // floor // 5), secret)
        return plan | dict.fromkeys(strays, floor) | dict.fromkeys(closed, each)

    def hides(self, real: Mapping[Place, int], plan: Mapping[Place, int], mixing: Mixing) -> bool:
        # At least half of every section is filler.
        return sum(place in real for place in self.closed) <= self.shown(mixing) and all(
            2 * count <= plan[place] for place, count in real.items()
        )


def _drawn(places: Sequence[Place], real: Collection[Place], count: int, secret: bytes) -> list[Place]:
    """All places of real keys, and as many others, drawn at random, as make `count` together."""
    needed = [place for place in places if place in real]
    others = [place for place in places if place not in real]
    others.sort(key=lambda place: hmac.digest(secret, b"place" + struct.pack("<IB", *place), hashlib.sha256))
    return needed + others[: max(0, count - len(needed))]
