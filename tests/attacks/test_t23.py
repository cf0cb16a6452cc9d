"""T-23: an observer of the lists learns what real keys look like and tries to tell them from filler."""

from __future__ import annotations

import pytest

from bluezone.sim.attacks import inventions
from bluezone.sim.attacks.outcome import Setting


def test_t23_keys_are_sorted_and_filler_looks_real(setting: Setting) -> None:
    outcome = inventions.order_and_filler(setting)
    assert outcome.passed, outcome.measured


def test_t23_control_the_same_observer_sees_through_plain_padding(setting: Setting) -> None:
    seen, unsorted_count = inventions.observed(setting, 40, inventions.padded_plan)
    area, low, _ = inventions.advantage(setting, seen)
    assert unsorted_count == 0
    assert low > 0.55, area


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_t23_full(full: Setting) -> None:
    outcome = inventions.order_and_filler(full)
    assert outcome.passed, outcome.measured
