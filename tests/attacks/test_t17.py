"""T-17: a key closed early is in the list; whoever reads the list sends frames with it for half an hour."""

from __future__ import annotations

from bluezone.sim.attacks import clock, controls
from bluezone.sim.attacks.outcome import Setting


def test_t17_no_minute_is_verified(setting: Setting) -> None:
    outcome = clock.replay_with_full_key(setting)
    assert outcome.passed, outcome.measured


def test_t17_control_published_with_its_whole_window_everybody_is_warned(setting: Setting) -> None:
    assert clock.closed_key_harm(setting, period=24).alerted == setting.victim_count


def test_t17_control_without_time_tags_the_last_identifier_counts_again(setting: Setting) -> None:
    assert clock.closed_key_harm(setting, controls.without_time_tag()).minutes > 0
