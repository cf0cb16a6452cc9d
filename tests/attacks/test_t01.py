"""T-01: honest use. Everything else is worth nothing if two people who met are not found."""

from __future__ import annotations

import pytest

from bluezone.sim.attacks import replay
from bluezone.sim.attacks.outcome import Setting


def test_t01_every_minute_is_verified(setting: Setting) -> None:
    outcome = replay.honest_use(setting)
    assert outcome.passed, outcome.measured


@pytest.mark.parametrize("skew_s", [0.0, replay.WIDEST_SKEW_S, -replay.WIDEST_SKEW_S])
def test_t01_also_with_clocks_wrong_in_opposite_directions(setting: Setting, skew_s: float) -> None:
    assert replay.honest_minutes(setting, skew_s, -skew_s) == 12


def test_t01_control_a_clock_that_is_a_day_off_goes_by_signed_time(setting: Setting) -> None:
    assert replay.honest_minutes(setting, 86_400.0, -86_400.0) == 12
