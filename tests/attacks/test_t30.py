"""T-30: a phone's own frames are thrown back at it."""

from __future__ import annotations

from bluezone.sim.attacks import memory
from bluezone.sim.attacks.driven import DrivenPhone
from bluezone.sim.attacks.outcome import Setting
from bluezone.sim.attacks.replay import CONTACT_AT, speaking_case


def test_t30_echoes_are_counted_and_never_stored(setting: Setting) -> None:
    outcome = memory.echo(setting)
    assert outcome.passed, outcome.measured


def test_t30_control_the_same_frames_are_a_contact_for_anybody_else(setting: Setting) -> None:
    case = speaking_case(setting)
    other = DrivenPhone(setting.random_bytes("other"), CONTACT_AT)
    other.live(CONTACT_AT + 3600, case.said)
    status = other.agent.status(other.reading())
    assert other.records()
    assert (status.echo_count, status.problems) == (0, status.problems)
