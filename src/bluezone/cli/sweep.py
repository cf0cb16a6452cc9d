"""`bluezone sweep`: the same trace with other scan rhythms and with fewer phones; tables and pictures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from bluezone.cli.output_place import OutputFile, OutputFolder, writing
from bluezone.cli.simulate import AIRS, Run, minutes_option, title_of
from bluezone.cli.simulate_report import drawing
from bluezone.cli.terminal import configure_logs, friendly, log_level, table
from bluezone.phone.risk import RiskRules
from bluezone.phone.shipped import proximity_model
from bluezone.sim.evidence import exposures
from bluezone.sim.judge import Exposed, Judge
from bluezone.sim.sweep import DRAWS, SweepPoint, rhythm_point, uptake_points
from bluezone.sim.trace.load import TRACE_FORMATS, load_trace
from bluezone.sim.truth import truth_of_trace

MAX_VALUES = 12


def _numbers(low: float, high: float) -> Any:
    """A callback that reads numbers with commas between them."""

    def read(_context: click.Context, _parameter: click.Parameter, text: str) -> tuple[float, ...]:
        try:
            values = tuple(sorted({float(one) for one in text.split(",")}))
        except ValueError:
            raise click.BadParameter(f"{text!r} is not a list of numbers such as 30,60,120") from None
        if not all(low <= one <= high for one in values) or len(values) > MAX_VALUES:
            raise click.BadParameter(f"at most {MAX_VALUES} numbers from {low:g} to {high:g}")
        return values

    return read


@click.command()
@click.option("--trace", "path", type=click.Path(path_type=Path), required=True, help="File of contacts.")
@click.option("--format", "trace_format", type=click.Choice(TRACE_FORMATS), required=True)
@minutes_option
@click.option("--air", type=click.Choice(sorted(AIRS)), default="realistic", show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**32), default=1, show_default=True)
@click.option(
    "--rhythm",
    "rhythms",
    default="60,120,240",
    show_default=True,
    callback=_numbers(10, 3600),
    help="Seconds from scan to scan; the trace is lived through once for each.",
)
@click.option(
    "--uptake",
    "shares",
    default="20,40,60,80,100",
    show_default=True,
    callback=_numbers(1, 100),
    help="Percent of people with a phone; judged from the stores of the rhythm nearest to 60 s.",
)
@click.option("--plots", type=OutputFolder(), help="Folder for pictures.")
@click.option("--json", "json_path", type=OutputFile(), help="Write the result.")
@log_level
@friendly
def sweep(
    path: Path,
    trace_format: Any,
    minutes: tuple[int, int] | None,
    air: str,
    seed: int,
    rhythms: tuple[float, ...],
    shares: tuple[float, ...],
    plots: Path | None,
    json_path: Path | None,
    log_level: str,
) -> None:
    """Vary how often phones scan, and how many people have one."""
    configure_logs(log_level)
    trace = load_trace(path, trace_format, minutes=minutes)
    cases, rules = range(trace.people_count), RiskRules()
    judge = Judge(truth_of_trace(trace), cases)
    usual = min(rhythms, key=lambda one: abs(one - rules.rhythm_s))
    by_rhythm, kept = [], {}
    for rhythm_s in rhythms:
        evidence = Run(trace, air, seed, rhythm_s=rhythm_s).live(cases)
        of_this = replace(rules, rhythm_s=rhythm_s)
        exposed: Exposed = exposures(evidence, of_this, proximity_model())
        by_rhythm.append(rhythm_point(judge, exposed, of_this))
        if rhythm_s == usual:
            kept = dict(exposed)
    in_force = replace(rules, rhythm_s=usual)
    by_uptake = uptake_points(judge, kept, in_force, trace.people_count, [one / 100 for one in shares], seed)
    click.echo(f"{path.name}: {trace.people_count} people; air {air}; seed {seed}; levels decide.\n")
    click.echo(_table("scan every, s", "95 % interval", by_rhythm, 1.0))
    click.echo("")
    click.echo(_table("people with a phone, %", f"95 % of {DRAWS} draws of who", by_uptake, 100.0))
    if json_path is not None:
        report: dict[str, Any] = {"trace": path.name, "air": air, "seed": seed}
        report["rhythm_s"] = [one.as_json() for one in by_rhythm]
        report["uptake"] = [one.as_json() for one in by_uptake]
        with writing(json_path):
            json_path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if plots is not None:
        with writing(plots):
            _draw(plots, title_of(path, minutes, air, seed), by_rhythm, by_uptake)


def _draw(folder: Path, title: str, by_rhythm: Sequence[SweepPoint], by_uptake: Sequence[SweepPoint]) -> None:
    draw = drawing().plot_points
    percent = [replace(one, value=100 * one.value) for one in by_uptake]
    made = [
        draw(folder, title, "seconds from scan to scan", "rhythm", by_rhythm),
        draw(folder, title, "people with a phone, %", "uptake", percent),
    ]
    click.echo("\n" + "\n".join(str(one) for one in made))


def _table(name: str, span: str, points: Sequence[SweepPoint], scale: float) -> str:
    rows = [
        (
            f"{scale * one.value:g}",
            f"{one.clear_positive:.2%}",
            f"{one.low:.2%}..{one.high:.2%}",
            f"{one.clear_negative:.2%}",
            f"{one.never_met:g}",
        )
        for one in points
    ]
    return table((name, "clear-positive", span, "clear-negative", "never-met"), rows)
