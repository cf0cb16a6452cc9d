"""T-38: frames of three cases are relayed to somebody, one minute of each."""

from __future__ import annotations

from bluezone.phone.matching import VerifiedMinute, passing_minutes
from bluezone.sim.attacks import replay
from bluezone.sim.attacks.outcome import Setting


def test_t38_no_alert(setting: Setting) -> None:
    outcome = replay.three_cases(setting)
    assert outcome.passed, outcome.measured


def test_t38_a_minute_counts_once_however_many_keys() -> None:
    minutes = [VerifiedMinute(bytes([key]) * 8, 28_333_442, 0, 0) for key in range(9)]
    assert passing_minutes(minutes) == []


def test_t38_control_three_different_minutes_do_pass_the_floor() -> None:
    minutes = [VerifiedMinute(bytes(8), 28_333_442 + n, 0, 0) for n in range(3)]
    assert passing_minutes(minutes) == minutes


def test_t38_control_half_an_hour_of_one_case_warns(setting: Setting) -> None:
    case = replay.speaking_case(setting)
    sent = replay.shifted(0.5)(case.said)
    assert replay.harm_done(setting, case.sections(), sent).alerted == setting.victim_count
