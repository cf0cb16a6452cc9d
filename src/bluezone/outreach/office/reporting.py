"""Reports of units: the form as it stands, drafts, sending, correcting; nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bluezone.outreach.errors import InstructionClosed, ReportRefused
from bluezone.outreach.form import FORM_FIELDS, read_form, typed_again
from bluezone.outreach.instruction import Instruction, Timeliness, check_period, period_at, timeliness
from bluezone.outreach.office.access import check_reports_for
from bluezone.outreach.office.ground import Ground
from bluezone.outreach.problem import Severity, errors_in
from bluezone.outreach.report import Report, accept_report, check_version
from bluezone.outreach.storage import instructions, reports
from bluezone.outreach.storage.reports import Draft, Place
from bluezone.outreach.units import Unit
from bluezone.web.signin import storage as signin
from bluezone.web.signin.errors import NotAllowed
from bluezone.web.signin.rules import Identity

MAX_TYPED = 4000


@dataclass(frozen=True, slots=True)
class Desk:
    """One report as its officer finds it.

    Attributes:
        instruction: what is asked.
        period: from 0.
        unit: whose report.
        versions: everything sent so far, in order.
        previous: what counted in the last period before.
        own_draft: what this browser has typed.
        other_drafts: what other browsers have typed, the newest first.
        timeliness: as things stand.
        due_at: the deadline, seconds UTC.
        now: seconds UTC.
    """

    instruction: Instruction
    period: int
    unit: Unit
    versions: tuple[Report, ...]
    previous: Report | None
    own_draft: Draft | None
    other_drafts: tuple[Draft, ...]
    timeliness: Timeliness
    due_at: int
    now: int

    @property
    def standing(self) -> Report | None:
        """The version that counts."""
        return self.versions[-1] if self.versions else None

    @property
    def version(self) -> int:
        """Its number; 0 for none."""
        return self.versions[-1].version if self.versions else 0

    @property
    def is_rolled(self) -> bool:
        """Whether what counts was rolled up: then it is corrected by passing the roll-up on again."""
        return self.standing is not None and self.standing.rolled is not None

    @property
    def is_open(self) -> bool:
        """Whether reports are taken."""
        return self.instruction.opened_at is not None and self.instruction.closed_at is None

    def texts(self) -> dict[str, str]:
        """What the form shows at first: this browser's draft, else what was sent, else another's draft."""
        if self.own_draft is not None:
            return self.own_draft.texts
        if self.standing is not None:
            return typed_again(self.standing)
        if self.other_drafts:
            return self.other_drafts[0].texts
        return _begun(self.unit, self.previous, self.instruction.civil_date(self.now).strftime("%d/%m/%Y"))


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that was sent.

    Attributes:
        place: which report.
        author: whose browser.
        based_on: version of the report that the form began from.
        texts: field to what was typed.
        is_sure: whether warnings were seen and the figures are right all the same.
    """

    place: Place
    author: str
    based_on: int
    texts: Mapping[str, str]
    is_sure: bool = False


class Unsure(ReportRefused):
    """Figures that may be right but look strange; nothing is stored until somebody says that they are."""

    code = "report-unsure"


class Reporting:
    """What a unit's officer may do with its reports."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def open(self, place: Place, author: str = "", *, by: Identity, period: int | None = None) -> Desk:
        """A report as it stands, and that its unit has looked at it.

        Args:
            place: which report; its period counts only where `period` is not None.
            author: whose browser.
            by: who looks.
            period: from 0; None for the current one.

        Raises:
            InstructionUnknown, PeriodUnknown, NotAllowed, UnitUnknown.
        """
        tree, now = await self._ground.tree(), self._ground.now()
        check_reports_for(by, place.unit_id, tree)
        unit = tree.get(place.unit_id)

        def load(conn: Connection) -> Desk:
            instruction = _asked_of(conn, place)
            chosen = period_at(instruction, now) if period is None else period
            check_period(instruction, chosen)
            own = replace(place, period=chosen)
            if by.subject == place.unit_id:
                instructions.note_opened(conn, place.instruction_id, place.unit_id, now)
            return _desk(conn, own, instruction, unit, author, now)

        return await self._ground.database.run(load)

    async def save_draft(self, typed: Typed, *, by: Identity) -> None:
        """Keeps what was typed, whatever it is.

        Raises:
            InstructionUnknown, PeriodUnknown, NotAllowed.
        """
        check_reports_for(by, typed.place.unit_id, await self._ground.tree())
        draft = Draft(typed.author, typed.based_on, self._ground.now(), bounded(typed.texts))

        def keep(conn: Connection) -> None:
            _asked_of(conn, typed.place)
            reports.save_draft(conn, typed.place, draft)

        await self._ground.database.run(keep)

    async def drop_draft(self, place: Place, author: str, *, by: Identity) -> None:
        """Throws this browser's draft away.

        Raises:
            NotAllowed.
        """
        check_reports_for(by, place.unit_id, await self._ground.tree())
        await self._ground.database.run(lambda conn: reports.drop_draft(conn, place, author))

    async def submit(self, typed: Typed, *, by: Identity) -> Report:
        """Stores what was typed as the report's next version. Whatever goes wrong, it stays as a draft.

        Raises:
            ReportRefused: impossible or missing figures, each with its field. Unsure: only warnings.
            ReportOutdated: somebody else sent a version meanwhile. InstructionClosed, NotAllowed.
        """
        await self.save_draft(typed, by=by)
        tree, now = await self._ground.tree(), self._ground.now()
        unit = tree.get(typed.place.unit_id)

        def keep(conn: Connection) -> Report:
            desk = _desk(conn, typed.place, _asked_of(conn, typed.place), unit, typed.author, now)
            if desk.is_rolled:
                raise InstructionClosed("this report is a roll-up; it is corrected by passing it on again")
            report = _read(desk, typed)
            _store(conn, desk, report, by, is_sure=typed.is_sure)
            reports.drop_draft(conn, typed.place, typed.author)
            signin.append(conn, self._ground.line(by, "report-sent", desk.instruction.number, unit.name))
            return report

        return await self._ground.database.run(keep)

    async def submit_report(self, report: Report, *, by: Identity) -> Report:
        """Stores a whole report, such as a roll-up for the level above, as the next version.

        Raises:
            ReportRefused, ReportOutdated, InstructionClosed, NotAllowed.
        """
        tree, now = await self._ground.tree(), self._ground.now()
        check_reports_for(by, report.unit_id, tree)
        unit = tree.get(report.unit_id)
        place = Place(report.instruction_id, report.period, report.unit_id)

        def keep(conn: Connection) -> Report:
            desk = _desk(conn, place, _asked_of(conn, place), unit, "", now)
            _store(conn, desk, report, by, is_sure=True)
            line = self._ground.line(by, "report-sent", desk.instruction.number, unit.name)
            signin.append(conn, line)
            return report

        return await self._ground.database.run(keep)

    async def history(self, place: Place, *, by: Identity) -> list[tuple[Report, str]]:
        """Every version with who sent it, in order.

        Raises:
            NotAllowed.
        """
        check_reports_for(by, place.unit_id, await self._ground.tree())

        def load(conn: Connection) -> list[tuple[Report, str]]:
            known = reports.versions(conn, place)
            return list(zip(known, reports.authors(conn, place), strict=True))

        return await self._ground.database.run(load)


def earlier_periods(conn: Connection, instruction: Instruction, period: int) -> Sequence[tuple[str, int]]:
    """The periods before one, the most recent first: of this instruction, then of the office's last one."""
    own = [(instruction.instruction_id, one) for one in range(period - 1, -1, -1)]
    before = instructions.before(conn, instruction)
    if before is None:
        return own
    return [*own, *((before.instruction_id, one) for one in range(before.period_count - 1, -1, -1))]


def bounded(texts: Mapping[str, str]) -> dict[str, str]:
    """Only the fields of the form, each no longer than a draft may be."""
    return {name: texts[name][:MAX_TYPED] for name in FORM_FIELDS if name in texts}


def _asked_of(conn: Connection, place: Place) -> Instruction:
    instruction = instructions.find(conn, place.instruction_id)
    if not instructions.is_asked(conn, place.instruction_id, place.unit_id):
        raise NotAllowed("this instruction does not ask that unit")
    check_period(instruction, place.period)
    return instruction


def _desk(
    conn: Connection, place: Place, instruction: Instruction, unit: Unit, author: str, now: int
) -> Desk:
    versions = reports.versions(conn, place)
    found = reports.list_drafts(conn, place)
    earlier = earlier_periods(conn, instruction, place.period)
    return Desk(
        instruction,
        place.period,
        unit,
        tuple(versions),
        reports.latest_before(conn, unit.unit_id, earlier),
        next((one for one in found if one.author == author), None),
        tuple(one for one in found if one.author != author),
        timeliness(instruction, place.period, versions[0].submitted_at if versions else None, now),
        instruction.due_of(place.period),
        now,
    )


def _read(desk: Desk, typed: Typed) -> Report:
    report, problems = read_form(
        typed.texts,
        instruction_id=typed.place.instruction_id,
        period=typed.place.period,
        unit_id=typed.place.unit_id,
        version=typed.based_on + 1,
        submitted_at=desk.now,
        today=desk.instruction.civil_date(desk.now),
    )
    if errors_in(problems):
        raise ReportRefused("the form has fields that cannot be read", errors_in(problems))
    return report


def _store(conn: Connection, desk: Desk, report: Report, by: Identity, *, is_sure: bool) -> None:
    if not desk.is_open:
        raise InstructionClosed("the instruction is closed; what was typed is kept as a draft")
    check_version(desk.standing, report)
    warnings = accept_report(
        report, unit=desk.unit, instruction=desk.instruction, now=desk.now, previous=desk.previous
    )
    strange = [one for one in warnings if one.severity is Severity.WARNING]
    if strange and not is_sure:
        raise Unsure("some figures look strange; send them again if they are right", strange)
    reports.add(conn, report, by.actor)


def _begun(unit: Unit, previous: Report | None, today: str) -> dict[str, str]:
    """An empty form with what is known anyway: nobody types the number of inhabitants twice."""
    known: dict[str, int | None] = {"population": unit.population, "smartphones": unit.smartphones}
    texts = {name: str(count) for name, count in known.items() if count is not None}
    if previous is not None:
        for name in known:
            count = previous.figures.get(name)
            texts |= {name: str(count)} if count is not None else {}
        texts |= {"reporter": previous.reporter, "reporter_phone": previous.reporter_phone}
    return texts | {"as_of": today}
