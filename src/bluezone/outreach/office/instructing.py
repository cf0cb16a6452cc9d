"""Instructions of an office: written, sent to all units below, watched, closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bluezone.outreach.errors import InstructionClosed, UnitUnknown
from bluezone.outreach.instruction import (
    Instruction,
    Timeliness,
    accept_instruction,
    check_period,
    expected_units,
    period_at,
    timeliness,
)
from bluezone.outreach.office.access import check_acts_for, check_sees_office, is_office
from bluezone.outreach.office.ground import Ground
from bluezone.outreach.office.inviting import Invitation, Inviting
from bluezone.outreach.problem import Problem
from bluezone.outreach.report import Report
from bluezone.outreach.storage import instructions as kept
from bluezone.outreach.storage import reminders, reports
from bluezone.outreach.storage.reminders import SentReminder
from bluezone.outreach.units import Unit, UnitTree
from bluezone.web.signin import storage as signin
from bluezone.web.signin.rules import Identity

_CLOSED = "the instruction is closed, or was not sent yet"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one unit stands with an instruction.

    Attributes:
        unit: which.
        recipient: how it was told, and whether it has looked.
        timeliness: of its report for the period.
        version: of its report; 0 for none.
        reminded: reminders of this period, the newest first.
    """

    unit: Unit
    recipient: kept.Recipient
    timeliness: Timeliness
    version: int
    reminded: tuple[SentReminder, ...]


@dataclass(frozen=True, slots=True)
class Watched:
    """An instruction with everybody it asks.

    Attributes:
        instruction: what was asked.
        period: which deadline (from 0).
        standings: every unit that is asked, in the order of the tree.
    """

    instruction: Instruction
    period: int
    standings: tuple[Standing, ...]

    def count(self, *kinds: Timeliness) -> int:
        """How many units stand so."""
        return sum(one.timeliness in kinds for one in self.standings)


class Instructing:
    """What an office may do with instructions."""

    def __init__(self, ground: Ground, inviting: Inviting) -> None:
        self._ground, self._inviting = ground, inviting

    async def save_draft(self, instruction: Instruction, *, by: Identity) -> str:
        """Keeps an instruction that is not sent yet; one without an id gets one, which is returned.

        Raises:
            NotAllowed: it is another office's. InstructionClosed: it was sent already.
        """
        check_acts_for(by, instruction.office_id)
        is_new = not instruction.instruction_id
        own = replace(instruction, instruction_id=instruction.instruction_id or self._ground.new_id())
        now, line = self._ground.now(), self._ground.line(by, "instruction-saved", own.number)

        def keep(conn: Connection) -> None:
            if is_new:
                kept.add(conn, own, now)
            else:
                stored = kept.find(conn, own.instruction_id)
                check_acts_for(by, stored.office_id)
                if stored.opened_at is not None:
                    raise InstructionClosed("the instruction was sent and cannot be changed any more")
                kept.replace(conn, own)
            signin.append(conn, line)

        await self._ground.database.run(keep)
        return own.instruction_id

    async def find(self, instruction_id: str, *, by: Identity) -> Instruction:
        """One instruction of an office that may be seen.

        Raises:
            InstructionUnknown, NotAllowed.
        """
        found = await self._ground.database.run(lambda conn: kept.find(conn, instruction_id))
        check_sees_office(by, found.office_id, await self._ground.tree())
        return found

    async def list_own(self, *, by: Identity) -> list[Instruction]:
        """What an office has written, the newest first; a province sees those of the offices below, too."""
        if not is_office(by):
            return []
        tree = await self._ground.tree()
        offices = [by.subject]
        if by.role == "province" and by.subject in tree:
            offices += [unit.unit_id for unit in tree.descendants(by.subject)]
        return await self._ground.database.run(lambda conn: kept.of_offices(conn, offices[:2000]))

    async def list_asking(self, *, by: Identity) -> list[Instruction]:
        """What somebody's unit is asked, the newest first."""
        return await self._ground.database.run(lambda conn: kept.asking(conn, by.subject))

    async def open(self, instruction_id: str, *, by: Identity) -> tuple[Problem, ...]:
        """Sends an instruction to every unit that it asks; returns its warnings.

        It counts as sent before the first message leaves: a crash in between leaves units without a message,
        which the office sees and can send again, and never two instructions.

        Raises:
            InstructionRefused, NotAllowed, InstructionClosed.
        """
        tree, now = await self._ground.tree(), self._ground.now()

        def start(conn: Connection) -> tuple[Instruction, tuple[Problem, ...]]:
            found = kept.find(conn, instruction_id)
            check_acts_for(by, found.office_id)
            if found.opened_at is not None:
                raise InstructionClosed("the instruction was sent before")
            warnings = accept_instruction(found, tree)
            opened = replace(found, opened_at=now)
            kept.replace(conn, opened)
            asked = list(expected_units(opened, tree, 0))
            kept.add_recipients(conn, instruction_id, asked)
            signin.append(conn, self._ground.line(by, "instruction-sent", found.number, f"{len(asked)}"))
            return opened, warnings

        instruction, warnings = await self._ground.database.run(start)
        for unit_id in expected_units(instruction, tree, 0):
            await self._hand_over(instruction, tree.get(unit_id), by)
        return warnings

    async def send_again(self, instruction_id: str, unit_id: str, *, by: Identity) -> tuple[str, bool]:
        """Sends one unit a new link; where it went, and whether anything took it.

        Raises:
            InstructionUnknown, InstructionClosed, NotAllowed, UnitUnknown.
        """
        instruction, tree = await self._open_one(instruction_id, by)
        now = self._ground.now()
        await self._check_asked(instruction, tree, [unit_id])
        await self._ground.database.run(
            lambda conn: signin.revoke_links(conn, unit_id, self._inviting.target(instruction, unit_id), now)
        )
        return await self._hand_over(instruction, tree.get(unit_id), by)

    async def print_links(
        self, instruction_id: str, unit_ids: tuple[str, ...] = (), *, by: Identity
    ) -> list[Invitation]:
        """A new link for each unit (or for some), to be printed.

        Raises:
            InstructionUnknown, InstructionClosed, NotAllowed, UnitUnknown.
        """
        instruction, tree = await self._open_one(instruction_id, by)
        await self._check_asked(instruction, tree, unit_ids)
        wanted = tuple(dict.fromkeys(unit_ids)) or expected_units(instruction, tree, 0)
        await self._ground.database.run(lambda conn: kept.ask_all(conn, instruction_id, wanted))
        return [await self._inviting.invite(instruction, tree.get(one), by=by) for one in wanted]

    async def close(self, instruction_id: str, *, by: Identity) -> None:
        """Closes an instruction: no more reports, no more reminders; what was typed stays as drafts.

        Raises:
            InstructionUnknown, InstructionClosed, NotAllowed.
        """
        instruction, _ = await self._open_one(instruction_id, by)
        closed = replace(instruction, closed_at=self._ground.now())
        line = self._ground.line(by, "instruction-closed", instruction.number)

        def keep(conn: Connection) -> None:
            kept.replace(conn, closed)
            signin.append(conn, line)

        await self._ground.database.run(keep)

    async def watch(self, instruction_id: str, period: int | None = None, *, by: Identity) -> Watched:
        """How every unit that was asked stands now.

        Raises:
            InstructionUnknown, NotAllowed.
        """
        instruction, tree = await self.find(instruction_id, by=by), await self._ground.tree()
        now = self._ground.now()
        chosen = period_at(instruction, now) if period is None else period
        check_period(instruction, chosen)

        def load(conn: Connection) -> Watched:
            told = kept.list_recipients(conn, instruction_id)
            versions = reports.all_versions(conn, instruction_id, chosen)
            sent = defaultdict[str, list[SentReminder]](list)
            for one in reminders.list_sent(conn, instruction_id, chosen):
                sent[one.unit_id].append(one)
            standings = tuple(
                Standing(
                    tree.get(unit_id),
                    told.get(unit_id, kept.Recipient(unit_id, None, "", None)),
                    timeliness(instruction, chosen, _first_at(versions.get(unit_id)), now),
                    len(versions.get(unit_id, ())),
                    tuple(sent[unit_id]),
                )
                for unit_id in expected_units(instruction, tree, chosen)
            )
            return Watched(instruction, chosen, standings)

        return await self._ground.database.run(load)

    async def _hand_over(self, instruction: Instruction, unit: Unit, by: Identity) -> tuple[str, bool]:
        now = self._ground.now()
        due_at = instruction.due_of(period_at(instruction, now))
        sent_to, is_sent = await self._inviting.send(instruction, unit, "invite", due_at, by=by)
        at = now if is_sent else None

        def note(conn: Connection) -> None:
            kept.ask_also(conn, instruction.instruction_id, unit.unit_id)
            kept.note_sent(conn, instruction.instruction_id, unit.unit_id, sent_to, at)

        await self._ground.database.run(note)
        return sent_to, is_sent

    async def _open_one(self, instruction_id: str, by: Identity) -> tuple[Instruction, UnitTree]:
        instruction = await self.find(instruction_id, by=by)
        check_acts_for(by, instruction.office_id)
        if instruction.opened_at is None or instruction.closed_at is not None:
            raise InstructionClosed(_CLOSED)
        return instruction, await self._ground.tree()

    async def _check_asked(self, instruction: Instruction, tree: UnitTree, unit_ids: Sequence[str]) -> None:
        # Also a unit that was added below the office after the instruction was sent is expected.
        expected = set(expected_units(instruction, tree, period_at(instruction, self._ground.now())))
        others = [one for one in unit_ids if one not in expected]

        def are_asked(conn: Connection) -> bool:
            return all(kept.is_asked(conn, instruction.instruction_id, one) for one in others)

        if others and not await self._ground.database.run(are_asked):
            raise UnitUnknown("this instruction does not ask that unit")


def _first_at(versions: list[Report] | None) -> int | None:
    return versions[0].submitted_at if versions else None
