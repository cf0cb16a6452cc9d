"""From own keys to an upload: the order of the commitment, withholding, early-closed keys (section 5)."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from bluezone.phone.diagnosis import (
    Commitment,
    build_upload,
    choose_published,
    commit,
    prepare_keys,
    silent_window_starts,
)
from bluezone.phone.own_key import OwnKey, close_early, draw_key, serving_key
from bluezone.protocol.certificate import Certificate
from bluezone.protocol.diagnosis_key import commitment_of
from bluezone.protocol.interval import interval_of
from bluezone.protocol.upload import PublishedSlot, WithheldSlot, decode_upload
from tests.unit.phone.case import MIDNIGHT, seeded

NOW = MIDNIGHT + 5 * 600 + 30
INTERVAL = interval_of(NOW)
WINDOW = interval_of(MIDNIGHT)
TODAY = MIDNIGHT // 86_400


def keys_of(days: float, now_window: int = WINDOW) -> list[OwnKey]:
    """A phone's keys of so many past days and of the running window."""
    source, count = seeded(7), int(days * 6)
    starts = range(now_window - 24 * count, now_window + 24, 24)
    return [draw_key([], start, source) for start in starts]


def certificate(onset_day: int, commitment: Commitment) -> Certificate:
    """What the authority would sign."""
    return Certificate(commitment.hash(), onset_day, NOW + 86_400)


def starts_of(keys: list[OwnKey]) -> list[int]:
    """rolling_start of each."""
    return [own.start for own in keys]


class TestPrepare:
    """Code mode closes the running key and draws those of the next three days."""

    def test_the_running_key_ends_with_this_interval(self) -> None:
        prepared = prepare_keys(keys_of(1), NOW, seeded())
        running = serving_key(prepared, INTERVAL)
        assert running is not None
        assert (running.start, running.end) == (WINDOW, INTERVAL + 1)

    def test_every_interval_of_the_18_windows_ahead_has_one_key(self) -> None:
        prepared = prepare_keys(keys_of(1), NOW, seeded())
        assert prepared == sorted(prepared, key=lambda own: own.start)
        for one, following in itertools.pairwise(prepared):
            assert one.end == following.start
        assert prepared[-1].end == WINDOW + 19 * 24

    def test_it_draws_nothing_twice(self) -> None:
        once = prepare_keys(keys_of(1), NOW, seeded())
        assert prepare_keys(once, NOW, seeded(9)) == once

    def test_a_later_interval_closes_the_later_key(self) -> None:
        once = prepare_keys(keys_of(1), NOW, seeded())
        again = prepare_keys(once, NOW + 1200, seeded(9))
        later = serving_key(once, INTERVAL + 2)
        assert later is not None
        assert serving_key(again, INTERVAL + 2) == close_early(later, INTERVAL + 2)
        assert later.start == INTERVAL + 1

    def test_a_phone_without_a_key_gets_some(self) -> None:
        prepared = prepare_keys([], NOW, seeded())
        assert serving_key(prepared, INTERVAL + 1) is not None


class TestCommit:
    """120 leaves: own keys by start, then random ones."""

    def test_the_order_and_the_range(self) -> None:
        keys = prepare_keys(keys_of(14.5), NOW, seeded())
        made = commit(keys, NOW, seeded(1))
        real = [leaf for leaf in made.leaves if leaf.committed_period]
        assert [leaf.rolling_start for leaf in real] == sorted(leaf.rolling_start for leaf in real)
        assert real[0].rolling_start == WINDOW - 84 * 24
        assert real[-1].rolling_start == WINDOW + 18 * 24
        assert list(made.leaves[: len(real)]) == real
        assert len(made.leaves) == 120
        assert len({leaf.leaf for leaf in made.leaves}) == 120
        assert made.hash() == commitment_of(made.salt, [leaf.leaf for leaf in made.leaves])

    def test_keys_published_earlier_become_random_leaves(self) -> None:
        keys = prepare_keys(keys_of(2), NOW, seeded())
        marked = [replace(own, published=own.start == keys[3].start) for own in keys]
        made = commit(marked, NOW, seeded(1))
        assert made.leaves[3].committed_period == 0
        assert keys[3].key.leaf() not in {leaf.leaf for leaf in made.leaves}
        assert made.leaves[4].leaf == keys[4].key.leaf()

    def test_early_closes_never_make_more_than_120_leaves(self) -> None:
        source = seeded(3)
        keys = [
            OwnKey(replace(draw_key([], start, source).key, rolling_start=start, rolling_period=12))
            for start in range(WINDOW - 84 * 24, WINDOW + 19 * 24, 12)
        ]
        made = commit(keys, NOW, seeded(1))
        assert len(made.leaves) == 120
        assert made.leaves[-1].rolling_start == keys[-1].start, "the newest are kept"

    def test_the_salt_and_the_leaves_do_not_show(self) -> None:
        made = commit(keys_of(1), NOW, seeded(1))
        assert repr(made) == f"Commitment(made_at={NOW})"


class TestChoose:
    """What is published: from two days before the onset, over by now, neither marked nor withheld."""

    def choose(self, onset_day: int, withheld: set[int] | None = None, later: int = 0) -> list[int]:
        keys = prepare_keys(keys_of(10), NOW, seeded())
        made = commit(keys, NOW, seeded(1))
        chosen = choose_published(made, keys, certificate(onset_day, made), NOW + later, withheld or set())
        return starts_of(chosen)

    def test_from_two_days_before_the_onset(self) -> None:
        assert self.choose(TODAY)[0] == WINDOW - 2 * 144
        assert self.choose(TODAY - 3)[0] == WINDOW - 5 * 144

    def test_the_early_closed_running_key_is_the_last(self) -> None:
        assert self.choose(TODAY)[-1] == WINDOW
        assert self.choose(TODAY, later=3600)[-1] == WINDOW

    def test_a_key_that_is_still_running_waits(self) -> None:
        keys = keys_of(1)
        made = commit(keys, NOW, seeded(1))
        assert starts_of(choose_published(made, keys, certificate(TODAY, made), NOW))[-1] == WINDOW - 24

    def test_withheld_marked_and_uncommitted_keys_stay(self) -> None:
        assert WINDOW - 24 not in self.choose(TODAY, {WINDOW - 24})
        keys = prepare_keys(keys_of(1), NOW, seeded())
        made = commit(keys, NOW, seeded(1))
        marked = [replace(own, published=True) for own in keys]
        assert choose_published(made, marked, certificate(TODAY, made), NOW) == []
        stranger = draw_key([], WINDOW - 2 * 144, seeded(5))
        assert stranger not in choose_published(made, [stranger, *keys], certificate(TODAY, made), NOW)

    def test_a_period_longer_than_committed_is_never_published(self) -> None:
        closed = close_early(keys_of(0)[0], INTERVAL)
        made = commit([closed], NOW, seeded(1))
        assert choose_published(made, keys_of(0), certificate(TODAY, made), NOW + 86_400) == []


class TestUpload:
    """4096 bytes that open the commitment."""

    def test_it_opens_the_commitment_and_withholds_what_it_should(self) -> None:
        keys = prepare_keys(keys_of(3), NOW, seeded())
        made = commit(keys, NOW, seeded(1))
        chosen = choose_published(made, keys, certificate(TODAY, made), NOW, {WINDOW - 24})
        data = build_upload(made, bytes(109), chosen).encode()
        found = decode_upload(data)
        assert found is not None
        assert len(data) == 4096
        assert found.commitment() == made.hash()
        assert [slot.rolling_start for slot in found.published()] == starts_of(chosen)
        withheld = next(own for own in keys if own.start == WINDOW - 24)
        assert withheld.key.tek.reveal() not in data, "T-15"

    def test_a_key_closed_after_the_commitment_shows_both_periods(self) -> None:
        """Swab mode commits first: the key is committed with 24 intervals and published with fewer."""
        keys = keys_of(1)
        made = commit(keys, NOW, seeded(1))
        closed = [close_early(own, INTERVAL) if own.start == WINDOW else own for own in keys]
        chosen = choose_published(made, closed, certificate(TODAY, made), NOW)
        slots = build_upload(made, bytes(109), chosen).slots
        last = next(
            slot for slot in slots if isinstance(slot, PublishedSlot) and slot.rolling_start == WINDOW
        )
        assert (last.committed_period, last.period) == (24, 6)
        assert build_upload(made, bytes(109), chosen).commitment() == made.hash()

    def test_an_erased_key_goes_as_its_leaf(self) -> None:
        keys = prepare_keys(keys_of(2), NOW, seeded())
        made = commit(keys, NOW, seeded(1))
        slots = build_upload(made, bytes(109), []).slots
        assert all(isinstance(slot, WithheldSlot) for slot in slots)
        assert build_upload(made, bytes(109), []).commitment() == made.hash()


class TestSilentWindows:
    """Windows in which nothing was heard although the phone listened throughout are withheld."""

    OWN = draw_key([], 48, seeded())
    THROUGHOUT = dict.fromkeys(range(48, 72), 9)

    @pytest.mark.parametrize(
        ("scans", "records", "silent"),
        [
            (THROUGHOUT, {}, True),
            (dict.fromkeys(range(48, 72), 8), {}, True),
            (THROUGHOUT, {60: 0}, True),
            (THROUGHOUT, {60: 1}, False),
            (THROUGHOUT, {47: 1, 72: 1}, True),
            (THROUGHOUT | {60: 7}, {}, False),
            ({}, {}, False),
        ],
    )
    def test_rule(self, scans: dict[int, int], records: dict[int, int], silent: bool) -> None:
        assert silent_window_starts([self.OWN], scans, records, 8) == ({48} if silent else set())
