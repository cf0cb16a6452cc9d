"""T-36: how often do strangers fit by chance? An index of 16 bits instead of 96 makes it countable."""

from __future__ import annotations

import pytest

from bluezone.sim.attacks import derivation
from bluezone.sim.attacks.outcome import Setting


def test_t36_chance_follows_the_formula(setting: Setting) -> None:
    outcome = derivation.chance(setting)
    assert outcome.passed, outcome.measured


@pytest.mark.slow
def test_t36_full(full: Setting) -> None:
    outcome = derivation.chance(full)
    assert outcome.passed, outcome.measured
