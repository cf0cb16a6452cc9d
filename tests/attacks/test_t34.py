"""T-34: somebody watches the wire and tells a real publication from cover traffic."""

from __future__ import annotations

import pytest

from bluezone.sim.attacks import traffic
from bluezone.sim.attacks.outcome import Setting


def test_t34_sizes_order_and_delays_are_the_same(setting: Setting) -> None:
    outcome = traffic.cover_traffic(setting)
    assert outcome.passed, outcome.measured


def test_t34_control_other_delays_are_noticed(setting: Setting) -> None:
    dice = setting.dice("delays")
    real = [dice.uniform(5, 60) for _ in range(60)]
    assert traffic.same_distribution(real, [dice.uniform(5, 60) for _ in range(60)]) > 0.01
    assert traffic.same_distribution(real, [dice.uniform(20, 90) for _ in range(60)]) < 0.01
    assert traffic.same_distribution(real, [30.0] * 60) < 0.01


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_t34_full(full: Setting) -> None:
    outcome = traffic.cover_traffic(full)
    assert outcome.passed, outcome.measured
