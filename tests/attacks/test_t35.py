"""T-35: somebody looks over the owner's shoulder at the screens."""

from __future__ import annotations

import asyncio

from bluezone.phone.risk import Alert
from bluezone.phone.ui.screen import HeardLine
from bluezone.protocol.interval import interval_of
from bluezone.sim.attacks import screens
from bluezone.sim.attacks.outcome import Setting


def test_t35_four_digits_an_hour_and_a_day(setting: Setting) -> None:
    outcome = screens.shoulder(setting)
    assert outcome.passed, outcome.measured


def test_t35_a_store_that_hands_out_more_is_cut_at_the_screen() -> None:
    line = HeardLine(interval_of(screens.NOON), bytes.fromhex("abcdef012345"), 9, 1.0)
    phone = screens.WatchedPhone([line], [Alert(20_000, 1500.0, 0.5, 25)])
    history, alert = asyncio.run(screens.pages(phone))
    assert "abcd" in history
    assert "abcdef" not in history
    assert "abcd" not in alert
