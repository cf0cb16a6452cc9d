"""T-16: the authority has a commitment and every key of the land, and wants to know whose it is."""

from __future__ import annotations

from bluezone.protocol.diagnosis_key import commitment_of
from bluezone.sim.attacks import server
from bluezone.sim.attacks.clinic import Owner
from bluezone.sim.attacks.outcome import Setting


def test_t16_without_r_nothing_opens(setting: Setting) -> None:
    outcome = server.open_commitment(setting)
    assert outcome.passed, outcome.measured


def test_t16_control_without_salt_the_right_suspect_is_found_at_once(setting: Setting) -> None:
    draw = setting.random_bytes("unsalted")
    suspects = [[leaf.leaf for leaf in Owner.draw(draw).commitment.leaves] for _ in range(20)]
    unsalted = commitment_of(bytes(16), suspects[7])
    assert [commitment_of(bytes(16), leaves) == unsalted for leaves in suspects].index(True) == 7
