"""T-10: the server invents keys, to make one chosen person's contacts afraid."""

from __future__ import annotations

from bluezone.sim.attacks import inventions
from bluezone.sim.attacks.driven import match
from bluezone.sim.attacks.outcome import Setting
from bluezone.sim.attacks.replay import listening_victim, speaking_case


def test_t10_no_invented_key_hits_and_the_auditor_signs_none(setting: Setting) -> None:
    outcome = inventions.invented_keys(setting)
    assert outcome.passed, outcome.measured


def test_t10_control_a_key_that_was_really_heard_hits(setting: Setting) -> None:
    friend = speaking_case(setting, "friend")
    chosen = listening_victim(setting, 0, friend.said)
    assert match(chosen.records(), friend.sections()).matched
