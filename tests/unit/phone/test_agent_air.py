"""The agent as a state machine, hour by hour: what it says, what it hears, what it hands out."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest

from bluezone.phone.events import (
    Forget,
    KeysChanged,
    RadioFailed,
    SaveInterval,
    SaveKeys,
    Scan,
    ScanEnded,
    Woke,
)
from bluezone.phone.own_key import close_early, draw_key, own_identifiers, serving_key
from bluezone.phone.status import Problem
from bluezone.protocol.interval import interval_of, minute_of, utc_day_of
from bluezone.protocol.keys import index_hash
from bluezone.radio.port import HeardAdvertisement
from tests.unit.phone.case import MIDNIGHT, TEK, heard, payload, seeded
from tests.unit.phone.drive import Drive

HOURS = 3600.0


def neighbour(begin: float, _end: float) -> Iterable[HeardAdvertisement]:
    """Somebody who is always near."""
    return [heard(TEK, begin + 1)]


@pytest.fixture(scope="module")
def hours() -> Drive:
    """Five hours beside a neighbour, over a key window and many intervals."""
    return Drive(air=neighbour).run(5 * HOURS)


class TestSpeaking:
    """One identifier per interval, new tags every minute, a silent gap at each boundary."""

    def test_one_identifier_in_each_interval(self, hours: Drive) -> None:
        by_interval: dict[int, set[bytes]] = {}
        for begin, end, said in hours.spoken():
            for at in (begin, end - 0.001):
                by_interval.setdefault(interval_of(at), set()).add(said.visible)
        assert len(by_interval) >= 30
        assert all(len(found) == 1 for found in by_interval.values())
        assert len(set().union(*by_interval.values())) == len(by_interval)

    def test_the_address_changes_with_the_identifier_and_only_then(self, hours: Drive) -> None:
        visible = b""
        for _, said, new_address in hours.said():
            assert new_address == (said.visible != visible)
            visible = said.visible

    def test_tags_are_those_of_the_minute_in_every_minute(self, hours: Drive) -> None:
        last = 0
        for at, said, _ in hours.said():
            own = serving_key(hours.agent.keys, interval_of(at))
            assert own is not None
            assert said == payload(own.key.tek.reveal(), at)
            assert minute_of(at) > last
            last = minute_of(at)
        assert len(hours.said()) == 301, "from minute 16 to minute 316"

    def test_the_gap_is_at_the_boundary_and_of_the_right_length(self, hours: Drive) -> None:
        gaps = [(one[1], two[0]) for one, two in pairwise(hours.spoken()) if two[0] > one[1]]
        assert len(gaps) >= 29
        for stopped, started in gaps:
            boundary = 600 * interval_of(started)
            assert 0 <= boundary - stopped <= 4.01
            assert 0.49 <= started - boundary <= 8.01

    def test_a_phone_that_is_switched_on_speaks_at_once(self) -> None:
        drive = Drive(true=MIDNIGHT + 300.0).run(1)
        assert drive.said()[0][0] == MIDNIGHT + 300.0

    def test_switched_on_within_the_gap_it_waits_for_the_next_interval(self) -> None:
        drive = Drive(true=MIDNIGHT + 599.99).run(20)
        assert drive.said()
        assert all(at > MIDNIGHT + 600 for at, _, _ in drive.said())

    def test_keys_are_saved_before_they_are_used(self, hours: Drive) -> None:
        known: set[bytes] = set()
        for _, action in hours.done:
            if isinstance(action, SaveKeys):
                known |= own_identifiers(action.keys)
        order = [type(action).__name__ for _, action in hours.done]
        assert order.index("SaveKeys") < order.index("Broadcast")
        assert {said.visible for _, said, _ in hours.said()} <= known

    def test_a_stored_key_goes_on_after_a_restart(self) -> None:
        own = draw_key([], interval_of(MIDNIGHT), seeded(9))
        drive = Drive(keys=(own,)).run(60)
        assert drive.agent.keys == (own,)
        assert drive.said()[0][1].visible in own_identifiers([own])

    def test_an_early_closed_key_serves_its_interval_to_the_end(self) -> None:
        drive = Drive(true=MIDNIGHT + 1200.0).run(100)
        own = drive.agent.keys[0]
        before = drive.said()[-1][1].visible
        drive.handle(KeysChanged((close_early(own, interval_of(drive.true)),)))
        drive.run(400)
        assert drive.said()[-1][1].visible == before
        drive.run(200)
        later = drive.said()[-1][1].visible
        assert later not in own_identifiers([own]), "the next interval has a key of its own"
        assert drive.agent.keys[0].end == drive.agent.keys[1].start

    def test_status_shows_four_hex_digits_while_it_speaks(self) -> None:
        drive = Drive(true=MIDNIGHT + 1200.0).run(100)
        assert drive.status().speaking
        assert drive.status().visible_prefix == drive.said()[-1][1].visible[:2].hex()
        drive.run(1200 - drive.true + MIDNIGHT + 600.2)
        assert (drive.status().speaking, drive.status().visible_prefix) == (False, "")


class TestListening:
    """Scans every 50 to 70 s; each finished interval is handed out once, with its scans."""

    def test_the_rhythm(self, hours: Drive) -> None:
        starts = [at for at, _ in hours.of(Scan)]
        gaps = [two - one for one, two in pairwise(starts)]
        assert all(49.9 <= gap <= 70.1 for gap in gaps)
        assert 58 < sum(gaps) / len(gaps) < 62

    def test_each_interval_once_and_in_order(self, hours: Drive) -> None:
        intervals = [one.interval for one in hours.saved()]
        first = interval_of(MIDNIGHT + 1000)
        assert intervals == list(range(first, first + len(intervals)))
        assert len(intervals) >= 29

    def test_scans_are_those_of_the_interval_and_none_is_lost(self, hours: Drive) -> None:
        scanned = [int(at) for at, _ in hours.of(Scan)]
        saved = [scan for one in hours.saved() for scan in one.scans]
        assert saved == scanned[: len(saved)]
        assert all(interval_of(scan) == one.interval for one in hours.saved() for scan in one.scans)

    def test_the_neighbour_is_one_record_with_true_samples(self, hours: Drive) -> None:
        for one in hours.saved()[1:]:
            (record,) = one.records
            assert record.index_hash == index_hash(payload(TEK, 600 * one.interval).visible)
            # Two scans within one minute hear the same frame: it is one sample.
            assert len(record.samples) == len({(scan + 1) // 60 for scan in one.scans})
            assert {sample.time_tag for sample in record.samples} == {
                payload(TEK, sample.received_at).time_tag for sample in record.samples
            }

    def test_intervals_without_anybody_hand_out_their_empty_scans(self) -> None:
        alone = Drive().run(1 * HOURS)
        assert len(alone.saved()) >= 5
        assert all(not one.records and len(one.scans) >= 3 for one in alone.saved())

    def test_a_scan_over_the_boundary_belongs_to_the_interval_it_began_in(self) -> None:
        crossing = Drive(true=MIDNIGHT + 598.0, air=lambda b, _e: [heard(TEK, b + 1), heard(TEK, b + 3)])
        crossing.run(700)
        first = crossing.saved()[0]
        assert first.interval == interval_of(MIDNIGHT)
        assert first.scans == (MIDNIGHT + 598,)
        assert [one.interval for one in first.records] == [first.interval]
        crossing.run(700)
        second = crossing.saved()[1]
        assert second.interval == first.interval + 1
        identifiers = {record.index_hash for record in second.records}
        assert identifiers == {index_hash(payload(TEK, MIDNIGHT + 601).visible)}
        assert second.records[0].samples[0].received_at == MIDNIGHT + 601
        assert all(interval_of(scan) == second.interval for scan in second.scans)

    def test_it_is_not_handed_out_while_that_scan_is_running(self) -> None:
        drive = Drive(true=MIDNIGHT + 597.5, scan_ends=False)
        drive.run(4)
        assert drive.saved() == []
        drive.handle(ScanEnded(()))
        assert [one.interval for one in drive.saved()] == [interval_of(MIDNIGHT)]

    def test_a_computer_that_slept_hands_out_the_old_interval_when_it_wakes(self) -> None:
        drive = Drive(air=neighbour).run(150)
        drive.true += 5 * HOURS
        drive.run(10)
        assert [one.interval for one in drive.saved()] == [interval_of(MIDNIGHT + 1000)]

    def test_foreign_and_malformed_bytes_are_passed_over(self) -> None:
        good = heard(TEK, MIDNIGHT + 1001)
        bad = [
            HeardAdvertisement(good.at, good.address, data, -60, 1)
            for data in (b"", b"\xff", good.data[:-1], good.data + good.data[7:], b"\x02\x01\x06")
        ]
        drive = Drive(air=lambda _b, _e: [*bad, good, *bad]).run(30)
        assert drive.status().met_count == 1


class TestEcho:
    """T-30: the own identifier on the air is counted and shown, never stored."""

    @pytest.mark.parametrize("age_s", [0.0, 700.0, 4 * HOURS, 20 * HOURS])
    def test_an_own_identifier_of_any_age(self, age_s: float) -> None:
        drive = Drive().run(age_s + 30)
        own = {said.visible: said for _, said, _ in drive.said()}
        first = next(iter(own.values()))
        relayed = heard(TEK, drive.true).data[:11] + first.encode()
        drive.air = lambda b, _e: [HeardAdvertisement(b + 1, bytes(6), relayed, -60, 7)]
        drive.run(900)
        assert drive.status().echo_count >= 7
        assert Problem.IDENTIFIER_REPEATED in drive.problems()
        assert drive.status().met_count == 0
        assert drive.saved()
        assert all(not one.records for one in drive.saved())

    def test_it_is_known_again_after_a_restart(self) -> None:
        before = Drive().run(100)
        relayed = heard(TEK, before.true).data[:11] + before.said()[0][1].encode()
        after = Drive(
            true=before.true + 1800,
            keys=before.agent.keys,
            air=lambda b, _e: [HeardAdvertisement(b + 1, bytes(6), relayed, -60, 1)],
        ).run(60)
        assert after.status().echo_count > 0
        assert after.status().met_count == 0


class TestForgetting:
    """Fourteen days, then nothing."""

    def test_each_midnight_forgets_the_day_that_would_pass_14_days(self) -> None:
        drive = Drive(true=MIDNIGHT - 100.0).run(200)
        today = utc_day_of(interval_of(MIDNIGHT))
        assert [action.before_day for _, action in drive.of(Forget) if isinstance(action, Forget)] == [
            today - 1 - 13,
            today - 13,
        ]

    def test_expired_own_keys_are_erased_even_if_no_new_one_is_drawn(self) -> None:
        old = draw_key([], interval_of(MIDNIGHT) - 15 * 144, seeded(1))
        running = draw_key([], interval_of(MIDNIGHT), seeded(2))
        drive = Drive(keys=(old, running)).run(1)
        saves = [action for _, action in drive.of(SaveKeys) if isinstance(action, SaveKeys)]
        assert saves == [SaveKeys((running,), expired_starts=(old.start,))]


class TestRadioTrouble:
    """An agent that cannot scan or broadcast says so, and goes on."""

    def test_a_failing_scan(self) -> None:
        drive = Drive(scan_ends=False).run(10)
        drive.handle(RadioFailed("scan", "no adapter"))
        assert (Problem.CANNOT_SCAN, "no adapter") in drive.status().problems
        drive.scan_ends = True
        drive.run(80)
        assert drive.problems() == set()
        assert drive.status().scan_count >= 1

    def test_a_failed_scan_is_not_an_empty_one(self) -> None:
        drive = Drive(scan_ends=False).run(1)
        for _ in range(15):
            drive.handle(RadioFailed("scan", "no adapter"))
            drive.run(60)
        assert all(not one.scans for one in drive.saved())

    def test_a_radio_that_never_comes_back_is_noticed_and_asked_again(self) -> None:
        drive = Drive(scan_ends=False).run(200)
        assert Problem.CANNOT_SCAN in drive.problems()
        assert len(drive.of(Scan)) >= 3

    def test_a_failing_broadcast_is_tried_again_every_minute(self) -> None:
        drive = Drive(true=MIDNIGHT + 630.0).run(5)
        drive.handle(RadioFailed("broadcast", "refused"))
        assert (Problem.CANNOT_BROADCAST, "refused") in drive.status().problems
        assert not drive.status().speaking
        count = len(drive.said())
        drive.handle(Woke())
        assert len(drive.said()) == count, "no storm of attempts"
        drive.run(60)
        assert len(drive.said()) == count + 1
        assert drive.status().speaking


def test_the_state_machine_is_deterministic() -> None:
    assert Drive(air=neighbour).run(3 * HOURS).done == Drive(air=neighbour).run(3 * HOURS).done


def test_saving_comes_before_forgetting() -> None:
    drive = Drive(true=MIDNIGHT - 300.0, air=neighbour).run(600)
    order = [type(action) for at, action in drive.done if at >= MIDNIGHT and at < MIDNIGHT + 10]
    assert order.index(SaveInterval) < order.index(Forget)
