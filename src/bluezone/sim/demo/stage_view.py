"""A phone on the stage as its own screens see it: every question is answered in the town's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from bluezone.phone.risk import Alert
from bluezone.phone.runner import PhoneRunner
from bluezone.phone.status import Status
from bluezone.phone.ui.runner_view import alerts_of, history_of, swab_code_of, windows_of
from bluezone.phone.ui.screen import HeardLine, KeyWindow
from bluezone.phone.ui.view import PhoneAsleep, SwabCode
from bluezone.sim.errors import PhoneOffError
from bluezone.sim.stage import Stage

T = TypeVar("T")
# All known offsets of the demo's air belong to the senders.
_RECEIVER_CORRECTION_DB = 0


class StageView:
    """The screens' view of one station.

    Args:
        stage: running.
        station: of the phone.
    """

    def __init__(self, stage: Stage, station: int) -> None:
        self._stage = stage
        self._station = station

    @property
    def utc_offset_minutes(self) -> int:
        """Of the region's civil date."""
        return self._stage.region.utc_offset_minutes

    @property
    def hotline(self) -> str:
        """Of the region."""
        return self._stage.region.hotline

    async def status(self) -> Status:
        """How the phone is doing."""
        return await self._ask(lambda runner: runner.status())

    async def alerts(self) -> Sequence[Alert]:
        """Warnings whose time to be shown has come."""
        return await self._ask(alerts_of)

    async def met_counts(self) -> Mapping[int, int]:
        """Stored identifiers per interval."""
        return await self._ask(lambda runner: runner.store.days.counts())

    async def history(self) -> Sequence[HeardLine]:
        """The newest 200 lines of "who and when"."""
        return await self._ask(lambda runner: history_of(runner, _RECEIVER_CORRECTION_DB))

    async def erase_history(self) -> None:
        """Forgets what was heard, for good."""
        await self._ask(lambda runner: runner.store.days.erase_history())

    async def windows(self) -> Sequence[KeyWindow]:
        """The time served by own keys that are not published."""
        return await self._ask(windows_of)

    async def swab_code(self) -> SwabCode | None:
        """The code that was shown for a sample within the last day."""
        return await self._ask(swab_code_of)

    async def make_swab_code(self) -> None:
        """Makes a new code for a sample."""
        await self._ask(lambda runner: runner.commit_before_swab())

    async def publish(self, typed_code: str | None, withheld_starts: frozenset[int]) -> int:
        """Publishes with the owner's consent."""
        try:
            return (await self._stage.publish(self._station, typed_code, withheld_starts)).sent_count
        except PhoneOffError as error:
            raise PhoneAsleep(str(error)) from None

    async def _ask(self, question: Callable[[PhoneRunner], T]) -> T:
        try:
            return await self._stage.ask(self._station, question)
        except PhoneOffError as error:
            raise PhoneAsleep(str(error)) from None
