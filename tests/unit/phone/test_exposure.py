"""What time a verified scan stands for: half the gap to each side, capped, bounded by empty scans."""

from __future__ import annotations

import pytest

from bluezone.phone.exposure import (
    ExposureScan,
    exposure_scans,
    observed_rhythm,
    surroundings_of,
    with_probabilities,
)
from bluezone.phone.matching import VerifiedMinute
from bluezone.phone.proximity import HeardScan, ProximityWindow, probability_near
from bluezone.phone.shipped import proximity_model

RHYTHM, SHARE = 60.0, 2 / 3


def verified(at: int, level_db: int = -3) -> VerifiedMinute:
    """A verified minute that was received at this second."""
    return VerifiedMinute(b"key", at // 60, at, level_db)


def durations(received: list[int], scans: list[int]) -> list[float]:
    """How long each exposed scan counts."""
    return [one.duration_s for one in exposure_scans(map(verified, received), scans, RHYTHM, SHARE)]


@pytest.mark.parametrize(
    ("scans", "expected"),
    [
        ([0, 60, 120], 60.0),
        ([0, 60, 110], 55.0),
        ([10, 60, 130], 60.0),
        ([0, 60, 140], 70.0),
        ([0, 60, 141], 70.0),
        ([0, 60, 5000], 70.0),
        ([60], 80.0),
        ([60, 120], 70.0),
        ([0, 60], 70.0),
        ([59, 60, 61], 1.0),
    ],
)
def test_half_gaps_and_their_cap(scans: list[int], expected: float) -> None:
    assert durations([60], scans) == [expected]


def test_empty_scans_bound_the_time() -> None:
    assert durations([60, 300], [60, 300]) == [80.0, 80.0]
    assert durations([60, 300], [60, 80, 280, 300]) == [50.0, 50.0]


def test_a_whole_meeting_adds_up_to_its_length() -> None:
    scans = list(range(0, 1800, 60))
    assert sum(durations(scans[5:20], scans)) == 900.0


@pytest.mark.parametrize(("received", "counts"), [(59, 0), (60, 1), (64, 1), (65, 1), (66, 0), (119, 0)])
def test_a_sample_belongs_to_the_scan_it_was_heard_in(received: int, counts: int) -> None:
    assert len(durations([received], [60, 120])) == counts


def test_a_sample_before_every_scan_or_without_scans_counts_nothing() -> None:
    assert durations([5], [60]) == []
    assert durations([5], []) == []
    assert durations([], [5]) == []


def test_each_scan_counts_once_with_its_nearest_level() -> None:
    found = exposure_scans(
        [verified(61, -9), verified(62, -4), verified(63, -7), verified(122, -8)], [0, 60, 120], RHYTHM, SHARE
    )
    assert found == [ExposureScan(60, 60.0, -4), ExposureScan(120, 70.0, -8)]


def test_the_intercept_of_the_deployment_is_added() -> None:
    found = exposure_scans([verified(60, -3)], [0, 60, 120], RHYTHM, SHARE, -2.5)
    assert found == [ExposureScan(60, 60.0, -5.5)]


MODEL = proximity_model()
TEN = list(range(5, 600, 60))


def probabilities(
    minutes: list[VerifiedMinute],
    scans: list[int],
    around: dict[int, list[int]] | None = None,
    shift: float = 0.0,
) -> list[float | None]:
    """Of each exposed scan."""
    exposed = exposure_scans(minutes, scans, RHYTHM, SHARE)
    found = with_probabilities(exposed, minutes, scans, around or {}, MODEL, shift)
    assert [(one.at, one.level_db) for one in found] == [(one.at, one.level_db) for one in exposed]
    return [one.near_probability for one in found]


def expected(scan_count: int, levels: list[float], relative: float | None = None) -> float:
    """What the model says about such a window."""
    heard = tuple(HeardScan(level, relative) for level in levels)
    return probability_near(ProximityWindow(scan_count, heard), MODEL)


def test_a_window_is_ten_minutes_of_the_clock_and_knows_its_empty_scans() -> None:
    minutes = [verified(at, -2) for at in TEN[:4]]
    assert probabilities(minutes, TEN) == [expected(10, [-2] * 4)] * 4
    # Scans of the next ten minutes are another window's.
    assert probabilities(minutes, [*TEN, *range(605, 1200, 60)]) == [expected(10, [-2] * 4)] * 4
    assert probabilities([*minutes, verified(605, 3)], [*TEN, 605])[-1] == expected(1, [3])


def test_a_sample_after_the_end_of_a_window_belongs_to_the_scan_that_heard_it() -> None:
    assert probabilities([verified(600, -2)], [540, 598]) == [expected(2, [-2])]


def test_the_most_probable_key_of_a_window_counts() -> None:
    minutes = [verified(at, -12) for at in TEN] + [VerifiedMinute(b"two", at // 60, at, 1) for at in TEN[:9]]
    assert set(probabilities(minutes, TEN)) == {max(expected(10, [-12] * 10), expected(10, [1] * 9))}


def test_the_intercept_moves_the_windows_too() -> None:
    minutes = [verified(at, -6) for at in TEN]
    assert probabilities(minutes, TEN, shift=4.0) == [expected(10, [-2] * 10)] * 10


def test_others_in_the_same_scans_are_compared_with() -> None:
    minutes = [VerifiedMinute(b"key", at // 60, at, -2, -62) for at in TEN]
    around = {at: [-80, -62, -74] for at in TEN}
    assert probabilities(minutes, TEN, around) == [expected(10, [-2] * 10, relative=15.0)] * 10
    alone = {at: [-62] for at in TEN}
    assert probabilities(minutes, TEN, alone) == [expected(10, [-2] * 10)] * 10
    # A minute that an earlier version kept has no RSSI to compare with.
    old = [verified(at, -2) for at in TEN]
    assert probabilities(old, TEN, around)[0] is not None


def test_a_phone_heard_in_two_of_its_minutes_by_one_scan_is_not_another_phone() -> None:
    """A scan that begins at the end of a minute goes on into the sender's next one."""
    scans = [59, *range(139, 600, 60)]
    minutes = [VerifiedMinute(b"key", at // 60, at, -2, -62) for at in scans]
    minutes.insert(1, VerifiedMinute(b"key", 1, 60, -4, -64))
    heard = surroundings_of([(one.received_at, int(one.rssi_dbm or 0)) for one in minutes], scans)
    assert heard[59] == [-62, -64]

    def window(relative_db: float | None) -> ProximityWindow:
        return ProximityWindow(9, (HeardScan(-3, relative_db), *[HeardScan(-2)] * 8))

    alone, compared = probability_near(window(None), MODEL), probability_near(window(17.0), MODEL)
    assert set(probabilities(minutes, scans, heard)) == {alone}
    assert set(probabilities(minutes, scans, heard | {59: [-62, -64, -80]})) == {compared}
    assert alone != compared


def test_what_each_scan_heard() -> None:
    heard = [(3, -50), (7, -60), (8, -61), (11, -70), (66, -80)]
    assert surroundings_of(heard, [5, 60]) == {5: [-60, -61]}


def test_the_observed_rhythm_is_the_middle_gap_of_the_last_day() -> None:
    scans = list(range(0, 60 * 40, 60))
    assert observed_rhythm(scans, 3000) == 60.0
    night = [at + 30_000 for at in scans]
    assert observed_rhythm([*scans, *night], 33_000) == 60.0, "a night with the phone off is one gap"
    assert observed_rhythm(scans[:31], 3000) == 60.0
    assert observed_rhythm(scans[:30], 3000) is None
    assert observed_rhythm(scans, 86_400 + 60 * 20) is None, "most of it is older than a day"
