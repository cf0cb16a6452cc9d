"""T-28: a listener counts every bit on the air, and looks for those who use place."""

from __future__ import annotations

import pytest

from bluezone.sim.attacks import derivation
from bluezone.sim.attacks.outcome import Setting


def test_t28_every_bit_is_even_and_place_does_not_show(setting: Setting) -> None:
    outcome = derivation.air_statistics(setting)
    assert outcome.passed, outcome.measured


def test_t28_control_a_place_tag_that_is_empty_when_off_is_seen_at_once(setting: Setting) -> None:
    """If T2 were zero with place off, one frame would tell; the measure says so in sigmas."""
    said = [setting.random_bytes(f"{n}")(16) + bytes(3) for n in range(1000)]
    assert derivation.worst_bit(said) > 30


@pytest.mark.slow
def test_t28_full(full: Setting) -> None:
    outcome = derivation.air_statistics(full)
    assert outcome.passed, outcome.measured
