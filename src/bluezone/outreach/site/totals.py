"""Totals of the offices' reports, where the office publishes them: what the page of figures needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bluezone.outreach.figures import Share


@dataclass(frozen=True, slots=True)
class Totals:
    """What all reports say together.

    Attributes:
        as_of_day: days since 1970-01-01.
        units: that were asked to report.
        reported: of them, that did.
        installed: residents who installed it, as reported.
        of_population: the same against the people, in the units that gave both.
        of_smartphones: against those with a smartphone, in the units that gave both.
    """

    as_of_day: int
    units: int
    reported: int
    installed: int
    of_population: Share
    of_smartphones: Share


class TotalsSource(Protocol):
    """Where totals come from."""

    async def latest(self) -> Totals | None:
        """The last totals that the office made public; None while there are none."""
