"""T-08: a liar who knows V and the metadata byte guesses 50,000 time tags."""

from __future__ import annotations

from bluezone.phone.encounter import Sample
from bluezone.phone.matching import verify_sample
from bluezone.protocol.advertisement import build_payload
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier
from bluezone.sim.attacks import tags
from bluezone.sim.attacks.outcome import Setting


def test_t08_at_most_one_guess_hits(setting: Setting) -> None:
    outcome = tags.guessed_tags(setting)
    assert outcome.passed, outcome.measured


def test_t08_control_the_right_tag_is_among_those_that_can_be_guessed() -> None:
    minute = tags.START // 60
    identifier = full_identifier(TemporaryExposureKey(bytes(16)), minute // 10)
    said = build_payload(identifier, minute, -60)
    right = Sample(minute * 60, -60, said.masked_metadata, said.time_tag, said.place_tag)
    assert verify_sample(identifier, minute // 10, right) == (minute, -60)


def test_t08_control_with_one_byte_of_tag_every_256th_guess_hits(setting: Setting) -> None:
    dice, minute = setting.dice("one byte"), tags.START // 60
    identifier = full_identifier(TemporaryExposureKey(bytes(16)), minute // 10)
    tag = build_payload(identifier, minute, -60).time_tag
    assert 120 < sum(dice.randbytes(1) == tag[:1] for _ in range(50_000)) < 280
