"""T-07: any bit of the payload is flipped on the way."""

from __future__ import annotations

import pytest

from bluezone.sim.attacks import controls, tags
from bluezone.sim.attacks.outcome import Setting


def test_t07_no_flipped_bit_gets_through(setting: Setting) -> None:
    outcome = tags.flipped_bits(setting)
    assert outcome.passed, outcome.measured


def test_t07_without_a_fix_only_the_place_tag_is_free(setting: Setting) -> None:
    free = {bit for bit in range(160) if tags.minutes_through(setting, tags.flip(bit), with_fix=False)}
    assert free == set(tags.T2_BITS)


def test_t07_control_an_untouched_frame_verifies(setting: Setting) -> None:
    assert tags.minutes_through(setting, lambda payload: payload, with_fix=True) == 12


@pytest.mark.parametrize("bit", [8 * 14, 8 * 16 + 7])
def test_t07_control_without_the_time_tag_a_flipped_tag_gets_through(setting: Setting, bit: int) -> None:
    loose = controls.without_time_tag()
    assert tags.minutes_through(setting, tags.flip(bit), with_fix=False, matcher=loose) == 12
    assert tags.minutes_through(setting, tags.flip(bit), with_fix=False) == 0
