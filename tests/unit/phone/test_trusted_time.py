"""Every branch of section 7: what time counts, and when there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bluezone.phone.trusted_time import (
    Reading,
    TimeReading,
    TimeStatus,
    TrustedTime,
    accept_sync,
    read_time,
)

SIGNED = 1_700_000_000
SYNCED = TrustedTime(anchor_time=float(SIGNED), anchor_monotonic=100.0)
DAY = 86_400


def after(elapsed: float, system_error: float, state: TrustedTime = SYNCED) -> TimeReading:
    """The reading so long after the sync, with a system clock that is wrong by so much."""
    return read_time(state, Reading(SIGNED + elapsed + system_error, 100 + elapsed))


class TestSync:
    """A signed answer counts for the middle of its round trip, if that was short."""

    @pytest.mark.parametrize("trip", [0.0, 3.0, 10.0])
    def test_the_middle(self, trip: float) -> None:
        accepted = accept_sync(TrustedTime(), SIGNED, 50.0, 50.0 + trip)
        assert accepted is not None
        assert (accepted.anchor_time, accepted.anchor_monotonic) == (SIGNED, 50.0 + trip / 2)

    @pytest.mark.parametrize("trip", [10.001, 600.0, -0.001])
    def test_a_slow_or_impossible_trip_changes_nothing(self, trip: float) -> None:
        assert accept_sync(SYNCED, SIGNED + 5, 50.0, 50.0 + trip) is None

    def test_what_was_reached_and_saved_is_kept(self) -> None:
        state = replace(SYNCED, reached=7.0, saved=3.0)
        accepted = accept_sync(state, SIGNED, 0.0, 0.0)
        assert accepted is not None
        assert (accepted.reached, accepted.saved) == (7.0, 3.0)


class TestBetweenSyncs:
    """Signed time plus a monotonic clock; the system clock only where it agrees."""

    @pytest.mark.parametrize("error", [-20.0, -3.25, 0.0, 20.0])
    def test_a_system_clock_within_20_seconds_counts(self, error: float) -> None:
        assert after(1000, error) == TimeReading(TimeStatus.TRUSTED, SIGNED + 1000 + error)

    @pytest.mark.parametrize("error", [-DAY, -20.5, 20.5, 3600, 10 * DAY])
    def test_any_other_is_ignored(self, error: float) -> None:
        assert after(1000, error) == TimeReading(TimeStatus.TRUSTED, SIGNED + 1000)

    def test_seven_days_after_the_last_sync_there_is_no_time(self) -> None:
        assert after(7 * DAY, 0).status is TimeStatus.TRUSTED
        assert after(7 * DAY + 1, 0) == TimeReading(TimeStatus.STALE, None)

    def test_a_monotonic_clock_that_went_back_means_another_start(self) -> None:
        assert after(-1, 0) == TimeReading(TimeStatus.STALE, None)

    def test_back_in_time_there_is_silence_until_the_old_time_is_reached(self) -> None:
        state = replace(SYNCED, reached=SIGNED + 500.0)
        assert after(499, 0, state) == TimeReading(TimeStatus.CATCHING_UP, None)
        assert after(500, 0, state).status is TimeStatus.TRUSTED

    def test_a_restart_does_not_undo_that_guard(self) -> None:
        """T-19: what was saved before this start was reached, too."""
        state = replace(SYNCED, saved=SIGNED + float(DAY))
        assert after(0, 0, state) == TimeReading(TimeStatus.CATCHING_UP, None)
        assert after(DAY, 0, state).status is TimeStatus.TRUSTED


class TestAfterReboot:
    """Until a sync the system clock counts from the saved time to a day after it."""

    @pytest.mark.parametrize(
        ("system", "status"),
        [
            (SIGNED - 1, TimeStatus.STALE),
            (SIGNED, TimeStatus.PROVISIONAL),
            (SIGNED + DAY, TimeStatus.PROVISIONAL),
            (SIGNED + DAY + 1, TimeStatus.STALE),
        ],
    )
    def test_the_window(self, system: float, status: TimeStatus) -> None:
        found = read_time(TrustedTime(saved=float(SIGNED)), Reading(system, 5.0))
        assert found == TimeReading(status, system if status is TimeStatus.PROVISIONAL else None)

    def test_it_only_goes_forward(self) -> None:
        state = TrustedTime(saved=float(SIGNED), reached=SIGNED + 60.0)
        assert read_time(state, Reading(SIGNED + 59, 5.0)).status is TimeStatus.CATCHING_UP
        assert read_time(state, Reading(SIGNED + 60, 5.0)).status is TimeStatus.PROVISIONAL

    def test_a_new_phone_has_no_time(self) -> None:
        assert read_time(TrustedTime(), Reading(SIGNED, 5.0)) == TimeReading(TimeStatus.NEVER_SYNCED, None)
