"""T-19: a phone's clock is pushed back a day, and yesterday's frames of a case are played to it."""

from __future__ import annotations

from bluezone.sim.attacks import clock, replay
from bluezone.sim.attacks.outcome import Setting


def test_t19_signed_time_does_not_go_back(setting: Setting) -> None:
    outcome = clock.time_machine(setting)
    assert outcome.passed, outcome.measured


def test_t19_control_a_phone_that_believes_its_clock_is_fooled(setting: Setting) -> None:
    harm = clock.pushed_back(setting, replay.speaking_case(setting), believes=True)
    assert harm.alerted == setting.victim_count
