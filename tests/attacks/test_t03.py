"""T-03: a case's frames are recorded and played again elsewhere, 150 seconds later and more."""

from __future__ import annotations

import pytest

from bluezone.sim.attacks import controls, replay
from bluezone.sim.attacks.outcome import Setting


def test_t03_no_minute_is_verified(setting: Setting) -> None:
    outcome = replay.late_replay(setting)
    assert outcome.passed, outcome.measured
    assert outcome.count == 0


def test_t03_both_baselines_warn_everybody(setting: Setting) -> None:
    outcome = replay.late_replay(setting)
    assert (outcome.short_replay, outcome.two_hours) == (setting.victim_count, setting.victim_count)


@pytest.mark.parametrize("delay_s", [120.0, 150.0, 3600.0, 86_400.0])
def test_t03_two_minutes_are_enough_to_make_a_frame_worthless(setting: Setting, delay_s: float) -> None:
    case = replay.speaking_case(setting)
    harm = replay.harm_done(setting, case.sections(), replay.shifted(delay_s)(case.said))
    assert (harm.minutes, harm.alerted) == (0, 0)


def test_t03_open_within_two_minutes_a_copy_still_counts(setting: Setting) -> None:
    """The window that clocks need is also what a quick liar has: then it is a live relay, T-06."""
    case = replay.speaking_case(setting)
    assert replay.harm_done(setting, case.sections(), replay.shifted(60.0)(case.said)).minutes > 0


def test_t03_control_without_time_tags_every_victim_is_warned(setting: Setting) -> None:
    case = replay.speaking_case(setting)
    sent = replay.shifted(150.0)(case.said)
    harm = replay.harm_done(setting, case.sections(), sent, controls.without_time_tag())
    assert harm.alerted == setting.victim_count


def test_t03_control_the_twin_with_every_guard_decides_as_production(setting: Setting) -> None:
    case = replay.speaking_case(setting)
    for delay_s in (0.5, 60.0, 100.0, 150.0):
        sent = replay.shifted(delay_s)(case.said)
        twin = replay.harm_done(setting, case.sections(), sent, controls.TwinMatcher())
        assert twin == replay.harm_done(setting, case.sections(), sent)
