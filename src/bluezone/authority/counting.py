"""Counting how often the index of batches is fetched, for each UTC day: the service's one public figure.

Decides when the numbers go from memory to the database and which days are told: whole ones only, of the
last 30. Nothing of who asks is counted, so it is a number of fetches, not of phones; behind a cache it is a
lower bound.
"""

from __future__ import annotations

from collections import Counter

from bluezone.authority.storage import activity
from bluezone.clock import Clock
from bluezone.database.port import Database
from bluezone.protocol.interval import DAY_S

TOLD_DAYS = 30
# Who asks for the figures again and again is answered from memory.
ANSWER_S = 60.0


class Counting:
    """Counts in memory, writes now and then; what was not written is lost with the process, never doubled.

    Args:
        database: where the numbers are kept.
        clock: which day it is.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._counts: Counter[int] = Counter()
        self._answer: list[tuple[int, int]] = []
        self._answer_until = 0.0

    def count_index(self) -> None:
        """The index was fetched once."""
        self._counts[self._today()] += 1

    async def save(self) -> None:
        """Writes what was counted.

        Raises:
            DatabaseUnavailable: nothing was written; the numbers stay in memory.
        """
        if not self._counts:
            return
        taken, self._counts = self._counts, Counter()
        try:
            await self._database.run(lambda conn: activity.add(conn, taken))
        # Not when the caller is cancelled: the transaction goes on without it, and what it writes then
        # would be counted again.
        except Exception:
            self._counts.update(taken)
            raise

    async def days(self) -> list[tuple[int, int]]:
        """Day and number of the last whole days, the oldest first; days without any fetch are missing.

        Raises:
            DatabaseUnavailable.
        """
        now = self._clock.monotonic()
        if now >= self._answer_until:
            await self.save()
            today = self._today()
            self._answer = await self._database.run(
                lambda conn: activity.between(conn, today - TOLD_DAYS, today)
            )
            self._answer_until = now + ANSWER_S
        return self._answer

    def _today(self) -> int:
        return int(self._clock.system()) // DAY_S
