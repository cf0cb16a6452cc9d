"""A phone that does as it is told, for tests of its pages."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from bluezone.phone.risk import Alert
from bluezone.phone.status import Status
from bluezone.phone.trusted_time import TimeStatus
from bluezone.phone.ui.screen import HeardLine, KeyWindow
from bluezone.phone.ui.view import PhoneAsleep, SwabCode
from bluezone.protocol.interval import interval_of, interval_start
from bluezone.protocol.swab import format_swab

NOW = 1_792_030_470.0


class FakeView:
    """Implements PhoneView from plain attributes."""

    def __init__(self) -> None:
        self.alert_list: list[Alert] = []
        self.lines = [HeardLine(interval_of(NOW) - n, bytes([n, 0xAB]), 9, 1.0) for n in range(3)]
        self.asleep = False
        self.erased = 0
        self.swabs = 0
        self.published: list[tuple[str | None, frozenset[int]]] = []
        self.refusal: Exception | None = None
        self.answer_after: asyncio.Event | None = None
        self.hotline = ""

    @property
    def utc_offset_minutes(self) -> int:
        """Of Vietnam."""
        return 420

    async def status(self) -> Status:
        """A working phone."""
        if self.asleep:
            raise PhoneAsleep("off")
        return Status(TimeStatus.TRUSTED, NOW, True, "3fa2", None, 2, 90, 0, ())

    async def alerts(self) -> Sequence[Alert]:
        """As given."""
        return self.alert_list

    async def met_counts(self) -> Mapping[int, int]:
        """Forty identifiers, just now."""
        return {interval_of(NOW): 40}

    async def history(self) -> Sequence[HeardLine]:
        """As given."""
        return self.lines

    async def erase_history(self) -> None:
        """Counts."""
        self.erased += 1
        self.lines = []

    async def windows(self) -> Sequence[KeyWindow]:
        """One that runs."""
        start = interval_of(NOW) - 3
        return [KeyWindow(start, interval_start(start), interval_start(start + 24))]

    async def swab_code(self) -> SwabCode | None:
        """The one that was made."""
        return SwabCode(format_swab(bytes([self.swabs]) * 32), int(NOW)) if self.swabs else None

    async def make_swab_code(self) -> None:
        """Counts, and refuses when told to."""
        if self.refusal is not None:
            raise self.refusal
        self.swabs += 1

    async def publish(self, typed_code: str | None, withheld_starts: frozenset[int]) -> int:
        """Keeps what it was given, and refuses when told to."""
        if self.answer_after is not None:
            await self.answer_after.wait()
        if self.refusal is not None:
            raise self.refusal
        self.published.append((typed_code, withheld_starts))
        return 2
