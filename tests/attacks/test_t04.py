"""T-04: one frame is captured and sent for ten minutes. One frame is one minute at most."""

from __future__ import annotations

from bluezone.sim.attacks import controls, replay
from bluezone.sim.attacks.outcome import Setting


def test_t04_one_frame_is_one_minute(setting: Setting) -> None:
    outcome = replay.one_frame(setting)
    assert outcome.passed, outcome.measured
    assert outcome.count <= 1


def test_t04_a_louder_copy_that_comes_later_changes_nothing(setting: Setting) -> None:
    assert replay.louder_copy_counts(setting) == 0


def test_t04_control_without_r4_and_r6_it_is_ten_minutes(setting: Setting) -> None:
    case = replay.speaking_case(setting)
    sent = replay.one_frame_for(600)(case.said)
    loose = controls.TwinMatcher(checks_time=False, counts_minutes_once=False)
    assert replay.harm_done(setting, case.sections(), sent, loose).most_minutes >= 8


def test_t04_control_without_r6_alone_the_window_of_r4_still_gives_more_than_one(setting: Setting) -> None:
    case = replay.speaking_case(setting)
    sent = replay.one_frame_for(600)(case.said)
    harm = replay.harm_done(setting, case.sections(), sent, controls.without_one_frame_one_minute())
    assert harm.most_minutes > 1
