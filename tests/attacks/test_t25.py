"""T-25: beside an honest phone somebody sends its identifier with false tags, to drown the true ones."""

from __future__ import annotations

from dataclasses import replace

from bluezone.phone.encounter import EncounterRecord
from bluezone.protocol.interval import minute_of
from bluezone.sim.attacks import tags
from bluezone.sim.attacks.outcome import Setting


def first_of_each_minute(record: EncounterRecord) -> EncounterRecord:
    """A receiver that keeps one tag set for each minute: the first it hears."""
    kept = {minute_of(one.received_at): one for one in reversed(record.samples)}
    return replace(record, samples=tuple(kept[minute] for minute in sorted(kept)))


def test_t25_every_honest_minute_is_kept(setting: Setting) -> None:
    outcome = tags.false_tags(setting)
    assert outcome.passed, outcome.measured


def test_t25_control_with_one_tag_set_a_minute_nothing_is_left(setting: Setting) -> None:
    assert tags.honest_minutes_kept(setting, 1, liar_first=True, limit=first_of_each_minute) == 0
    assert tags.honest_minutes_kept(setting, 1, liar_first=True) == 10


def test_t25_open_faster_false_tags_do_drown_the_true_ones(setting: Setting) -> None:
    """Ten times as many frames, in five sets: known and open, and no worse than jamming."""
    assert tags.honest_minutes_kept(setting, 5, liar_first=True, rate=10.0) < 10
