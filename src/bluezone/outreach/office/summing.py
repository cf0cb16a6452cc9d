"""Roll-ups of what an office has asked, at any instant, and as the office's own report to the level above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from bluezone.outreach.instruction import Instruction, check_period, period_at
from bluezone.outreach.office.access import check_acts_for, check_sees_office
from bluezone.outreach.office.ground import Ground
from bluezone.outreach.office.reporting import Reporting, earlier_periods
from bluezone.outreach.report import Report
from bluezone.outreach.rollup import RollUp, as_report, roll_up
from bluezone.outreach.storage import instructions, reports
from bluezone.outreach.storage.reports import Place
from bluezone.outreach.units import UnitTree
from bluezone.web.signin import storage as signin
from bluezone.web.signin.rules import Identity


@dataclass(frozen=True, slots=True)
class Sum:
    """A roll-up with what a page or a letter needs beside it.

    Attributes:
        instruction: what was asked.
        rollup: the figures.
        tree: the units.
    """

    instruction: Instruction
    rollup: RollUp
    tree: UnitTree


@dataclass(frozen=True, slots=True)
class PassOn:
    """What a roll-up is passed on with.

    Attributes:
        to_instruction_id: the instruction of the level above.
        reporter: whom to ask.
        reporter_phone: of the reporter.
        difficulties: in the office's own words.
        proposals: in the office's own words.
    """

    to_instruction_id: str
    reporter: str
    reporter_phone: str
    difficulties: str = ""
    proposals: str = ""


class Summing:
    """What an office may do with what was reported to it."""

    def __init__(self, ground: Ground, reporting: Reporting) -> None:
        self._ground, self._reporting = ground, reporting

    async def roll_up(
        self, instruction_id: str, period: int | None = None, *, by: Identity, at_deadline: bool = False
    ) -> Sum:
        """All reports of a period as one table.

        Args:
            instruction_id: what was asked.
            period: from 0; None for the current one.
            by: who looks.
            at_deadline: as things stood at the deadline, instead of now.

        Raises:
            InstructionUnknown, PeriodUnknown, NotAllowed.
        """
        tree, now = await self._ground.tree(), self._ground.now()

        def load(conn: Connection) -> tuple[Instruction, int, dict[str, list[Report]], dict[str, Report]]:
            found = instructions.find(conn, instruction_id)
            check_sees_office(by, found.office_id, tree)
            chosen = period_at(found, now) if period is None else period
            check_period(found, chosen)
            earlier = earlier_periods(conn, found, chosen)[:1]
            before = reports.all_versions(conn, *earlier[0]) if earlier else {}
            known = reports.all_versions(conn, instruction_id, chosen)
            return found, chosen, known, {unit: versions[-1] for unit, versions in before.items()}

        instruction, chosen, versions, previous = await self._ground.database.run(load)
        at = min(now, instruction.due_of(chosen)) if at_deadline else now
        rollup = roll_up(tree, versions, instruction=instruction, period=chosen, at=at, previous=previous)
        return Sum(instruction, rollup, tree)

    async def above(self, instruction_id: str, *, by: Identity) -> list[Instruction]:
        """The open instructions of the levels above to which this one's roll-up could be passed on."""
        found = await self._ground.database.run(lambda conn: instructions.find(conn, instruction_id))
        asking = await self._ground.database.run(lambda conn: instructions.asking(conn, by.subject))
        return [
            one
            for one in asking
            if one.opened_at is not None and one.closed_at is None and one.office_id != found.office_id
        ]

    async def pass_on(
        self, instruction_id: str, period: int | None, passed: PassOn, *, by: Identity
    ) -> Report:
        """Sends the roll-up as the office's own report for an instruction of the level above.

        Raises:
            InstructionUnknown, InstructionClosed, NotAllowed, ReportRefused.
        """
        summed = await self.roll_up(instruction_id, period, by=by)
        check_acts_for(by, summed.instruction.office_id)
        place = Place(passed.to_instruction_id, 0, by.subject)
        desk = await self._reporting.open(place, by=by)
        report = as_report(
            summed.rollup,
            desk.instruction,
            period=desk.period,
            version=desk.version + 1,
            submitted_at=desk.now,
            reporter=passed.reporter,
            reporter_phone=passed.reporter_phone,
            difficulties=passed.difficulties,
            proposals=passed.proposals,
        )
        kept = await self._reporting.submit_report(report, by=by)
        line = self._ground.line(by, "rollup-passed-on", desk.instruction.number, summed.instruction.number)
        await self._ground.database.run(_appending(line))
        return kept


def _appending(line: signin.AuditLine) -> Callable[[Connection], None]:
    return lambda conn: signin.append(conn, line)
