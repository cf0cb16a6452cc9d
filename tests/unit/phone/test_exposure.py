"""What time a verified scan stands for: half the gap to each side, capped, bounded by empty scans."""

from __future__ import annotations

import pytest

from bluezone.phone.exposure import ExposureScan, exposure_scans
from bluezone.phone.matching import VerifiedMinute

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
