"""A running phone as its screens see it: only values go out, nothing of the store or the keys.

Decides how a stored line becomes a level: by the strength at which it came, since how loud the other
phone is stays masked until its owner publishes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bluezone.phone.publishing import Published
from bluezone.phone.risk import Alert
from bluezone.phone.runner import PhoneRunner
from bluezone.phone.status import Status
from bluezone.phone.ui.screen import HeardLine, KeyWindow
from bluezone.phone.ui.view import HISTORY_LINES, SwabCode
from bluezone.protocol.interval import interval_start
from bluezone.protocol.swab import format_swab

AVERAGE_DBM_AT_1M = -60


class RunnerView:
    """The screens' view of one phone in this process and loop.

    Args:
        runner: of the phone.
        receiver_correction_db: of its model, dB.
    """

    def __init__(self, runner: PhoneRunner, receiver_correction_db: int = 0) -> None:
        self._runner = runner
        self._correction_db = receiver_correction_db

    @property
    def utc_offset_minutes(self) -> int:
        """Of the region's civil date."""
        return self._runner.region.utc_offset_minutes

    @property
    def hotline(self) -> str:
        """Of the region."""
        return self._runner.region.hotline

    async def status(self) -> Status:
        """How the phone is doing."""
        return self._runner.status()

    async def alerts(self) -> Sequence[Alert]:
        """Warnings whose time to be shown has come."""
        return alerts_of(self._runner)

    async def met_counts(self) -> Mapping[int, int]:
        """Stored identifiers per interval."""
        return self._runner.store.days.counts()

    async def history(self) -> Sequence[HeardLine]:
        """The newest 200 lines of "who and when"."""
        return history_of(self._runner, self._correction_db)

    async def erase_history(self) -> None:
        """Forgets what was heard, for good."""
        self._runner.store.days.erase_history()

    async def windows(self) -> Sequence[KeyWindow]:
        """The time served by own keys that are not published."""
        return windows_of(self._runner)

    async def swab_code(self) -> SwabCode | None:
        """The code that was shown for a sample within the last day."""
        return swab_code_of(self._runner)

    async def make_swab_code(self) -> None:
        """Makes a new code for a sample."""
        self._runner.commit_before_swab()

    async def publish(self, typed_code: str | None, withheld_starts: frozenset[int]) -> int:
        """Publishes with the owner's consent."""
        return (await publish_by(self._runner, typed_code, withheld_starts)).sent_count


async def publish_by(
    runner: PhoneRunner, typed_code: str | None, withheld_starts: frozenset[int]
) -> Published:
    """Publishes with a typed code, or without one by a positive sample of this phone."""
    if typed_code is None:
        return await runner.publish_swab(withheld_starts)
    return await runner.publish(typed_code, withheld_starts)


def swab_code_of(runner: PhoneRunner) -> SwabCode | None:
    """The code that was shown for a sample within the last day."""
    shown = runner.shown_at_swab()
    return SwabCode(format_swab(shown[0]), shown[1]) if shown else None


def alerts_of(runner: PhoneRunner) -> list[Alert]:
    """Warnings whose time to be shown has come. Without the time none that is known is hidden."""
    now = runner.status().now
    return [one.alert for one in runner.store.ledger.alerts() if now is None or one.show_at <= now]


def history_of(runner: PhoneRunner, receiver_correction_db: int) -> list[HeardLine]:
    """The newest 200 lines of "who and when"."""
    offset = receiver_correction_db - AVERAGE_DBM_AT_1M
    return [
        HeardLine(line.interval, line.label, line.minute_count, line.best_rssi_dbm + offset)
        for line in runner.store.days.history(HISTORY_LINES)
    ]


def windows_of(runner: PhoneRunner) -> list[KeyWindow]:
    """The time served by own keys that are not published."""
    return [
        KeyWindow(own.start, interval_start(own.start), interval_start(own.end))
        for own in runner.store.ledger.own_keys()
        if not own.published
    ]
