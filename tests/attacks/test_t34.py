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


def test_t34_attempts_that_fail_look_like_cover(setting: Setting) -> None:
    """A refused code, every key kept back, a second shown code: each redemption has its upload."""
    failed = traffic.failed_attempts(setting)
    assert {name: len(exchanges) for name, exchanges in failed.items()} == {
        "a refused code": 2,
        "a good code and every key kept back": 2,
        "a swab after two shown codes": 4,
    }
    assert all(traffic.is_cover(exchanges) for exchanges in failed.values())


def test_t34_control_a_redemption_alone_is_noticed(setting: Setting) -> None:
    pairs = traffic.failed_attempts(setting)["a swab after two shown codes"]
    assert not traffic.is_cover(pairs[:1])
    assert not traffic.is_cover(pairs[1:])
    assert not traffic.is_cover([pairs[0], pairs[2]])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_t34_full(full: Setting) -> None:
    outcome = traffic.cover_traffic(full)
    assert outcome.passed, outcome.measured
