"""What the public may see of an office's reports: the totals of the last deadline, where the office says so.

Decides which instruction and period they are of: the newest whose deadline has passed. Late reports do not
change what was published; no unit is named.
"""

from __future__ import annotations

from datetime import date

from bluezone.outreach.instruction import Instruction
from bluezone.outreach.office.access import OFFICE
from bluezone.outreach.office.ground import Ground
from bluezone.outreach.office.instructing import Instructing
from bluezone.outreach.office.summing import Summing
from bluezone.outreach.site.totals import Totals
from bluezone.web.signin.rules import Identity

KEPT_S = 300
_EPOCH = date(1970, 1, 1)


class PublishedTotals:
    """The totals of one office, for the public site.

    Args:
        ground, instructing, summing: of the service.
        office_id: whose totals.
    """

    def __init__(self, ground: Ground, instructing: Instructing, summing: Summing, office_id: str) -> None:
        self._ground, self._instructing, self._summing = ground, instructing, summing
        self._reader = Identity("public", OFFICE, office_id, "")
        self._kept: Totals | None = None
        self._asked_at: int | None = None

    async def latest(self) -> Totals | None:
        """The totals as of the last deadline, summed anew every five minutes; None before the first one."""
        now = self._ground.now()
        if self._asked_at is None or not 0 <= now - self._asked_at < KEPT_S:
            self._kept, self._asked_at = await self._sum(now), now
        return self._kept

    async def _sum(self, now: int) -> Totals | None:
        written = await self._instructing.list_own(by=self._reader)
        ended = [(one, period) for one in written if (period := last_ended(one, now)) is not None]
        if not ended:
            return None
        instruction, period = max(ended, key=lambda pair: pair[0].due_of(pair[1]))
        summed = await self._summing.roll_up(
            instruction.instruction_id, period, by=self._reader, at_deadline=True
        )
        total, due_at = summed.rollup.total, instruction.due_of(period)
        return Totals(
            as_of_day=(instruction.civil_date(due_at) - _EPOCH).days,
            units=total.expected_count,
            reported=total.reported_count,
            installed=total.uptake.residents,
            of_population=total.uptake.of_population,
            of_smartphones=total.uptake.of_smartphones,
        )


def last_ended(instruction: Instruction, now: int) -> int | None:
    """The last period (from 0) of a sent instruction whose deadline has passed; None before the first."""
    if instruction.opened_at is None:
        return None
    ended = [period for period in range(instruction.period_count) if instruction.due_of(period) < now]
    return ended[-1] if ended else None
