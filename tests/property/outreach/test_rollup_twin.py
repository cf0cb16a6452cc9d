"""A roll-up of roll-ups is the roll-up of all rows, whatever units report; against a slow obvious twin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bluezone.outreach.figures import FIELDS, Denominator, Figures, Share, Summary
from bluezone.outreach.report import Report
from bluezone.outreach.rollup import as_report, ranked, roll_up
from bluezone.outreach.units import Unit, UnitTree
from tests.unit.outreach.case import DUE_AT, INSTRUCTION, ISSUED

CITIES = 3
COMMUNES_EACH = 4
IDS = [f"c{city}.{n}" for city in range(CITIES) for n in range(COMMUNES_EACH)]
TREE = UnitTree(
    [
        Unit("top", "Tỉnh"),
        *(Unit(f"c{city}", f"Thành phố {city}", parent_id="top") for city in range(CITIES)),
        *(Unit(one, f"Xã {one}", parent_id=one.split(".")[0]) for one in IDS),
    ]
)
FLAT = replace(INSTRUCTION, office_id="top", recipients=tuple(IDS))
ABOVE = replace(INSTRUCTION, office_id="top", recipients=())
AT = DUE_AT + 1000

counts = st.none() | st.integers(0, 50)
figures = st.builds(Figures, **dict.fromkeys(FIELDS, counts))


@dataclass(frozen=True)
class Told:
    """What one commune says: now, in the period before, and when."""

    now: Figures | None
    before: Figures | None
    sent_after_due_s: int


told = st.builds(Told, st.none() | figures, st.none() | figures, st.integers(-900, 900))
everybody = st.fixed_dictionaries(dict.fromkeys(IDS, told))


def a_report(unit_id: str, given_figures: Figures, at: int) -> Report:
    return Report("i1", 0, unit_id, 1, ISSUED, given_figures, submitted_at=at)


def arranged(said: dict[str, Told]) -> tuple[dict[str, list[Report]], dict[str, Report]]:
    versions = {
        one: [a_report(one, tale.now, DUE_AT + tale.sent_after_due_s)]
        for one, tale in said.items()
        if tale.now is not None
    }
    previous = {one: a_report(one, tale.before, 0) for one, tale in said.items() if tale.before is not None}
    return versions, previous


def twin_share(rows: list[Figures], part: str, whole: str) -> Share:
    both = [(r.get(part), r.get(whole)) for r in rows if r.get(part) is not None and r.get(whole)]
    return Share(sum(p or 0 for p, _ in both), sum(w or 0 for _, w in both), len(both))


@given(everybody)
def test_a_roll_up_of_roll_ups_is_the_roll_up_of_all_rows(said: dict[str, Told]) -> None:
    versions, previous = arranged(said)
    flat = roll_up(TREE, versions, instruction=FLAT, period=0, at=AT, previous=previous)
    sent = {}
    for city in TREE.children("top"):
        own = replace(INSTRUCTION, office_id=city.unit_id, recipients=())
        table = roll_up(TREE, versions, instruction=own, period=0, at=AT, previous=previous)
        up = as_report(
            table, ABOVE, period=0, version=1, submitted_at=DUE_AT, reporter="x", reporter_phone="x"
        )
        sent[city.unit_id] = [up]
    above = roll_up(TREE, sent, instruction=ABOVE, period=0, at=AT)
    assert above.total == flat.total


@given(everybody)
def test_totals_are_those_of_a_slow_obvious_twin(said: dict[str, Told]) -> None:
    versions, previous = arranged(said)
    total = roll_up(TREE, versions, instruction=FLAT, period=0, at=AT, previous=previous).total
    rows = [tale.now for tale in said.values() if tale.now is not None]
    for name in FIELDS:
        known = [value for row in rows if (value := row.get(name)) is not None]
        assert total.figures.get(name) == (sum(known) if known else None)
    assert total.uptake.of_population == twin_share(rows, "residents_installed", "population")
    assert total.uptake.of_smartphones == twin_share(rows, "residents_installed", "smartphones")
    assert total.uptake.of_staff == twin_share(rows, "staff_installed", "staff_smartphones")
    late = [one for one, tale in said.items() if tale.now is not None and tale.sent_after_due_s > 0]
    assert list(total.late) == sorted(late)
    assert list(total.missing) == sorted(one for one, tale in said.items() if tale.now is None)
    both = [(t.before, t.now) for t in said.values() if t.now is not None and t.before is not None]
    grown = sum((n.residents_installed or 0) - (b.residents_installed or 0) for b, n in both)
    assert total.growth == (grown if both else None)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=12))
def test_ranks_are_those_of_counting_who_is_better(shares: list[tuple[int, int]]) -> None:
    versions = {
        one: [a_report(one, Figures(population=whole, residents_installed=part), DUE_AT)]
        for one, (part, whole) in zip(IDS, shares, strict=False)
    }
    table = roll_up(TREE, versions, instruction=replace(FLAT, target=None), period=0, at=AT)
    rates = {
        row.unit_id: Fraction(s.part, s.whole)
        for row in table.rows
        if (s := row.summary.uptake.of_population).whole
    }
    for row in table.rows:
        own = rates.get(row.unit_id)
        better = sum(rate > own for rate in rates.values()) if own is not None else None
        assert row.rank == (None if better is None else better + 1)
    assert ranked(table.rows, Denominator.POPULATION) == table.rows


@given(st.lists(st.lists(figures, max_size=4), max_size=4))
def test_summing_in_groups_changes_nothing(groups: list[list[Figures]]) -> None:
    singles = [[Summary(figures=one, on_time_count=1) for one in group] for group in groups]
    nested = Summary.sum(Summary.sum(group) for group in singles)
    assert nested == Summary.sum(one for group in singles for one in group)
