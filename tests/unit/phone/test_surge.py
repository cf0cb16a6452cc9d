"""Surge mode: keys of a day, from the first UTC midnight for which none has been drawn (section 6)."""

from __future__ import annotations

from bluezone.phone.diagnosis import prepare_keys
from bluezone.phone.own_key import OwnKey, close_early, draw_key, serving_key
from bluezone.protocol.interval import INTERVALS_PER_DAY, interval_of
from tests.unit.phone.case import MIDNIGHT, seeded

DAY = interval_of(MIDNIGHT)


def drawn(keys: list[OwnKey], interval: int, tek_period: int) -> OwnKey:
    own = draw_key(keys, interval, seeded(interval), tek_period)
    keys.append(own)
    return own


def test_a_day_that_has_a_key_keeps_its_division() -> None:
    keys: list[OwnKey] = []
    drawn(keys, DAY + 5, 24)
    second = drawn(keys, DAY + 24, 144)
    assert (second.start, second.end) == (DAY + 24, DAY + 48)
    tomorrow = drawn(keys, DAY + INTERVALS_PER_DAY, 144)
    assert (tomorrow.start, tomorrow.end) == (DAY + 144, DAY + 288)


def test_a_new_phone_takes_the_whole_day_also_in_its_middle() -> None:
    own = drawn([], DAY + 70, 144)
    assert (own.start, own.end) == (DAY, DAY + 144)


def test_an_early_close_in_surge_leaves_the_rest_of_the_day() -> None:
    keys: list[OwnKey] = []
    running = drawn(keys, DAY + 70, 144)
    keys[0] = close_early(running, DAY + 70)
    rest = drawn(keys, DAY + 71, 24)
    assert (rest.start, rest.end) == (DAY + 71, DAY + 144)


def test_keys_that_were_drawn_ahead_delay_the_change() -> None:
    ahead = prepare_keys([], float(MIDNIGHT + 60), seeded(), 24)
    last = max(own.end for own in ahead)
    assert last >= DAY + 18 * 24
    own = draw_key(ahead, last, seeded(), 144)
    assert own.key.rolling_period == (144 if last % 144 == 0 else 24)
    later = draw_key([*ahead, own], (last // 144 + 1) * 144, seeded(), 144)
    assert later.key.rolling_period == 144


def test_every_interval_is_served_once_across_the_change() -> None:
    keys: list[OwnKey] = []
    for interval in range(DAY, DAY + 4 * INTERVALS_PER_DAY):
        if serving_key(keys, interval) is None:
            drawn(keys, interval, 24 if interval < DAY + 100 else 144)
    spans = sorted((own.start, own.end) for own in keys)
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    assert [end - start for start, end in spans] == [24] * 6 + [144] * 3
