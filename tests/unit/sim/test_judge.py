"""Alerts against the truth: counted by verdict, band and case, and judged again for other thresholds."""

from __future__ import annotations

import pytest

from bluezone.phone.exposure import ExposureScan
from bluezone.phone.risk import RiskRules
from bluezone.sim.judge import Judge
from bluezone.sim.truth import Band, PairTruth, Truth, Verdict

# Five people. 0-1 clear positive, 0-2 clear negative, 0-3 exactly 15 minutes, 1-2 grey and must; 4 is alone.
TRUTH = Truth(
    5,
    {
        (0, 1): PairTruth(1500, 1500, 1500),
        (0, 2): PairTruth(0, 0, 240),
        (0, 3): PairTruth(0, 900, 900),
        (1, 2): PairTruth(0, 1200, 3000),
    },
)
RULES = RiskRules()


def near(minutes: int, level_db: float = -3.0, probability: float | None = None) -> list[ExposureScan]:
    return [ExposureScan(60 * number, 60.0, level_db, probability) for number in range(minutes)]


EXPOSED = {
    (0, 1): near(20),
    (1, 0): near(20, -8.0),
    (0, 2): near(16, -6.0),
    (2, 0): near(16),
    (0, 3): near(15),
    (1, 2): near(14),
    (2, 1): near(30, -4.0),
}


def test_every_ordered_pair_is_counted_once() -> None:
    found = Judge(TRUTH, range(5)).judge(EXPOSED, RULES)
    assert (found.alerted(Verdict.MUST), found.silent(Verdict.MUST)) == (2, 2)
    assert (found.alerted(Verdict.BORDERLINE), found.silent(Verdict.BORDERLINE)) == (1, 1)
    assert (found.alerted(Verdict.MUST_NOT), found.silent(Verdict.MUST_NOT)) == (1, 1)
    assert (found.alerted(Band.NEVER_MET), found.silent(Band.NEVER_MET)) == (0, 12)
    assert found.errors == [(1, 0, "missed"), (1, 2, "missed"), (2, 0, "false-alert")]
    shares = {band: (found.share(band).alerted, found.share(band).total) for band in Band}
    assert shares == {
        Band.CLEAR_POSITIVE: (1, 2),
        Band.CLEAR_NEGATIVE: (1, 2),
        Band.GREY: (2, 4),
        Band.NEVER_MET: (0, 12),
    }


def test_only_the_cases_asked_for() -> None:
    found = Judge(TRUTH, [0]).judge(EXPOSED, RULES)
    assert set(found.cases) == {0}
    assert found.errors == []
    assert sum(found.cases[0].band_alerted.values()) + sum(found.cases[0].band_silent.values()) == 4


def test_somebody_never_met_who_is_alerted_is_told() -> None:
    found = Judge(TRUTH, range(5)).judge({(4, 0): near(20)}, RULES)
    assert found.alerted(Band.NEVER_MET) == 1
    assert (4, 0, "false-alert") in found.errors
    assert found.as_json()["bands"]["never-met"]["alerted"] == 1


def test_a_lower_threshold_never_alerts_fewer() -> None:
    judge = Judge(TRUTH, range(5))
    levels = judge.trade_off(EXPOSED, RULES, "near_level_db", [-9.0, -7.0, -5.0, -3.5])
    assert [one.clear_positive.alerted for one in levels] == [2, 1, 1, 1]
    assert [one.clear_negative.alerted for one in levels] == [2, 2, 1, 1]
    assert [one.must for one in levels] == [0.75, 0.5, 0.5, 0.25]
    times = judge.trade_off(EXPOSED, RULES, "alert_s", [600.0, 900.0, 1000.0])
    assert [one.must for one in times] == [0.75, 0.5, 0.5]
    assert [one.must_not for one in times] == [0.5, 0.5, 0.0]
    assert times[1].as_json()["value"] == 900.0


def test_windows_are_judged_by_their_probability() -> None:
    exposed = {(0, 1): near(20, -30.0, 0.6), (1, 0): near(20, 0.0, 0.4)}
    rules = RiskRules(kind="window")
    points = Judge(TRUTH, range(5)).trade_off(exposed, rules, "near_probability", [0.3, 0.5, 0.7])
    assert [one.clear_positive.alerted for one in points] == [2, 1, 0]
    assert points[0].must == pytest.approx(0.5)
