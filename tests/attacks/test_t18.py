"""T-18: a key that still serves: is it handed out, and would a phone use it?"""

from __future__ import annotations

from bluezone.protocol.diagnosis_key import over_at, usable_at
from bluezone.sim.attacks import clock, replay, server
from bluezone.sim.attacks.driven import DrivenPhone, match
from bluezone.sim.attacks.outcome import Setting


def test_t18_the_server_holds_it_and_the_phone_skips_it(setting: Setting) -> None:
    outcome = server.early_key(setting)
    assert outcome.passed, outcome.measured


def test_t18_control_handed_out_at_once_it_could_be_lived_from(setting: Setting) -> None:
    """While a key serves, whoever holds it makes frames that verify: the reason for holding it back."""
    case = replay.speaking_case(setting)
    section = clock.closed_key(case)
    thief = DrivenPhone(setting.random_bytes("thief"), replay.CONTACT_AT - 60)
    thief.live(replay.CONTACT_AT + replay.CONTACT_S + 900, case.said)
    assert match(thief.records(), [section]).minutes
    over = over_at(section.rolling_start, section.rolling_period)
    assert not usable_at(section.rolling_start, section.rolling_period, over - 1)
    assert not match(thief.records(), [section], over - 1).minutes
