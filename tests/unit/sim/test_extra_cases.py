"""Stories that traces do not tell: each alerts exactly whom it must, for as long as was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from bluezone.sim.extra_cases import EXTRA_CASES, CaseResult, ExtraCase, MeetingWorld, play
from bluezone.sim.virtual_time import run_virtual

BY_NAME = {case.name: case for case in EXTRA_CASES}
# What the phone must say it measured, minutes: the true time less what was lost, give or take two scans.
NEAR_MINUTES = {
    "phone-off-mid-contact": (18, 29),
    "reboot": (25, 46),
    "clock-two-hours-off": (22, 27),
    "key-rollover-inside-a-contact": (22, 26),
    "two-short-meetings-within-a-day": (15, 18),
    "partial-upload": (22, 27),
}


def played(case: ExtraCase, home: Path, seed: int = 1) -> CaseResult:
    return run_virtual(play(case, seed, home))


@pytest.mark.parametrize("name", BY_NAME)
def test_exactly_whom_it_must(name: str, tmp_path: Path) -> None:
    found = played(BY_NAME[name], tmp_path)
    assert found.alerted == BY_NAME[name].alerted
    low, high = NEAR_MINUTES.get(name, (0, 0))
    assert all(low <= near_s / 60 <= high for near_s in found.near_s.values()), found.near_s


def test_the_withheld_hours_alone_make_the_difference(tmp_path: Path) -> None:
    """With the same meetings and everything published, the second person is alerted too."""
    import dataclasses

    whole = dataclasses.replace(BY_NAME["partial-upload"], withheld=())
    assert played(whole, tmp_path).alerted == {1, 2}


def test_a_meeting_is_over_when_it_is_over() -> None:
    (meeting,) = BY_NAME["key-rollover-inside-a-contact"].meetings
    world = MeetingWorld(2, (meeting,))
    begin = 1_792_022_400 + meeting.start_s
    assert world.near(0, begin - 1) == []
    assert world.near(0, begin) == [(1, 1.0)]
    assert world.near(1, begin + 60) == [(0, 1.0)]
    assert world.near(1, 1_792_022_400 + meeting.end_s) == []
