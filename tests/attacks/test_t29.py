"""T-29: with one published key somebody looks for a phone's other identifiers, before and after."""

from __future__ import annotations

import hashlib

from bluezone.sim.attacks import derivation
from bluezone.sim.attacks.outcome import Setting


def test_t29_a_published_key_tells_nothing_outside_its_period(setting: Setting) -> None:
    outcome = derivation.forward_secrecy(setting)
    assert outcome.passed, outcome.measured


def test_t29_control_a_chain_of_keys_tells_every_later_day(setting: Setting) -> None:
    """Where the next key is a hash of the last, as in older designs, the same search finds a week of them."""
    days = [setting.random_bytes("chain")(16)]
    while len(days) < 7:
        days.append(hashlib.sha256(days[-1]).digest()[:16])
    assert set(days[1:]) <= set(derivation.derived_keys(days[0]))
