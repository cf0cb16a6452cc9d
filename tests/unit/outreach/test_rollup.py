"""Roll-ups: what counts when, who is late or missing, ranks, change, removed units, the level above."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from bluezone.outreach.figures import Denominator, Figures, Share
from bluezone.outreach.instruction import Instruction, Timeliness
from bluezone.outreach.report import Report
from bluezone.outreach.rollup import as_report, roll_up
from bluezone.outreach.units import UnitTree
from tests.unit.outreach.case import DAY_S, DUE_AT, INSTRUCTION, PHU, TREE, UNITS, report

OFFICE_REPORT = replace(report("phong-y-te"), figures=Figures(staff_smartphones=12, staff_installed=9))
VERSIONS = {
    "nghia-phu": [report(residents_installed=2_400), report(version=2, at=DUE_AT + 60)],
    "nghia-duc": [report("nghia-duc", at=DUE_AT + 1, population=9_000, residents_installed=4_500)],
    "dak-nia": [report("dak-nia", population=10_000, smartphones=None, residents_installed=5_000)],
    "phong-y-te": [OFFICE_REPORT],
}


def test_the_table_of_the_deadline_is_not_the_table_of_now() -> None:
    then = roll_up(TREE, VERSIONS, instruction=INSTRUCTION, period=0, at=DUE_AT)
    now = roll_up(TREE, VERSIONS, instruction=INSTRUCTION, period=0, at=DUE_AT + 3600)
    assert [row.timeliness for row in then.rows] == [
        Timeliness.ON_TIME, Timeliness.AWAITED, Timeliness.ON_TIME, Timeliness.AWAITED, Timeliness.ON_TIME,
    ]  # fmt: skip
    assert then.total.figures.residents_installed == 2_400 + 5_000
    assert now.total.figures.residents_installed == 3_000 + 4_500 + 5_000
    assert now.total.missing == ("dak-r-moan",)
    assert now.total.late == ("nghia-duc",)  # a correction after the deadline does not make a unit late
    assert now.rows[0].corrected
    assert (now.total.on_time_count, now.total.reported_count, now.total.expected_count) == (3, 4, 5)


def test_a_rate_counts_only_units_that_gave_both_figures() -> None:
    total = roll_up(TREE, VERSIONS, instruction=INSTRUCTION, period=0, at=DUE_AT + 3600).total
    assert total.uptake.of_smartphones == Share(3_000 + 4_500, 6_000 + 6_000, 2)
    assert total.uptake.of_population == Share(12_500, 30_000, 3)
    assert total.uptake.of_population.rate == Fraction(5, 12)
    assert total.uptake.of_staff == Share(30 * 3 + 9, 30 * 3 + 12, 4)


def test_ranks_are_shared_and_the_next_one_counts_all_before_it() -> None:
    population = replace(INSTRUCTION, target=None)
    table = roll_up(TREE, VERSIONS, instruction=population, period=0, at=DUE_AT + 3600)
    assert table.denominator is Denominator.POPULATION
    assert {row.unit_id: row.rank for row in table.rows} == {
        "nghia-phu": 3, "nghia-duc": 1, "dak-nia": 1, "dak-r-moan": None, "phong-y-te": None,
    }  # fmt: skip
    assert [row.unit_id for row in table.best] == ["nghia-duc", "dak-nia"]
    assert [row.unit_id for row in table.worst] == ["nghia-phu"]
    assert [row.unit_id for row in table.ranked] == ["nghia-duc", "dak-nia", "nghia-phu"]


def test_where_all_are_equal_nobody_is_worst() -> None:
    same = {one: [report(one)] for one in ("nghia-phu", "nghia-duc")}
    table = roll_up(TREE, same, instruction=INSTRUCTION, period=0, at=DUE_AT)
    assert len(table.best) == 2
    assert table.worst == ()


def test_order_is_exact_where_floats_are_not() -> None:
    whole = 999_999_937
    low, high = Share(333_333_312, whole, 1), Share(333_333_313, whole + 2, 1)
    assert (low.order < high.order) == (Fraction(low.part, low.whole) < Fraction(high.part, high.whole))
    assert Share(1, 3).order == Share(2, 6).order


def test_change_compares_only_units_that_reported_twice() -> None:
    previous = {"nghia-phu": report(residents_installed=2_500), "dak-r-moan": report("dak-r-moan")}
    table = roll_up(TREE, VERSIONS, instruction=INSTRUCTION, period=0, at=DUE_AT + 3600, previous=previous)
    assert table.total.growth == 500
    assert table.total.compared_count == 1
    assert table.total.points(Denominator.SMARTPHONES) == Fraction(500, 6_000)
    assert table.rows[1].summary.growth is None


def test_a_removed_unit_is_not_asked_and_its_report_is_set_aside() -> None:
    gone = replace(PHU, removed_on=date(2020, 8, 19), merged_into="nghia-duc")
    tree = UnitTree(gone if unit.unit_id == "nghia-phu" else unit for unit in UNITS)
    previous = {"nghia-phu": report(), "nghia-duc": report("nghia-duc", residents_installed=1_000)}
    table = roll_up(tree, VERSIONS, instruction=INSTRUCTION, period=0, at=DUE_AT + 3600, previous=previous)
    assert "nghia-phu" not in {row.unit_id for row in table.rows}
    assert table.set_aside == ("nghia-phu",)
    assert table.total.figures.residents_installed == 4_500 + 5_000
    # What it had is compared with the unit that took it over.
    assert table.rows[0].summary.growth == 4_500 - (1_000 + 3_000)


def test_a_unit_removed_after_the_deadline_still_counts() -> None:
    gone = replace(PHU, removed_on=date(2020, 8, 20))
    tree = UnitTree(gone if unit.unit_id == "nghia-phu" else unit for unit in UNITS)
    table = roll_up(tree, VERSIONS, instruction=INSTRUCTION, period=0, at=DUE_AT + 3600)
    assert table.rows[0].unit_id == "nghia-phu"
    assert table.set_aside == ()


def province_instruction() -> Instruction:
    return replace(INSTRUCTION, instruction_id="i0", office_id="dak-nong", due_at=DUE_AT + DAY_S)


def test_the_level_above_receives_the_roll_up_as_its_report() -> None:
    city = roll_up(TREE, VERSIONS, instruction=INSTRUCTION, period=0, at=DUE_AT + 3600)
    sent: Report = as_report(
        city, province_instruction(), period=0, version=1, submitted_at=DUE_AT + 7200,
        reporter="Phòng Văn hóa và Thông tin", reporter_phone="02610000000",
    )  # fmt: skip
    above = roll_up(
        TREE, {"gia-nghia": [sent]}, instruction=province_instruction(), period=0, at=DUE_AT + DAY_S
    )
    assert above.total == city.total
    assert above.rows[0].timeliness is Timeliness.ON_TIME
    assert above.rows[0].name == "Thành phố Gia Nghĩa"


def test_without_its_own_report_what_is_below_stands_for_a_unit() -> None:
    above = roll_up(TREE, VERSIONS, instruction=province_instruction(), period=0, at=DUE_AT + 3600)
    city = roll_up(
        TREE, VERSIONS, instruction=replace(INSTRUCTION, due_at=DUE_AT + DAY_S), period=0, at=DUE_AT + 3600
    )
    assert above.rows[0].report is None
    assert above.total == city.total
    nothing = roll_up(TREE, {}, instruction=province_instruction(), period=0, at=DUE_AT + 2 * DAY_S)
    assert nothing.total.missing == ("gia-nghia",)
    assert nothing.rows[0].timeliness is Timeliness.MISSING
