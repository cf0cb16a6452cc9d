"""T-11: a key is copied out of a phone and published by somebody else. Its owner's phone raises the alarm."""

from __future__ import annotations

from bluezone.sim.attacks import traffic
from bluezone.sim.attacks.outcome import Setting


def test_t11_the_owner_is_told_and_nobody_else(setting: Setting) -> None:
    """The controls are in it: no alarm for a key that its owner published, none for a stranger's."""
    outcome = traffic.stolen_key(setting)
    assert outcome.passed, outcome.measured
