"""Roll-up: many units' reports as one table, at any instant, and as the report of the level above.

Decides which version of each unit counts, who is late and who is missing, who is compared with the
period before, and who ranks where. A unit's own report stands for everything below it; without one, what
is below is rolled up in its place. Sums are exact, so a roll-up of roll-ups is the roll-up of all rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bluezone.outreach.figures import Denominator, Summary, Uptake
from bluezone.outreach.instruction import Instruction, Timeliness, expected_units, timeliness
from bluezone.outreach.report import Report
from bluezone.outreach.units import UnitTree

Versions = Mapping[str, Sequence[Report]]


@dataclass(frozen=True, slots=True)
class Row:
    """One unit of a roll-up.

    Attributes:
        unit_id: whose row it is.
        name: its name.
        timeliness: how the unit itself stands with its deadline.
        summary: its report, or what is below it.
        report: what counts of its own reports; None when there is none.
        rank: from 1, equal rates share it; None where there is no rate to rank by.
        corrected: whether there was an earlier version.
    """

    unit_id: str
    name: str
    timeliness: Timeliness
    summary: Summary
    report: Report | None
    rank: int | None = None
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class RollUp:
    """What an office sees of all units that it asked.

    Attributes:
        instruction_id: which instruction.
        period: from 0.
        unit_id: the office's own unit.
        name: its name.
        at: seconds UTC: as things stood then.
        due_at: seconds UTC, the deadline.
        denominator: by which rate the rows are ranked.
        rows: in the order of the tree.
        total: all rows together.
        set_aside: ids of units that reported but were removed before the deadline; not in the total.
    """

    instruction_id: str
    period: int
    unit_id: str
    name: str
    at: int
    due_at: int
    denominator: Denominator
    rows: tuple[Row, ...]
    total: Summary
    set_aside: tuple[str, ...] = ()

    @property
    def ranked(self) -> tuple[Row, ...]:
        """The rows that have a rate, the best first; equal ones in the order of the tree."""
        return tuple(sorted((row for row in self.rows if row.rank), key=lambda row: row.rank or 0))

    @property
    def best(self) -> tuple[Row, ...]:
        """All rows of the first rank."""
        return tuple(row for row in self.rows if row.rank == 1)

    @property
    def worst(self) -> tuple[Row, ...]:
        """All rows of the last rank; none where all are equal."""
        last = max((row.rank or 0 for row in self.rows), default=0)
        return tuple(row for row in self.rows if row.rank == last and last > 1)


class _Office:
    """One instruction's period as an office sees it at an instant."""

    def __init__(
        self,
        tree: UnitTree,
        versions: Versions,
        previous: Mapping[str, Report],
        *,
        instruction: Instruction,
        period: int,
        at: int,
    ) -> None:
        self.tree, self.versions, self.previous = tree, versions, previous
        self.instruction, self.period, self.at = instruction, period, at
        self.day = instruction.civil_date(instruction.due_of(period))
        self.merged: dict[str, list[str]] = {}
        for unit in tree:
            if unit.merged_into is not None and not unit.is_active(self.day):
                self.merged.setdefault(unit.merged_into, []).append(unit.unit_id)

    def row(self, unit_id: str) -> Row:
        """The row of one unit, not yet ranked."""
        known = self._known(unit_id)
        return Row(
            unit_id,
            self.tree.get(unit_id).name,
            self._timeliness(known),
            self.summary(unit_id),
            known[-1] if known else None,
            corrected=len(known) > 1,
        )

    def summary(self, unit_id: str) -> Summary:
        """A unit's own report, else what is below it, else that it is missing."""
        known = self._known(unit_id)
        if known:
            return self._reported(unit_id, known)
        below = [
            self.summary(unit.unit_id) for unit in self.tree.children(unit_id) if unit.is_active(self.day)
        ]
        if any(one.reported_count for one in below):
            return Summary.sum(below)
        return Summary(missing=(unit_id,))

    def _reported(self, unit_id: str, known: Sequence[Report]) -> Summary:
        report = known[-1]
        if report.rolled is not None:
            return report.rolled
        uptake = Uptake.of(report.figures)
        late = self._timeliness(known) is Timeliness.LATE
        before = self._before(unit_id)
        return Summary(
            figures=report.figures,
            uptake=uptake,
            before=before or Uptake(),
            after=uptake if before else Uptake(),
            compared_count=1 if before else 0,
            on_time_count=0 if late else 1,
            late=(unit_id,) if late else (),
        )

    def _before(self, unit_id: str) -> Uptake | None:
        """Its uptake in the period before, with that of units that have become part of it since."""
        if unit_id not in self.previous:
            return None
        past = [unit_id, *(one for one in self.merged.get(unit_id, ()) if one in self.previous)]
        return Uptake.sum(Uptake.of(self.previous[one].figures) for one in past)

    def _known(self, unit_id: str) -> list[Report]:
        return [one for one in self.versions.get(unit_id, ()) if one.submitted_at <= self.at]

    def _timeliness(self, known: Sequence[Report]) -> Timeliness:
        first_at = known[0].submitted_at if known else None
        return timeliness(self.instruction, self.period, first_at, self.at)


def roll_up(
    tree: UnitTree,
    versions: Versions,
    *,
    instruction: Instruction,
    period: int,
    at: int,
    previous: Mapping[str, Report] | None = None,
) -> RollUp:
    """All units that an instruction asked, as one table.

    Args:
        versions: unit id to all versions for this period, in order; of units below those asked, too.
        at: seconds UTC: later versions do not count. The deadline gives the table of the deadline.
        previous: unit id to what counted in the period before.
    """
    office = _Office(tree, versions, previous or {}, instruction=instruction, period=period, at=at)
    asked = expected_units(instruction, tree, period)
    rows = ranked([office.row(unit_id) for unit_id in asked], instruction.denominator)
    return RollUp(
        instruction.instruction_id,
        period,
        instruction.office_id,
        tree.get(instruction.office_id).name,
        at,
        instruction.due_of(period),
        instruction.denominator,
        rows,
        Summary.sum(row.summary for row in rows),
        _set_aside(tree, versions, instruction, asked),
    )


def ranked(rows: Sequence[Row], denominator: Denominator) -> tuple[Row, ...]:
    """The rows with their ranks: equal rates share one, and the next rank counts all before it."""
    orders = [row.summary.uptake.share(denominator).order for row in rows]
    falling = sorted((order for order in orders if order >= 0), reverse=True)
    first: dict[int, int] = {}
    for place, order in enumerate(falling, 1):
        first.setdefault(order, place)
    return tuple(replace(row, rank=first.get(order)) for row, order in zip(rows, orders, strict=True))


def as_report(
    rollup: RollUp,
    instruction: Instruction,
    *,
    period: int,
    version: int,
    submitted_at: int,
    reporter: str,
    reporter_phone: str,
    difficulties: str = "",
    proposals: str = "",
) -> Report:
    """A roll-up as the office's own report for the instruction of the level above it.

    Args:
        instruction: of the level above.
        period: of that instruction.
        version: one more than the stored one.
        submitted_at: seconds UTC.
    """
    return Report(
        instruction.instruction_id,
        period,
        rollup.unit_id,
        version,
        instruction.civil_date(rollup.at),
        rollup.total.figures,
        difficulties,
        proposals,
        reporter,
        reporter_phone,
        submitted_at,
        rolled=rollup.total,
    )


def _set_aside(
    tree: UnitTree, versions: Versions, instruction: Instruction, asked: Sequence[str]
) -> tuple[str, ...]:
    candidates = instruction.recipients or [unit.unit_id for unit in tree.children(instruction.office_id)]
    known = set(asked)
    return tuple(sorted(one for one in candidates if one not in known and versions.get(one)))
