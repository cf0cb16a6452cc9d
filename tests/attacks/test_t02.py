"""T-02: a frame is taken apart. What identifies and what proves is in the half that is never sent."""

from __future__ import annotations

from bluezone.protocol.advertisement import ADVERTISEMENT_LENGTH, mask_metadata
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier
from bluezone.sim.attacks import replay
from bluezone.sim.attacks.driven import DrivenPhone
from bluezone.sim.attacks.outcome import Setting


def test_t02_the_hidden_half_is_never_on_the_air(setting: Setting) -> None:
    outcome = replay.frame(setting)
    assert outcome.passed, outcome.measured


def test_t02_every_frame_has_31_bytes(setting: Setting) -> None:
    case = replay.speaking_case(setting)
    assert {len(one.data) for one in case.said} == {ADVERTISEMENT_LENGTH}


def test_t02_control_the_mask_goes_out_only_where_the_level_is_nothing() -> None:
    """Even the lowest level, written as zero, shows only one byte of the hidden half: X itself."""
    identifier = full_identifier(TemporaryExposureKey(bytes(range(16))), 2_833_344)
    assert mask_metadata(identifier.metadata_mask, -100) == identifier.metadata_mask
    assert mask_metadata(identifier.metadata_mask, -60) != identifier.metadata_mask


def test_t02_control_the_search_finds_what_is_there(setting: Setting) -> None:
    case = DrivenPhone(setting.random_bytes("case"), replay.CONTACT_AT)
    case.live(replay.CONTACT_AT + 600)
    full = full_identifier(case.agent.keys[-1].key.tek, int(replay.CONTACT_AT) // 600).reveal()
    assert case.said
    assert all(full[:12] in one.data for one in case.said)
