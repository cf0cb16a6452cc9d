"""T-29: with one published key somebody looks for a phone's other identifiers, before and after."""

from __future__ import annotations

from bluezone.protocol.keys import TemporaryExposureKey, expand
from bluezone.sim.attacks import derivation
from bluezone.sim.attacks.outcome import Setting


def test_t29_a_published_key_tells_nothing_outside_its_period(setting: Setting) -> None:
    outcome = derivation.forward_secrecy(setting)
    assert outcome.passed, outcome.measured


def test_t29_control_a_chain_of_keys_tells_every_later_day() -> None:
    """Where the next key is a hash of the last, as in older designs, the attack's own search finds it."""
    chain = list(derivation.derived_keys(bytes(16)))
    following = TemporaryExposureKey(chain[0])
    assert expand(following.reveal(), derivation.START, 1)[0] in {
        expand(key, derivation.START, 1)[0] for key in chain
    }
