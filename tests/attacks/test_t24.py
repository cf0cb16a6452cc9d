"""T-24: 60,000 invented identifiers are shouted in ten minutes, to push a real contact out of memory."""

from __future__ import annotations

import pytest

from bluezone.phone.encounter import MAX_RECORDS_PER_INTERVAL
from bluezone.phone.sighting import MAX_CANDIDATES, MAX_LASTING
from bluezone.sim.attacks import memory
from bluezone.sim.attacks.outcome import Setting


def test_t24_limits_hold_and_the_real_contact_stays(setting: Setting) -> None:
    outcome = memory.flood(setting)
    assert outcome.passed, outcome.measured


def test_t24_every_identifier_heard_in_two_minutes_still_breaks_no_limit(setting: Setting) -> None:
    flooded = memory.flooded_interval(setting, 0, times_each=2)
    assert flooded.most_in_memory <= MAX_CANDIDATES + MAX_LASTING
    assert flooded.record_count <= MAX_RECORDS_PER_INTERVAL


def test_t24_control_forgetting_the_oldest_first_loses_the_contact(setting: Setting) -> None:
    kept = [memory.flooded_interval(setting, run, fifo=True).real_minutes for run in range(5)]
    assert sum(minutes >= 3 for minutes in kept) == 0


@pytest.mark.slow
def test_t24_full(full: Setting) -> None:
    outcome = memory.flood(full)
    assert outcome.passed, outcome.measured
