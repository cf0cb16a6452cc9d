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


def test_t34_open_attempts_that_fail_do_not_look_like_cover(setting: Setting) -> None:
    """Cover is always one redemption and one upload; a refused code and a second shown code are not."""
    redeem, publish = "POST /v1/redeem", "POST /v1/publish"
    assert traffic.unfinished_attempts(setting) == {
        "a refused code": [redeem],
        "a swab after two shown codes": [redeem, redeem, publish],
    }


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_t34_full(full: Setting) -> None:
    outcome = traffic.cover_traffic(full)
    assert outcome.passed, outcome.measured
