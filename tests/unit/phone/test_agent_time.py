"""The agent and time: silent before the first sync, never backwards, deaf to a clock that jumps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bluezone.phone.agent import BATCH_RETRY_S
from bluezone.phone.events import AskTime, BatchesPolled, PollBatches, SaveTime, Scan, Silence, TimeAnswered
from bluezone.phone.status import Problem
from bluezone.phone.trusted_time import TimeStatus, TrustedTime
from bluezone.protocol.interval import interval_of
from bluezone.protocol.manifest import Head
from tests.unit.phone.case import MIDNIGHT, TEK, heard
from tests.unit.phone.drive import Drive

HOURS = 3600.0
DAY = 86_400


def said_between(drive: Drive, begin: float, end: float) -> int:
    """How many payloads were put on the air."""
    return sum(begin <= at < end for at, _, _ in drive.said())


class TestBeforeTheFirstSync:
    """Neither sending nor recording, and the state says so."""

    def test_silence(self) -> None:
        drive = Drive(service_error=None).run(2 * HOURS)
        assert drive.said() == []
        assert drive.of(Scan) == []
        assert drive.saved() == []
        assert drive.status().time is TimeStatus.NEVER_SYNCED
        assert drive.problems() == {Problem.NO_TIME}

    def test_it_asks_at_once_and_again_and_starts_with_the_answer(self) -> None:
        drive = Drive(service_error=None).run(300)
        assert drive.of(AskTime)[0][0] == MIDNIGHT + 1000
        assert len(drive.of(AskTime)) >= 4
        drive.service_error = 0.0
        drive.run(200)
        assert drive.said()
        assert drive.problems() == set()

    def test_a_slow_answer_is_no_answer(self) -> None:
        drive = Drive(service_error=None).run(1)
        now = drive.reading().monotonic
        drive.handle(TimeAnswered(int(drive.true), now - 10.5, now))
        assert drive.said() == []
        assert Problem.NO_TIME in drive.problems()


class TestSync:
    """Time is asked for with every poll, and saved at every boundary."""

    def test_asked_with_every_poll(self) -> None:
        drive = Drive().run(20 * HOURS)
        polls = [at for at, _ in drive.of(PollBatches)]
        asked = [at for at, _ in drive.of(AskTime)]
        assert 5 <= len(polls) <= 7
        assert all(min(abs(poll - ask) for ask in asked) <= 1 for poll in polls)

    def test_saved_at_every_boundary(self) -> None:
        drive = Drive().run(3 * HOURS)
        saves = [action.now for _, action in drive.of(SaveTime) if isinstance(action, SaveTime)]
        assert [interval_of(now) for now in saves] == list(
            range(interval_of(MIDNIGHT + 1000), interval_of(drive.true) + 1)
        )

    def test_seven_days_later_there_is_silence(self) -> None:
        drive = Drive().run(10)
        drive.service_error = None
        drive.true += 7 * DAY - 60
        drive.run(30)
        assert drive.status().time is TimeStatus.TRUSTED
        drive.run(120)
        assert drive.status().time is TimeStatus.STALE
        assert not drive.status().speaking
        assert Problem.NO_TIME in drive.problems()
        assert isinstance(drive.done[-1][1], Silence | AskTime)


class TestWrongClocks:
    """T-19 and T-20."""

    @pytest.mark.parametrize("jump", [-3 * DAY, -3600, -25, 25, 3600, 3 * DAY])
    def test_a_system_clock_that_jumps_changes_nothing(self, jump: float) -> None:
        plain = Drive(seed=4).run(2 * HOURS)
        jumping = Drive(seed=4).run(1 * HOURS)
        jumping.system_error = jump
        jumping.run(1 * HOURS)
        assert [said for _, said, _ in jumping.said()] == [said for _, said, _ in plain.said()]
        assert [one.interval for one in jumping.saved()] == [one.interval for one in plain.saved()]
        assert jumping.status().now == pytest.approx(jumping.true, abs=2)

    @pytest.mark.parametrize("jump", [-3 * DAY, -3600, 3600, 3 * DAY])
    def test_a_jump_in_the_middle_of_a_scan_moves_nothing_out_of_it(self, jump: float) -> None:
        drive = Drive(air=lambda b, _e: [heard(TEK, b + 1)]).run(1)
        drive.system_error = jump
        drive.run(1300)
        first = drive.saved()[0]
        received = [sample.received_at for record in first.records for sample in record.samples]
        assert all(interval_of(at) == first.interval for at in received)
        assert all(any(0 <= at - scan <= 5 for scan in first.scans) for at in received)
        assert [one.interval for one in drive.saved()] == sorted({one.interval for one in drive.saved()})

    def test_receptions_carry_trusted_time_when_the_system_clock_is_off(self) -> None:
        """The machine is a day ahead: its radio stamps wrongly, the records do not."""
        drive = Drive(system_error=DAY)
        drive.air = lambda begin, _end: [replace(heard(TEK, begin - DAY + 1.5), at=begin + 1.5)]
        drive.run(1200)
        (first, *_) = drive.saved()
        for one in first.records[0].samples:
            assert any(1 <= one.received_at - scan <= 2 for scan in first.scans)

    def test_time_moved_back_means_silence_until_the_old_time_is_reached(self) -> None:
        drive = Drive().run(1 * HOURS)
        before = drive.true
        drive.service_error = -1800.0
        drive.system_error = -1800.0
        drive.handle(TimeAnswered(int(before - 1800), drive.reading().monotonic, drive.reading().monotonic))
        drive.run(1750)
        assert said_between(drive, before, drive.true) == 0
        assert not any(at >= before for at, _ in drive.of(Scan))
        assert drive.status().time is TimeStatus.CATCHING_UP
        assert Problem.CLOCK_WENT_BACK in drive.problems()
        drive.run(120)
        assert drive.status().time is TimeStatus.TRUSTED
        assert said_between(drive, before, drive.true) > 0
        assert drive.problems() == set()

    def test_no_identifier_is_said_twice_when_time_was_moved_back(self) -> None:
        drive = Drive().run(2 * HOURS)
        intervals = {said.visible: interval_of(at) for at, said, _ in drive.said()}
        drive.service_error = drive.system_error = -float(HOURS)
        monotonic = drive.reading().monotonic
        drive.handle(TimeAnswered(int(drive.true - HOURS), monotonic, monotonic))
        boundary = drive.true
        drive.run(3 * HOURS)
        later = {said.visible for at, said, _ in drive.said() if at > boundary + 1200}
        old = {visible for visible, interval in intervals.items() if interval < interval_of(boundary)}
        assert later.isdisjoint(old)

    def test_a_reboot_does_not_forget_that_time_went_back(self) -> None:
        saved = MIDNIGHT + 5000.0
        drive = Drive(true=saved, time=TrustedTime(saved=saved), service_error=-1000.0, system_error=-1000.0)
        drive.run(900)
        assert drive.said() == []
        drive.run(200)
        assert drive.said()


class TestReboot:
    """Until a sync, the system clock counts from the saved time to a day after it."""

    @pytest.mark.parametrize(
        ("off", "speaks"), [(-10, False), (60, True), (20 * HOURS, True), (DAY + 5, False)]
    )
    def test_window(self, off: float, speaks: bool) -> None:
        saved = MIDNIGHT + 900.0
        drive = Drive(true=saved + off, time=TrustedTime(saved=saved), service_error=None).run(5)
        assert bool(drive.said()) is speaks
        assert drive.of(SaveTime) == [], "a provisional time is never saved"
        assert drive.status().time is (TimeStatus.PROVISIONAL if speaks else TimeStatus.STALE)


class TestBatches:
    """Old and refused lists are said in the state; a poll that was stopped is repeated soon."""

    def test_an_old_batch(self) -> None:
        fresh = Drive(head=Head(5, MIDNIGHT + 1005 - DAY, bytes(32))).run(1)
        assert fresh.problems() == set()
        fresh.run(10)
        assert fresh.problems() == {Problem.OLD_BATCH}

    def test_none_at_all_counts_from_the_start(self) -> None:
        drive = Drive().run(DAY - 60)
        assert drive.problems() == set()
        drive.run(120)
        assert drive.problems() == {Problem.OLD_BATCH}

    def test_a_refused_batch_until_the_next_good_one(self) -> None:
        drive = Drive().run(10)
        drive.handle(BatchesPolled(None, "one signer only"))
        assert (Problem.BATCH_REFUSED, "one signer only") in drive.status().problems
        drive.handle(BatchesPolled(Head(1, int(drive.true), bytes(32))))
        assert drive.problems() == set()
        head = drive.status().head
        assert head is not None
        assert head.seq == 1

    def test_a_stopped_poll_is_tried_again_soon_with_a_new_time(self) -> None:
        drive = Drive().run(10)
        polls, asked = len(drive.of(PollBatches)), len(drive.of(AskTime))
        drive.handle(BatchesPolled(None, "ahead of trusted time", stopped=True))
        drive.run(1.5 * BATCH_RETRY_S + 2)
        assert len(drive.of(PollBatches)) == polls + 1
        assert len(drive.of(AskTime)) == asked + 1
