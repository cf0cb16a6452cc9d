"""Reminds units by itself before and after each deadline: every reminder at most once, over restarts too.

Decides when to look, and when a reminder that nothing took is tried again. Which reminders are due is decided
in `instruction`; their words are in the catalogues.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog
from sqlalchemy import Connection

from bluezone.outreach.errors import OutreachError
from bluezone.outreach.instruction import Instruction, Reminder, due_reminders, period_at
from bluezone.outreach.office.access import SYSTEM, check_acts_for
from bluezone.outreach.office.ground import Ground
from bluezone.outreach.office.inviting import Inviting
from bluezone.outreach.storage import instructions, reminders, reports, uploads
from bluezone.outreach.storage.reminders import SentReminder
from bluezone.outreach.units import UnitTree
from bluezone.web.signin import storage as signin
from bluezone.web.signin.errors import SignInError
from bluezone.web.signin.rules import DAY_S, Identity

LOOK_S = 60.0
NOT_REACHED = "–"
# Waits of 1, 2, 4 ... minutes in between: a mail server may be away for eight hours.
MAX_TRIES = 10
_FIRST_WAIT_S = 60
log = structlog.get_logger("bluezone.outreach")


class Reminding:
    """The reminders of one service."""

    def __init__(self, ground: Ground, inviting: Inviting) -> None:
        self._ground, self._inviting = ground, inviting

    async def keep_reminding(self) -> None:
        """Runs until it is cancelled."""
        while True:
            try:
                await self.look_once()
                await self._tidy()
            except Exception as error:  # Nobody waits for this task: it may not end unseen.
                log.error("reminding-failed", reason=type(error).__name__)
            await self._ground.clock.sleep(LOOK_S)

    async def look_once(self) -> int:
        """Sends every reminder that is due; returns how many. One failing instruction stops no other."""
        tree, sent = await self._ground.tree(), 0
        for instruction in await self._ground.database.run(instructions.open_ones):
            try:
                for period in _periods_to_look_at(instruction, self._ground.now()):
                    due = await self._due(instruction, tree, period)
                    sent += await self._remind_all(instruction, tree, due, SYSTEM)
            except (OutreachError, SignInError) as error:
                log.error("reminding-failed", reason=error.code, instruction=instruction.instruction_id)
        return sent

    async def remind_now(self, instruction_id: str, *, by: Identity) -> int:
        """Reminds whoever has not reported for the current period, at the office's wish; returns how many.

        Raises:
            InstructionUnknown, NotAllowed.
        """
        tree, now = await self._ground.tree(), self._ground.now()
        instruction = await self._ground.database.run(lambda conn: instructions.find(conn, instruction_id))
        check_acts_for(by, instruction.office_id)
        period = period_at(instruction, now)
        # Named by the hour in which it was asked for: pressing the button twice reminds nobody twice.
        hours = (instruction.due_of(period) - now) // 3600
        asked = replace(instruction, reminder_hours=(hours + 1,), opened_at=0)
        due = await self._due(asked if instruction.opened_at is not None else instruction, tree, period)
        return await self._remind_all(instruction, tree, due, by)

    async def _due(self, instruction: Instruction, tree: UnitTree, period: int) -> tuple[Reminder, ...]:
        now, own = self._ground.now(), instruction.instruction_id

        def find(conn: Connection) -> tuple[Reminder, ...]:
            told = instructions.list_recipients(conn, own)
            return due_reminders(
                instruction,
                tree,
                period,
                now,
                reported=reports.all_versions(conn, own, period),
                opened={unit for unit, one in told.items() if one.opened_at is not None},
                sent={one.key for one in reminders.list_sent(conn, own, period) if not may_try(one, now)},
            )

        return await self._ground.database.run(find)

    async def _remind_all(
        self, instruction: Instruction, tree: UnitTree, due: Sequence[Reminder], by: Identity
    ) -> int:
        """Sends these reminders; returns how many were taken by something."""
        outcomes = [await self._remind(instruction, tree, one, by) for one in due]
        if failed := outcomes.count(False):
            log.warning("reminders-not-sent", instruction=instruction.instruction_id, count=failed)
        return outcomes.count(True)

    async def _remind(
        self, instruction: Instruction, tree: UnitTree, reminder: Reminder, by: Identity
    ) -> bool | None:
        """Whether anything took a reminder; None when it was not this one's turn to send it."""
        now, own = self._ground.now(), instruction.instruction_id
        unit = tree.get(reminder.unit_id)

        def claim(conn: Connection) -> bool:
            known = reminders.find(conn, own, reminder)
            if known is not None and not may_try(known, now):
                return False
            reminders.claim(conn, own, reminder, now, 1 if known is None else known.tries + 1)
            return True

        if not await self._ground.database.run(claim):
            return None
        due_at = instruction.due_of(reminder.period)
        kind = "before" if now <= due_at else "after"
        sent_to, is_sent = await self._inviting.send(instruction, unit, kind, due_at, by=by)
        line = self._ground.line(by, "reminded", instruction.number, unit.name)

        def note(conn: Connection) -> None:
            instructions.ask_also(conn, own, unit.unit_id)
            reminders.note_sent(conn, own, reminder, sent_to or NOT_REACHED, None if is_sent else now)
            if is_sent:
                signin.append(conn, line)

        await self._ground.database.run(note)
        return is_sent

    async def _tidy(self) -> None:
        await self._ground.sign_in.forget()
        before = self._ground.now() - DAY_S
        await self._ground.database.run(lambda conn: uploads.forget(conn, before))


def may_try(known: SentReminder, now: int) -> bool:
    """Whether a reminder that was claimed before is to be sent all the same: nothing took it, and it is time.

    One that may have left before a crash is never sent again; one without any address has nowhere to go.
    """
    if known.failed_at is None or known.sent_to == NOT_REACHED or known.tries >= MAX_TRIES:
        return False
    return now >= known.failed_at + (_FIRST_WAIT_S << (known.tries - 1))


def _periods_to_look_at(instruction: Instruction, now: int) -> range:
    """The current period, and the one before it: its reminders after the deadline may still be due."""
    current = period_at(instruction, now)
    return range(max(0, current - 1), current + 1)
