"""T-20: somebody stands between a phone and the time service, or restarts the phone."""

from __future__ import annotations

from dataclasses import replace

from bluezone.phone.trusted_time import Reading, TimeStatus, TrustedTime, accept_sync, read_time
from bluezone.sim.attacks import clock
from bluezone.sim.attacks.outcome import Setting


def test_t20_slow_foreign_and_backward_answers(setting: Setting) -> None:
    outcome = clock.trusted_time(setting)
    assert outcome.passed, outcome.measured


def test_t20_control_the_same_clock_without_what_was_reached_goes_back() -> None:
    """The guard is one number, the latest time ever acted on: without it the phone lives an hour twice."""
    synced = accept_sync(TrustedTime(reached=10_000.0), 6_400, 1.0, 1.0)
    assert synced is not None
    assert read_time(synced, Reading(0.0, 1.0)).status is TimeStatus.CATCHING_UP
    assert read_time(replace(synced, reached=0.0), Reading(0.0, 1.0)).now == 6_400.0
