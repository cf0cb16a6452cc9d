"""T-37: somebody publishes as many keys as he can, to empty everybody's battery."""

from __future__ import annotations

from bluezone.protocol.keys import TemporaryExposureKey, expand, full_identifier, index_hash
from bluezone.sim.attacks import derivation
from bluezone.sim.attacks.outcome import Setting


def test_t37_a_day_of_keys_costs_144_blocks_and_no_hash(setting: Setting) -> None:
    outcome = derivation.matching_cost(setting)
    assert outcome.passed, outcome.measured


def test_t37_control_blocks_and_hashes_are_counted() -> None:
    with derivation.counted() as cost:
        full_identifier(TemporaryExposureKey(bytes(16)), 5)
        index_hash(expand(bytes(16), 144, 24)[0])
    assert (cost.aes_blocks, cost.hash_count) == (2 + 24, 1)
