"""T-22: the bytes of a list are broken in every way that a die can think of."""

from __future__ import annotations

import pytest

from bluezone.protocol.batch import decode_body
from bluezone.sim.attacks import lists
from bluezone.sim.attacks.outcome import Setting
from bluezone.sim.attacks.store import START


def test_t22_an_error_or_keys_within_limits(setting: Setting) -> None:
    outcome = lists.mutated_bodies(setting)
    assert outcome.passed, outcome.measured


def test_t22_control_limits_are_noticed() -> None:
    body = START.to_bytes(4, "little") + b"\x18" + (1).to_bytes(4, "little") + bytes(16)
    sections = decode_body(body)
    assert lists.within_limits(sections, body)
    assert not lists.within_limits(sections, body + b"x")


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_t22_a_million(full: Setting) -> None:
    outcome = lists.mutated_bodies(full)
    assert outcome.passed, outcome.measured
