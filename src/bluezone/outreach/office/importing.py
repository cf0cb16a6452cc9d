"""Spreadsheets that come in: looked at cell by cell, kept for a day, taken over when somebody says so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bluezone.outreach.errors import OutreachError, ReportOutdated, UploadMissing
from bluezone.outreach.instruction import Instruction, check_period, expected_units
from bluezone.outreach.office.access import check_acts_for, check_keeps_units, check_reports_for
from bluezone.outreach.office.ground import Ground
from bluezone.outreach.office.reporting import Reporting, earlier_periods
from bluezone.outreach.office.unit_book import UnitBook, UnitChanges
from bluezone.outreach.report import Report
from bluezone.outreach.spreadsheet.reports import Asked, read_reports
from bluezone.outreach.spreadsheet.template import write_template
from bluezone.outreach.spreadsheet.unit_list import read_units
from bluezone.outreach.spreadsheet.verdict import Verdict
from bluezone.outreach.storage import instructions, reports, uploads
from bluezone.outreach.storage.uploads import Upload
from bluezone.outreach.units import Unit
from bluezone.web.language import words_of
from bluezone.web.signin.rules import Identity

_REPORTS, _UNITS = "reports", "units"
_GONE = str(UploadMissing.__doc__)


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was looked at.

    Attributes:
        upload_id: to take it over with.
        verdict: of its cells.
    """

    upload_id: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Source:
    """Whose file it is, for rows that name no reporter.

    Attributes:
        reporter: who imports.
        reporter_phone: of the same.
    """

    reporter: str = ""
    reporter_phone: str = ""


class Importing:
    """What may be done with spreadsheets."""

    def __init__(self, ground: Ground, reporting: Reporting, units: UnitBook) -> None:
        self._ground, self._reporting, self._units = ground, reporting, units

    async def look_at_reports(
        self,
        instruction_id: str,
        period: int,
        file: tuple[str, bytes],
        source: Source,
        *,
        by: Identity,
    ) -> Looked:
        """What every cell of a file of reports says; the file is kept for a day.

        Args:
            instruction_id: what the reports answer.
            period: from 0.
            file: its name and its bytes.
            source: for rows that name no reporter.
            by: whose office.

        Raises:
            SpreadsheetRefused, InstructionUnknown, NotAllowed.
        """
        instruction = await self._own(instruction_id, by)
        verdict = await self._read(instruction, period, file[1], source)
        upload = Upload(self._ground.new_id(), _REPORTS, by.actor, *file, self._ground.now())
        await self._ground.database.run(lambda conn: uploads.add(conn, upload))
        return Looked(upload.upload_id, verdict)

    async def take_reports(
        self, instruction_id: str, period: int, upload_id: str, source: Source, *, by: Identity
    ) -> tuple[int, list[tuple[Report, OutreachError]]]:
        """Stores the good rows of a file that was looked at, each as the next version of its unit's report.

        Returns:
            How many were stored, and those that could not be any more, each with its reason.

        Raises:
            UploadMissing, InstructionUnknown, NotAllowed.
        """
        instruction = await self._own(instruction_id, by)
        upload = await self._find(upload_id, by)
        verdict = await self._read(instruction, period, upload.content, source)
        known = await self._ground.database.run(
            lambda conn: _newest(reports.all_versions(conn, instruction_id, period))
        )
        stored, refused = 0, list[tuple[Report, OutreachError]]()
        for report in verdict.reports:
            newer = known.get(report.unit_id)
            if newer is not None and newer.submitted_at >= upload.made_at:
                # Whoever looked at the file did not see this one, and may not write over it unseen.
                refused.append((report, ReportOutdated(newer.version)))
                continue
            try:
                await self._reporting.submit_report(report, by=by)
                stored += 1
            except OutreachError as error:
                refused.append((report, error))
        await self._ground.database.run(lambda conn: uploads.drop(conn, upload_id))
        return stored, refused

    async def read_one(self, instruction: Instruction, period: int, unit_id: str, content: bytes) -> Verdict:
        """What a unit's own file says; only its row counts.

        Raises:
            SpreadsheetRefused.
        """
        return await self._read(replace(instruction, recipients=(unit_id,)), period, content, Source())

    async def template(
        self, instruction_id: str, period: int, unit_id: str | None, language: str, *, by: Identity
    ) -> bytes:
        """The form as a spreadsheet, for one unit or (None) for every unit that is asked.

        Raises:
            InstructionUnknown, NotAllowed.
        """
        tree = await self._ground.tree()
        instruction = await self._ground.database.run(lambda conn: instructions.find(conn, instruction_id))
        if unit_id is None:
            check_acts_for(by, instruction.office_id)
        else:
            check_reports_for(by, unit_id, tree)
        check_period(instruction, period)
        wanted = [unit_id] if unit_id else expected_units(instruction, tree, period)

        def load(conn: Connection) -> dict[str, Report]:
            earlier = earlier_periods(conn, instruction, period)[:1]
            return _newest(reports.all_versions(conn, *earlier[0])) if earlier else {}

        previous = await self._ground.database.run(load)
        say = words_of(language).text
        return await asyncio.to_thread(
            write_template, tree, wanted, instruction, say, language, period=period, previous=previous
        )

    async def look_at_units(self, file: tuple[str, bytes], *, by: Identity) -> tuple[str, UnitChanges]:
        """What a new list of units would change; the file is kept for a day.

        Raises:
            UnitsRefused, SpreadsheetRefused, NotAllowed.
        """
        check_keeps_units(by, await self._ground.tree())
        changes = await self._units.compare(await asyncio.to_thread(read_units, file[1]))
        now = self._ground.now()
        upload = Upload(self._ground.new_id(), _UNITS, by.actor, *file, now, changes.edition)
        await self._ground.database.run(lambda conn: uploads.add(conn, upload))
        return upload.upload_id, changes

    async def take_units(self, upload_id: str, *, by: Identity) -> UnitChanges:
        """Puts the list of a file that was looked at in force.

        Raises:
            UploadMissing, UnitsRefused, NotAllowed.
            UnitsOutdated: the changes that were looked at are not those that it would make now.
        """
        upload = await self._find(upload_id, by)
        listed: Sequence[Unit] = await asyncio.to_thread(read_units, upload.content)
        changes = await self._units.replace(listed, by=by, seen=upload.edition)
        await self._ground.database.run(lambda conn: uploads.drop(conn, upload_id))
        return changes

    async def _own(self, instruction_id: str, by: Identity) -> Instruction:
        found = await self._ground.database.run(lambda conn: instructions.find(conn, instruction_id))
        check_acts_for(by, found.office_id)
        return found

    async def _find(self, upload_id: str, by: Identity) -> Upload:
        upload = await self._ground.database.run(lambda conn: uploads.find(conn, upload_id, by.actor))
        if upload is None:
            raise UploadMissing(_GONE)
        return upload

    async def _read(self, instruction: Instruction, period: int, content: bytes, source: Source) -> Verdict:
        check_period(instruction, period)
        tree, now = await self._ground.tree(), self._ground.now()

        def load(conn: Connection) -> tuple[dict[str, Report], dict[str, Report]]:
            earlier = earlier_periods(conn, instruction, period)[:1]
            before = reports.all_versions(conn, *earlier[0]) if earlier else {}
            known = reports.all_versions(conn, instruction.instruction_id, period)
            return _newest(before), _newest(known)

        previous, stored = await self._ground.database.run(load)
        asked = Asked(
            tree, instruction, period, now, previous, stored, source.reporter, source.reporter_phone
        )
        # A thread: a file may take seconds, and others are at their forms meanwhile.
        return await asyncio.to_thread(read_reports, content, asked)


def _newest(versions: dict[str, list[Report]]) -> dict[str, Report]:
    return {unit_id: known[-1] for unit_id, known in versions.items()}
