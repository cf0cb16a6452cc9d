"""Windows, early close, expiry and identifiers of this phone's own keys; its silent gap."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bluezone.phone.broadcast import advertisement_for, plan_rotation
from bluezone.phone.own_key import (
    OwnKey,
    close_early,
    draw_key,
    merged,
    own_identifiers,
    serving_key,
    without_expired,
)
from bluezone.protocol.advertisement import parse_advertisement
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier
from tests.unit.phone.case import TEK, payload, seeded

FULL = full_identifier(TemporaryExposureKey(TEK), 2_833_344)


@pytest.mark.parametrize("interval", [48, 55, 71])
def test_a_first_key_takes_its_whole_window(interval: int) -> None:
    own = draw_key([], interval, seeded())
    assert (own.start, own.end) == (48, 72)
    assert draw_key([], interval, seeded(), 144).key.rolling_period == 144


def test_after_an_early_close_the_next_key_takes_the_rest() -> None:
    first = close_early(draw_key([], 50, seeded()), 55)
    assert (first.start, first.key.rolling_period) == (48, 8)
    assert serving_key([first], 55) is first
    assert serving_key([first], 56) is None
    second = draw_key([first], 56, seeded(1))
    assert (second.start, second.end) == (56, 72)
    third = draw_key([first, close_early(second, 60)], 61, seeded(2))
    assert (third.start, third.end) == (61, 72)


def test_closing_in_the_last_interval_changes_nothing() -> None:
    own = draw_key([], 50, seeded())
    assert close_early(own, 71) == own
    assert draw_key([own], 72, seeded()).start == 72


def test_the_hole_after_a_pause_is_covered_by_one_key() -> None:
    early = close_early(draw_key([], 48, seeded()), 50)
    assert draw_key([early], 60, seeded()).start == 51


def test_keys_are_independent() -> None:
    source = seeded()
    keys = [draw_key([], interval, source).key.tek.reveal() for interval in range(0, 2400, 24)]
    assert len(set(keys)) == 100


def test_own_keys_go_after_14_days() -> None:
    own = draw_key([], 0, seeded())
    assert without_expired([own], 14 * 144 + 23) == [own]
    assert without_expired([own], 14 * 144 + 24) == []


def test_own_identifiers_are_those_of_the_period_and_no_more() -> None:
    own = close_early(draw_key([], 48, seeded()), 50)
    found = own_identifiers([own])
    assert len(found) == 3
    assert full_identifier(own.key.tek, 50).visible in found
    assert full_identifier(own.key.tek, 51).visible not in found


def test_own_keys_hide() -> None:
    own = OwnKey(draw_key([], 0, seeded()).key, published=True)
    assert own.key.tek.reveal().hex() not in repr(own)
    assert "hidden" in repr(own)


def test_the_silent_gap_has_the_limits_of_the_protocol() -> None:
    source, late, early = seeded(), [], []
    for _ in range(2000):
        plan = plan_rotation(100, source)
        late.append(plan.speaks_from - 60_000)
        early.append(60_600 - plan.silent_from)
    assert 0.5 <= min(late) < 0.6
    assert 7.9 < max(late) < 8.0
    assert 0 <= min(early) < 0.1
    assert 3.9 < max(early) <= 4.0
    assert sum(late) / 2000 == pytest.approx(4.25, abs=0.2)


def test_what_is_said_is_the_payload_of_the_minute() -> None:
    said = advertisement_for(FULL, 28_333_442, -60, 0x4E56)
    assert parse_advertisement(said) == payload(TEK, 28_333_442 * 60)


class TestMerged:
    """What an older list of own keys can change, and what it cannot."""

    FIRST, SECOND = draw_key([], 48, seeded(1)), draw_key([], 72, seeded(2))

    def test_new_keys_are_taken_in_order(self) -> None:
        assert merged([self.SECOND], [self.FIRST]) == [self.FIRST, self.SECOND]

    def test_a_key_is_closed_and_never_opened_again(self) -> None:
        closed, rest = close_early(self.FIRST, 55), draw_key([close_early(self.FIRST, 55)], 56, seeded(3))
        assert merged([self.FIRST], [closed, rest]) == [closed, rest]
        assert merged([closed, rest], [self.FIRST]) == [closed, rest]

    def test_a_mark_stays(self) -> None:
        marked = replace(self.FIRST, published=True)
        assert merged([marked], [close_early(self.FIRST, 55)]) == [close_early(marked, 55)]

    @pytest.mark.parametrize("interval", [48, 60, 71])
    def test_a_known_key_stays_where_another_one_would_serve(self, interval: int) -> None:
        other = close_early(draw_key([], 48, seeded(9)), interval)
        assert merged([self.FIRST], [other]) == [self.FIRST]
        assert merged([close_early(self.FIRST, 55)], [draw_key([], 48, seeded(9), 144)]) == [
            close_early(self.FIRST, 55)
        ]
