"""T-09: a confirmed liar publishes a celebrity's copied frames, to frighten all who were at the concert."""

from __future__ import annotations

from bluezone.protocol.keys import TemporaryExposureKey, full_identifier
from bluezone.sim.attacks import derivation, replay
from bluezone.sim.attacks.driven import match
from bluezone.sim.attacks.outcome import Setting


def test_t09_nothing_that_is_copied_can_be_published(setting: Setting) -> None:
    outcome = derivation.celebrity(setting)
    assert outcome.passed, outcome.measured
    assert outcome.count == 0


def test_t09_control_whoever_has_the_key_itself_frightens_every_fan(setting: Setting) -> None:
    celebrated = replay.speaking_case(setting, "celebrity")
    fan = replay.listening_victim(setting, 0, celebrated.said)
    assert match(fan.records(), celebrated.sections()).matched


def test_t09_control_a_list_of_identifiers_would_be_made_of_copied_frames(setting: Setting) -> None:
    """If cases published identifiers instead of keys, the copied twelve bytes would be all it takes."""
    celebrated = replay.speaking_case(setting, "celebrity")
    copied = {one.data[12:24] for one in celebrated.said}
    own = celebrated.agent.keys[-1]
    published = {
        full_identifier(TemporaryExposureKey(own.key.tek.reveal()), j).visible
        for j in range(own.start, own.end)
    }
    assert copied <= published
