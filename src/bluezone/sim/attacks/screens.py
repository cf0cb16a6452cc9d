"""T-35: somebody looks over a shoulder, at the pages that a phone really serves."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from bluezone.phone.risk import Alert
from bluezone.phone.status import Status
from bluezone.phone.trusted_time import TimeStatus
from bluezone.phone.ui.app import create_phone_app
from bluezone.phone.ui.screen import HeardLine, KeyWindow
from bluezone.phone.ui.view import SwabCode
from bluezone.protocol.interval import interval_of, local_day_of
from bluezone.sim.attacks.driven import MORNING
from bluezone.sim.attacks.outcome import Outcome, Setting

NOON = MORNING + 5 * 3600
_UTC_OFFSET = 420
_ADDRESS = "http://127.0.0.1"


@dataclass(slots=True)
class WatchedPhone:
    """A phone with a history and an alert, as its pages see it."""

    lines: list[HeardLine]
    alert_list: list[Alert]
    utc_offset_minutes: int = _UTC_OFFSET
    hotline: str = ""

    async def status(self) -> Status:
        """A working phone."""
        return Status(TimeStatus.TRUSTED, NOON, True, "", None, 2, 90, 0, ())

    async def alerts(self) -> Sequence[Alert]:
        """As given."""
        return self.alert_list

    async def met_counts(self) -> Mapping[int, int]:
        """None worth telling."""
        return {}

    async def history(self) -> Sequence[HeardLine]:
        """As given."""
        return self.lines

    async def erase_history(self) -> None:
        """Nobody asks for it here."""

    async def windows(self) -> Sequence[KeyWindow]:
        """No key to publish."""
        return []

    async def swab_code(self) -> SwabCode | None:
        """None was made."""
        return None

    async def make_swab_code(self) -> None:
        """Nobody asks for it here."""

    async def publish(self, typed_code: str | None, withheld_starts: frozenset[int]) -> int:
        """Nobody asks for it here."""
        raise AssertionError(f"nobody agreed to send, by {typed_code!r} without {len(withheld_starts)} keys")


async def pages(phone: WatchedPhone) -> tuple[str, str]:
    """The text of the history page and of the alert page, as a browser shows it."""
    app = create_phone_app(phone)
    site: Callable[..., Any] = app
    transport = httpx.ASGITransport(app=site)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url=_ADDRESS) as http:
        history, alert = await http.get("/history"), await http.get("/alert")
    return _text(history.text), _text(alert.text)


def _text(html: str) -> str:
    without = re.sub(r"<(script|style|head)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", without))


def shoulder(setting: Setting) -> Outcome:
    """T-35: the history shows four digits and the hour, the alert a day and no identifier at all."""
    dice = setting.dice("shoulder")
    visible = [dice.randbytes(12) for _ in range(6)]
    lines = [HeardLine(interval_of(NOON) - 7 * n, one[:2], 9, 1.0) for n, one in enumerate(visible)]
    day = local_day_of(NOON, _UTC_OFFSET)
    phone = WatchedPhone(lines, [Alert(day, 1500.0, 0.5, 25)])
    history, alert = asyncio.run(pages(phone))
    shown = sum(one[:2].hex() in history for one in visible)
    beyond = sum(one[:3].hex() in history + alert for one in visible)
    named = sum(one[:2].hex() in alert for one in visible)
    clock_times = re.findall(r"\b\d{1,2}:(?!00)\d{2}\b", history) + re.findall(r"\b\d{1,2}:\d{2}\b", alert)
    return Outcome(
        shown == len(visible) and beyond == named == 0 and not clock_times and "15" in alert,
        f"history: {shown} of {len(visible)} lines with 4 hex digits, {beyond} with more, minutes of the"
        f" clock shown {len(clock_times)}; alert: identifiers {named}",
        beyond + named + len(clock_times),
    )
