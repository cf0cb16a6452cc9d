"""What the letter of a roll-up says: results with their denominators, ranks, who is late or missing.

Decides the blocks of the letter, their default texts and their order; an office may rewrite each block or
leave it out. Numbers come from the roll-up alone. Leaves the form to `letter`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bluezone.outreach.figures import Denominator, Share, Summary
from bluezone.outreach.instruction import Instruction
from bluezone.outreach.letter import (
    Bar,
    Chart,
    Column,
    Frame,
    Heading,
    Items,
    Letter,
    Paragraph,
    Part,
    Say,
    Table,
    acting,
    put_into_frame,
    rate_name,
)
from bluezone.outreach.numerals import count_text, date_text, decimal_text, percent_text
from bluezone.outreach.rollup import RollUp, Row
from bluezone.outreach.units import UnitTree

BLOCKS = (
    "opening", "reporting", "results", "ranking", "target", "staff", "work", "downloads",
    "difficulties", "proposals", "closing",
)  # fmt: skip
MAX_BARS = 30
MAX_NAMES = 12
_WORK = ("broadcasts", "leaflets", "posters", "teams", "households")
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Downloads:
    """The public activity figure: how often the list of batches was fetched on a day; not people.

    Attributes:
        day: civil date.
        count: of fetches.
    """

    day: date
    count: int


@dataclass(frozen=True, slots=True)
class Voice:
    """The language of a letter: its sentences and how it writes numbers.

    Attributes:
        say: sentences.
        language: "vi" or "en".
    """

    say: Say
    language: str

    def count(self, value: int | None) -> str:
        """A count, or a dash for none."""
        return NOTHING if value is None else count_text(value, self.language)

    def rate(self, value: Fraction | None) -> str:
        """A rate as a percentage, or a dash for none."""
        return NOTHING if value is None else percent_text(value, self.language)

    def signed(self, value: int | None) -> str:
        """A change in count with its sign, or a dash."""
        return NOTHING if value is None else ("+" if value > 0 else "") + count_text(value, self.language)

    def points(self, value: Fraction | None) -> str:
        """A change of a rate in percentage points with its sign, or a dash."""
        if value is None:
            return NOTHING
        return ("+" if value > 0 else "") + decimal_text(value * 100, self.language)

    def names(self, every: Sequence[str]) -> str:
        """Names in a sentence; after a dozen, how many more there are."""
        shown = ", ".join(every[:MAX_NAMES])
        rest = len(every) - MAX_NAMES
        return shown + (self.say("letter.more", count=self.count(rest)) if rest > 0 else "")


def default_blocks(
    rollup: RollUp,
    instruction: Instruction,
    tree: UnitTree,
    say: Say,
    language: str = "vi",
    downloads: Downloads | None = None,
) -> dict[str, str]:
    """The texts that the office may edit, by block; of several lines each becomes one with a dash."""
    voice = Voice(say, language)
    blocks = {
        "opening": _opening(rollup, instruction, tree, voice),
        "reporting": _reporting(rollup, tree, voice),
        "results": _results(rollup.total, voice),
        "ranking": _ranking(rollup, voice),
        "target": _target(rollup, instruction, voice),
        "staff": _share_sentence("letter.staff", rollup.total.uptake.of_staff, voice),
        "work": _work(rollup.total, voice),
        "downloads": _downloads(downloads, voice),
        "difficulties": _collected(rollup.rows, "difficulties"),
        "proposals": _collected(rollup.rows, "proposals"),
        "closing": say("letter.closing", office=acting(tree.get(rollup.unit_id))),
    }
    return {name: blocks[name] for name in BLOCKS}


def write_report(
    rollup: RollUp,
    instruction: Instruction,
    tree: UnitTree,
    frame: Frame,
    blocks: Mapping[str, str],
    say: Say,
    language: str = "vi",
) -> Letter:
    """The letter that reports a roll-up to the level above.

    Args:
        frame: number, date, addressees, signer.
        blocks: texts by name of `BLOCKS`; an empty or missing one is left out.
        say: sentences of the language.
    """
    voice = Voice(say, language)
    parts: list[Part] = list(_block(blocks, "opening"))
    sections: list[tuple[str, list[Part]]] = [
        ("reporting", [*_block(blocks, "reporting")]),
        ("results", _result_parts(rollup, instruction, tree, blocks, voice)),
        ("staff", [*_block(blocks, "staff"), *_staff_table(rollup, voice)]),
        ("work", [*_block(blocks, "work")]),
        ("downloads", [*_block(blocks, "downloads")]),
        ("difficulties", [*_block(blocks, "difficulties")]),
        ("proposals", [*_block(blocks, "proposals")]),
    ]
    filled = [(name, content) for name, content in sections if content]
    for number, (name, content) in enumerate(filled, 1):
        parts += [Heading(f"{number}. {say(f'letter.section.{name}')}"), *content]
    parts += _block(blocks, "closing")
    return put_into_frame(tree.get(rollup.unit_id), frame, tuple(parts), say, language)


def resident_rows(rollup: RollUp, tree: UnitTree) -> tuple[Row, ...]:
    """The rows of units that have residents."""
    return tuple(row for row in rollup.rows if tree.get(row.unit_id).has_residents)


def _block(blocks: Mapping[str, str], name: str) -> Iterable[Part]:
    lines = [line.strip() for line in blocks.get(name, "").splitlines() if line.strip()]
    if len(lines) == 1:
        return (Paragraph(lines[0]),)
    return (Items(tuple(lines)),) if lines else ()


def _opening(rollup: RollUp, instruction: Instruction, tree: UnitTree, voice: Voice) -> str:
    minute = (rollup.at // 60 + instruction.utc_offset_minutes) % (24 * 60)
    return voice.say(
        "letter.opening",
        number=instruction.number,
        issued=date_text(instruction.issued_on, voice.language),
        subject=instruction.subject,
        office=acting(tree.get(rollup.unit_id)),
        time=f"{minute // 60:02}:{minute % 60:02}",
        day=date_text(instruction.civil_date(rollup.at), voice.language),
    )


def _reporting(rollup: RollUp, tree: UnitTree, voice: Voice) -> str:
    total = rollup.total
    counts = {"reported": voice.count(total.reported_count), "expected": voice.count(total.expected_count)}
    lines = [voice.say("letter.reporting", on_time=voice.count(total.on_time_count), **counts)]
    for key, ids in (("late", total.late), ("missing", total.missing)):
        if ids:
            names = voice.names([tree.get(one).name for one in ids])
            lines.append(voice.say(f"letter.reporting.{key}", count=voice.count(len(ids)), names=names))
    return "\n".join(lines)


def _results(total: Summary, voice: Voice) -> str:
    lines = [voice.say("letter.results", count=voice.count(total.uptake.residents))]
    for denominator in (Denominator.POPULATION, Denominator.SMARTPHONES):
        share = total.uptake.share(denominator)
        lines.append(_share_sentence(f"letter.results.{denominator}", share, voice))
    if total.growth is not None:
        lines.append(
            voice.say(
                "letter.results.growth",
                growth=voice.signed(total.growth),
                points=voice.points(total.points(Denominator.POPULATION)),
                count=voice.count(total.compared_count),
            )
        )
    return "\n".join(line for line in lines if line)


def _share_sentence(key: str, share: Share, voice: Voice) -> str:
    if share.rate is None:
        return ""
    values = {"part": voice.count(share.part), "whole": voice.count(share.whole)}
    return voice.say(key, rate=voice.rate(share.rate), units=voice.count(share.unit_count), **values)


def _ranking(rollup: RollUp, voice: Voice) -> str:
    lines = []
    for key, rows in (("best", rollup.best), ("worst", rollup.worst)):
        if rows:
            lines.append(
                voice.say(
                    f"letter.ranking.{key}",
                    names=voice.names([row.name for row in rows]),
                    rate=voice.rate(rows[0].summary.uptake.share(rollup.denominator).rate),
                    denominator=rate_name(rollup.denominator, voice.say),
                )
            )
    return "\n".join(lines)


def _target(rollup: RollUp, instruction: Instruction, voice: Voice) -> str:
    target = instruction.target
    if target is None:
        return ""
    rates = [row.summary.uptake.share(target.denominator).rate for row in rollup.rows]
    known = [rate for rate in rates if rate is not None]
    return voice.say(
        "letter.target",
        share=percent_text(target.share, voice.language, 0),
        denominator=rate_name(target.denominator, voice.say),
        reached=voice.count(sum(rate >= target.share for rate in known)),
        count=voice.count(len(known)),
    )


def _work(total: Summary, voice: Voice) -> str:
    done = [
        voice.say(f"letter.work.{name}", count=voice.count(count))
        for name in _WORK
        if (count := total.figures.get(name)) is not None
    ]
    return voice.say("letter.work", done="; ".join(done)) if done else ""


def _downloads(downloads: Downloads | None, voice: Voice) -> str:
    if downloads is None:
        return ""
    day = date_text(downloads.day, voice.language)
    return voice.say("letter.downloads", day=day, count=voice.count(downloads.count))


def _collected(rows: Sequence[Row], name: str) -> str:
    texts = ((row.name, getattr(row.report, name)) for row in rows if row.report is not None)
    return "\n".join(f"{unit}: {' '.join(text.split())}" for unit, text in texts if text.strip())


def _result_parts(
    rollup: RollUp, instruction: Instruction, tree: UnitTree, blocks: Mapping[str, str], voice: Voice
) -> list[Part]:
    rows = resident_rows(rollup, tree)
    by_staff = rollup.denominator is Denominator.STAFF
    parts = [part for name in ("results", "ranking", "target") for part in _block(blocks, name)]
    if rows:
        parts.append(_resident_table(rows, voice, by_staff=by_staff))
    parts += _chart(rollup.rows if by_staff else rows, rollup, instruction, voice)
    return parts


def _resident_table(rows: Sequence[Row], voice: Voice, *, by_staff: bool) -> Table:
    widths = {"no": 5, "unit": 20, "population": 9, "smartphones": 10, "installed": 9, "growth": 9,
              "of_population": 9, "of_smartphones": 10, "rank": 7, "status": 10}  # fmt: skip
    columns = [
        Column(voice.say(f"table.{name}"), width, name not in ("unit", "status"))
        for name, width in widths.items()
    ]
    body = [
        (
            str(number),
            row.name,
            *_resident_cells(row.summary, voice),
            NOTHING if by_staff else _rank(row),
            voice.say(f"status.{row.timeliness}"),
        )
        for number, row in enumerate(rows, 1)
    ]
    total = Summary.sum(row.summary for row in rows)
    last = ("", voice.say("table.total"), *_resident_cells(total, voice), "", "")
    return Table(voice.say("table.residents"), tuple(columns), tuple(body), last)


def _resident_cells(summary: Summary, voice: Voice) -> tuple[str, ...]:
    uptake = summary.uptake
    has_residents = summary.figures.residents_installed is not None
    return (
        voice.count(summary.figures.population),
        voice.count(summary.figures.smartphones),
        voice.count(uptake.residents if has_residents else None),
        voice.signed(summary.growth if has_residents else None),
        voice.rate(uptake.of_population.rate),
        voice.rate(uptake.of_smartphones.rate),
    )


def _rank(row: Row) -> str:
    return str(row.rank) if row.rank else NOTHING


def _staff_table(rollup: RollUp, voice: Voice) -> list[Part]:
    rows = [row for row in rollup.rows if row.summary.uptake.of_staff.whole]
    if not rows:
        return []
    widths = {"no": 5, "unit": 40, "staff_smartphones": 18, "staff_installed": 18, "of_staff": 16}
    by_staff = rollup.denominator is Denominator.STAFF
    widths |= {"rank": 9} if by_staff else {}
    columns = tuple(
        Column(voice.say(f"table.{name}"), width, is_number=name != "unit") for name, width in widths.items()
    )
    body = tuple(
        (
            str(number),
            row.name,
            *_staff_cells(row.summary.uptake.of_staff, voice),
            *((_rank(row),) if by_staff else ()),
        )
        for number, row in enumerate(rows, 1)
    )
    rank = ("",) if by_staff else ()
    last = ("", voice.say("table.total"), *_staff_cells(rollup.total.uptake.of_staff, voice), *rank)
    return [Table(voice.say("table.staff"), columns, body, last)]


def _staff_cells(share: Share, voice: Voice) -> tuple[str, str, str]:
    return voice.count(share.whole), voice.count(share.part), voice.rate(share.rate)


def _chart(rows: Sequence[Row], rollup: RollUp, instruction: Instruction, voice: Voice) -> list[Part]:
    known = sorted((row for row in rows if row.rank), key=lambda row: row.rank or 0)
    title = "chart.title"
    if len(known) > MAX_BARS:
        known, title = [*known[: MAX_BARS // 2], *known[-MAX_BARS // 2 :]], "chart.title.ends"
    bars = [
        Bar(row.name, rate, voice.rate(rate))
        for row in known
        if (rate := row.summary.uptake.share(rollup.denominator).rate) is not None
    ]
    if not bars:
        return []
    target = instruction.target.share if instruction.target else None
    target_text = voice.say("chart.target", share=percent_text(target, voice.language, 0)) if target else ""
    named = voice.say(title, denominator=rate_name(rollup.denominator, voice.say))
    return [Chart(named, tuple(bars), target, target_text)]
