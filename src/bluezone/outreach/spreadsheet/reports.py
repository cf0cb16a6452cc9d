"""Reports from a spreadsheet: each row to a unit's report, with a verdict for every cell.

Decides which sheet is meant, whose row it is, and that one bad row stops only itself. Leaves what is
impossible to `report`, and storing to the caller.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from bluezone.outreach.figures import FIELDS, Figures, Share
from bluezone.outreach.instruction import Instruction, expected_units
from bluezone.outreach.plain_text import plain_text
from bluezone.outreach.problem import Place, Problem, Severity, errors_in
from bluezone.outreach.report import TEXT_FIELDS, Report, check_report, check_typed_rate
from bluezone.outreach.spreadsheet.archive import refused
from bluezone.outreach.spreadsheet.grid import Cell, Grid, range_text
from bluezone.outreach.spreadsheet.header import Header, find_header, marks
from bluezone.outreach.spreadsheet.opening import open_file
from bluezone.outreach.spreadsheet.reading import cell_count, cell_date, cell_rate
from bluezone.outreach.spreadsheet.verdict import CellVerdict, RowVerdict, Verdict
from bluezone.outreach.spreadsheet.workbook import Workbook
from bluezone.outreach.units import UnitTree, plain

# The nearest name is searched among all units; a file of nothing but unknown names must not take minutes.
_SUGGESTED_ROWS = 300
_PREFILLED = ("unit_id", "population", "smartphones", "rate_population", "rate_smartphones")
RATES = {"rate_population": "population", "rate_smartphones": "smartphones"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What rows are read against.

    Attributes:
        tree: the units.
        instruction: that the reports answer.
        period: from 0.
        now: seconds UTC.
        previous: unit id to what counted in the period before.
        stored: unit id to the newest stored version of this period.
        reporter: who sends the file, for rows that name nobody.
        reporter_phone: of the same.
    """

    tree: UnitTree
    instruction: Instruction
    period: int
    now: int
    previous: Mapping[str, Report] = field(default_factory=dict)
    stored: Mapping[str, Report] = field(default_factory=dict)
    reporter: str = ""
    reporter_phone: str = ""


def read_reports(data: bytes, asked: Asked) -> Verdict:
    """Everything that a file of reports says.

    Args:
        data: of an XLSX or a CSV.
        asked: what its rows are read against.

    Raises:
        SpreadsheetRefused: it is not read at all, with the one reason.
    """
    book = open_file(data)
    grid, header, notes = _choose_sheet(book)
    expected = frozenset(expected_units(asked.instruction, asked.tree, asked.period))
    rows = [_Row(grid, header, number, asked, expected) for number, _ in grid if number > header.last_row]
    verdicts = [row.verdict() for row in rows if not row.is_skipped]
    if not verdicts:
        raise refused("file-no-rows")
    totals = tuple(row.note for row in rows if row.note is not None)
    columns = sorted(header.columns, key=lambda name: header.columns[name])
    return Verdict(
        grid.sheet,
        tuple(columns),
        tuple(_without_repeats(verdicts, asked)),
        (*notes, *header.problems, *totals),
    )


def _choose_sheet(book: Workbook) -> tuple[Grid, Header, tuple[Problem, ...]]:
    found = [(grid, header) for grid in book.grids if (header := find_header(grid, "report", ("unit_id",)))]
    if not found:
        raise refused("file-header-missing")
    grid, header = max(found, key=lambda one: len(one[1].columns))
    notes = [Problem("sheet-hidden", "", Severity.NOTE, {"sheet": name}, Place(name)) for name in book.hidden]
    notes += [
        Problem(
            "sheet-ignored", "", Severity.NOTE, {"sheet": other.sheet, "used": grid.sheet}, Place(other.sheet)
        )
        for other in book.grids
        if other is not grid and other.rows
    ]
    return grid, header, tuple(notes)


class _Row:
    """One row below the header."""

    def __init__(
        self, grid: Grid, header: Header, number: int, asked: Asked, expected: Collection[str]
    ) -> None:
        self.grid, self.header, self.number, self.asked = grid, header, number, asked
        self.expected = expected
        self.is_early = number <= header.last_row + _SUGGESTED_ROWS
        self.typed = grid.cell(number, header.columns["unit_id"]).text
        first = next((cell.text for cell in grid.rows[number] if not cell.is_blank), "")
        self.is_total = plain(self.typed or first) in marks("total")
        self.is_skipped = self.is_total or first.startswith("#") or self._is_blank()
        self.note = (
            Problem("row-total-ignored", "", Severity.NOTE, {}, Place(grid.sheet, number))
            if self.is_total
            else None
        )

    def verdict(self) -> RowVerdict:
        """What this row says."""
        cells = {name: self._read(name) for name in self.header.columns if name != "unit_id"}
        unit_id, problems = self._unit()
        if unit_id is not None and not problems and self._is_unfilled():
            note = Problem("row-unfilled", "", Severity.NOTE, {}, self._place(""))
            return RowVerdict(self.number, unit_id, self.typed, self._placed(cells, ())[0], (note,), None)
        report = self._report(unit_id or "", cells)
        found = self._check(report, cells) if unit_id is not None else []
        verdicts, rest = self._placed(cells, found)
        every = (*problems, *rest)
        stopped = errors_in([*every, *(problem for cell in verdicts for problem in cell.problems)])
        kept = None if stopped or unit_id is None else report
        return RowVerdict(self.number, unit_id, self.typed, verdicts, every, kept)

    def _is_blank(self) -> bool:
        used = (self.grid.cell(self.number, column) for column in self.header.columns.values())
        return all(cell.is_blank for cell in used)

    def _is_unfilled(self) -> bool:
        """Whether it holds nothing but what the form was sent out with."""
        given = [name for name in self.header.columns if name not in _PREFILLED]
        return all(self.grid.cell(self.number, self.header.columns[name]).is_blank for name in given)

    def _place(self, name: str) -> Place:
        return Place(self.grid.sheet, self.number, self.header.columns.get(name, 0))

    def _unit(self) -> tuple[str | None, list[Problem]]:
        problems = []
        if self.number in self.grid.hidden_rows:
            problems.append(Problem("row-hidden", "", Severity.WARNING, {}, self._place("")))
        problems += [problem.at(self._place("unit_id")) for problem in self._merged("unit_id")]
        if not self.typed:
            return None, [*problems, Problem("row-without-unit", "unit_id", place=self._place("unit_id"))]
        tree, office = self.asked.tree, self.asked.instruction.office_id
        unit = tree.find(self.typed, below=office)
        if unit is None:
            near = tree.suggest(self.typed, below=office) if self.is_early else None
            code = "unit-unknown-near" if near else "unit-unknown"
            values = {"typed": self.typed[:60], "near": near.name if near else ""}
            return None, [*problems, Problem(code, "unit_id", values=values, place=self._place("unit_id"))]
        if unit.unit_id not in self.expected:
            problems.append(
                Problem("row-not-asked", "unit_id", values={"unit": unit.name}, place=self._place("unit_id"))
            )
        return unit.unit_id, problems

    def _read(self, name: str) -> tuple[object, tuple[Problem, ...]]:
        cell: Cell = self.grid.cell(self.number, self.header.columns[name])
        if merged := self._merged(name):
            return None, merged
        if name in FIELDS:
            return cell_count(cell, name)
        if name == "as_of":
            return cell_date(cell, name)
        return cell_rate(cell, name) if name in RATES else (plain_text(cell.text), ())

    def _merged(self, name: str) -> tuple[Problem, ...]:
        """A merged cell is unclear where it covers several rows, or several columns that mean something."""
        column = self.header.columns[name]
        merge = self.grid.merge_at(self.number, column)
        if merge is None:
            return ()
        covered = [
            one for one in self.header.columns.values() if merge.first_column <= one <= merge.last_column
        ]
        if merge.first_row == merge.last_row and len(covered) == 1:
            return ()
        return (Problem("cell-merged", name, values={"range": range_text(merge)}),)

    def _report(self, unit_id: str, cells: Mapping[str, tuple[object, tuple[Problem, ...]]]) -> Report:
        asked = self.asked
        read = {name: value for name, (value, _) in cells.items()}
        counts = {name: value for name in FIELDS if isinstance(value := read.get(name), int)}
        texts = {name: str(read.get(name) or "") for name in TEXT_FIELDS}
        as_of = read.get("as_of")
        stored = asked.stored.get(unit_id)
        return Report(
            asked.instruction.instruction_id,
            asked.period,
            unit_id,
            stored.version + 1 if stored else 1,
            as_of if isinstance(as_of, date) else asked.instruction.civil_date(asked.now),
            Figures(**counts),
            texts["difficulties"],
            texts["proposals"],
            texts["reporter"] or asked.reporter,
            texts["reporter_phone"] or asked.reporter_phone,
            asked.now,
        )

    def _check(
        self, report: Report, cells: Mapping[str, tuple[object, tuple[Problem, ...]]]
    ) -> list[Problem]:
        """The rules of reports; a field that could not be read is not missing besides."""
        asked = self.asked
        unreadable = {name for name, (_, problems) in cells.items() if errors_in(problems)}
        found = check_report(
            report,
            unit=asked.tree.get(report.unit_id),
            instruction=asked.instruction,
            today=asked.instruction.civil_date(asked.now),
            previous=asked.previous.get(report.unit_id),
        )
        kept = [one for one in found if one.field not in unreadable]
        for name, whole in RATES.items():
            typed = cells.get(name, (None, ()))[0]
            if isinstance(typed, Fraction):
                share = Share.of(report.figures.residents_installed, report.figures.get(whole))
                kept += [one for one in [check_typed_rate(typed, share, name)] if one]
        return kept

    def _placed(
        self, cells: Mapping[str, tuple[object, tuple[Problem, ...]]], found: Iterable[Problem]
    ) -> tuple[tuple[CellVerdict, ...], list[Problem]]:
        """Each problem at its cell; those of fields without a column stay with the row."""
        listed = list(found)
        verdicts = []
        for name in sorted(cells, key=lambda one: self.header.columns[one]):
            place = self._place(name)
            own = [*cells[name][1], *(one for one in listed if one.field == name)]
            shown = self.grid.cell(self.number, self.header.columns[name]).text[:200]
            verdicts.append(CellVerdict(place, name, shown, tuple(one.at(place) for one in own)))
        rest = [one.at(self._place(one.field)) for one in listed if one.field not in cells]
        return tuple(verdicts), rest


def _without_repeats(rows: Iterable[RowVerdict], asked: Asked) -> Iterator[RowVerdict]:
    """Rows that repeat one before them are skipped; of rows that contradict each other none is stored."""
    listed = list(rows)
    groups: dict[str, list[RowVerdict]] = {}
    for row in listed:
        if row.unit_id is not None:
            groups.setdefault(row.unit_id, []).append(row)
    for row in listed:
        group = groups.get(row.unit_id or "", [row])
        says = {tuple(cell.shown for cell in one.cells) for one in group}
        if len(group) == 1 or (len(says) == 1 and row is group[0]):
            yield row
            continue
        other = group[0] if row is not group[0] else group[1]
        problem = Problem(
            "row-repeated" if len(says) == 1 else "row-twice",
            "unit_id",
            Severity.NOTE if len(says) == 1 else Severity.ERROR,
            {"unit": asked.tree.get(row.unit_id or "").name, "first": other.row},
            Place(row.cells[0].place.sheet, row.row),
        )
        yield replace(row, problems=(*row.problems, problem), report=None)
