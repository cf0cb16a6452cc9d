"""The numbers of reports, as things that can be added: figures, shares with their denominator, summaries.

Decides that adding is exact and that nothing is divided before it is shown: a share keeps its part and
its whole, and only units that gave both are in either. So a roll-up of roll-ups is the roll-up of all
rows. Residents and staff are never added together: staff live somewhere, and are residents there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction

COUNT_LIMIT = 1_000_000_000
# Two different shares with wholes below COUNT_LIMIT differ by more than 1 / COUNT_LIMIT**2.
_EXACT = COUNT_LIMIT**2


@dataclass(frozen=True, slots=True)
class Figures:
    """What a unit counts; None is "not given", which is not zero. All are cumulative but `residents_new`.

    Attributes:
        population: people who live there.
        smartphones: residents who have a smartphone.
        staff_smartphones: the unit's own staff who have one.
        staff_installed: of them, those who have Bluezone.
        residents_installed: residents who have Bluezone.
        residents_new: of them, those new in this period.
        broadcasts: by loudspeaker.
        leaflets: given out.
        posters: put up, banners and standees too.
        teams: people's teams that go from door to door.
        households: visited.
    """

    population: int | None = None
    smartphones: int | None = None
    staff_smartphones: int | None = None
    staff_installed: int | None = None
    residents_installed: int | None = None
    residents_new: int | None = None
    broadcasts: int | None = None
    leaflets: int | None = None
    posters: int | None = None
    teams: int | None = None
    households: int | None = None

    def get(self, name: str) -> int | None:
        """The figure of a name in `FIELDS`."""
        value: int | None = getattr(self, name)
        return value


FIELDS = tuple(one.name for one in fields(Figures))
CUMULATIVE = tuple(
    name for name in FIELDS if name not in ("population", "smartphones", "residents_new", "teams")
)


class Denominator(StrEnum):
    """Against what a rate is computed; a rate without its denominator's name is never shown."""

    POPULATION = "population"
    SMARTPHONES = "smartphones"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, from the units that gave both.

    Attributes:
        part: who has Bluezone.
        whole: of how many.
        unit_count: of how many units.
    """

    part: int = 0
    whole: int = 0
    unit_count: int = 0

    @property
    def rate(self) -> Fraction | None:
        """Exact; None where there is nothing to divide by."""
        return Fraction(self.part, self.whole) if self.whole else None

    @property
    def order(self) -> int:
        """A whole number that orders shares as their rates do, exactly, and is quick to compare."""
        return self.part * _EXACT // self.whole if self.whole else -1

    @classmethod
    def of(cls, part: int | None, whole: int | None) -> Share:
        """The share of one unit; empty when it did not give both."""
        return cls() if part is None or not whole else cls(part, whole, 1)

    @classmethod
    def sum(cls, shares: Iterable[Share]) -> Share:
        """All of them together."""
        part = whole = count = 0
        for share in shares:
            part, whole, count = part + share.part, whole + share.whole, count + share.unit_count
        return cls(part, whole, count)


@dataclass(frozen=True, slots=True)
class Uptake:
    """How many have Bluezone, against each denominator.

    Attributes:
        residents: residents who have it, in all units.
        of_population: of the people, where a unit gave both.
        of_smartphones: of those with a smartphone, where a unit gave both.
        of_staff: of staff with a smartphone.
    """

    residents: int = 0
    of_population: Share = Share()
    of_smartphones: Share = Share()
    of_staff: Share = Share()

    def share(self, denominator: Denominator) -> Share:
        """The share with a named denominator."""
        if denominator is Denominator.POPULATION:
            return self.of_population
        return self.of_smartphones if denominator is Denominator.SMARTPHONES else self.of_staff

    @classmethod
    def of(cls, figures: Figures) -> Uptake:
        """The uptake of one unit."""
        installed = figures.residents_installed
        return cls(
            installed or 0,
            Share.of(installed, figures.population),
            Share.of(installed, figures.smartphones),
            Share.of(figures.staff_installed, figures.staff_smartphones),
        )

    @classmethod
    def sum(cls, uptakes: Iterable[Uptake]) -> Uptake:
        """All of them together."""
        every = list(uptakes)
        return cls(
            sum(one.residents for one in every),
            Share.sum(one.of_population for one in every),
            Share.sum(one.of_smartphones for one in every),
            Share.sum(one.of_staff for one in every),
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands for one unit or for many; sums of summaries are exact.

    Attributes:
        figures: totals of what was given.
        uptake: now.
        before: in the period before, of the units that reported in both.
        after: now, of the same units; only these two are compared with each other.
        compared_count: how many these are.
        on_time_count: units whose first version came before the deadline.
        late: ids of units whose first version came after it, sorted.
        missing: ids of units that were asked and have not reported, sorted.
    """

    figures: Figures = Figures()
    uptake: Uptake = Uptake()
    before: Uptake = Uptake()
    after: Uptake = Uptake()
    compared_count: int = 0
    on_time_count: int = 0
    late: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def reported_count(self) -> int:
        """How many units reported."""
        return self.on_time_count + len(self.late)

    @property
    def expected_count(self) -> int:
        """How many units were asked."""
        return self.reported_count + len(self.missing)

    @property
    def growth(self) -> int | None:
        """How many residents more than in the period before, where both are known."""
        return self.after.residents - self.before.residents if self.compared_count else None

    def points(self, denominator: Denominator) -> Fraction | None:
        """By how much the rate rose since the period before, where both are known; 1/100 is one point."""
        before, after = self.before.share(denominator).rate, self.after.share(denominator).rate
        return None if before is None or after is None else after - before

    @classmethod
    def sum(cls, summaries: Iterable[Summary]) -> Summary:
        """All of them together."""
        every = list(summaries)
        return cls(
            figures=add_figures(one.figures for one in every),
            uptake=Uptake.sum(one.uptake for one in every),
            before=Uptake.sum(one.before for one in every),
            after=Uptake.sum(one.after for one in every),
            compared_count=sum(one.compared_count for one in every),
            on_time_count=sum(one.on_time_count for one in every),
            late=tuple(sorted(name for one in every for name in one.late)),
            missing=tuple(sorted(name for one in every for name in one.missing)),
        )


def add_figures(every: Iterable[Figures]) -> Figures:
    """Field by field; what nobody gave stays not given."""
    listed = list(every)
    totals = {}
    for name in FIELDS:
        given = [value for one in listed if (value := getattr(one, name)) is not None]
        totals[name] = sum(given) if given else None
    return Figures(**totals)
