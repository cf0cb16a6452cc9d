"""`bluezone simulate`: a trace of real contacts, everybody once the case, compared with the truth."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click

from bluezone.cli.terminal import configure_logs, friendly, log_level, progress_bar, table
from bluezone.phone.risk import RiskRules
from bluezone.sim.air import AirModel
from bluezone.sim.judge import Judgement, judge
from bluezone.sim.replay import first_day, replay
from bluezone.sim.trace.load import TRACE_FORMATS, load_trace
from bluezone.sim.truth import Truth, Verdict, truth_of_trace
from bluezone.sim.virtual_time import run_virtual

AIRS = {"noise-free": AirModel.noise_free, "realistic": AirModel.realistic, "mild": AirModel.mild}
VERDICTS = ("must-be-alerted", "exactly-15-minutes", "must-not-be-alerted", "never-met")
# A contact of so many scans is measured, a shorter one is sampled.
SCANS_A_CONTACT = 4
BANDS = ("clear-positive", "grey", "clear-negative", "never-met")


@click.command()
@click.option("--trace", "path", type=click.Path(path_type=Path), required=True, help="File of contacts.")
@click.option("--format", "trace_format", type=click.Choice(TRACE_FORMATS), required=True)
@click.option("--case", default="all", show_default=True, help="'all', each alone, or one original id.")
@click.option("--air", type=click.Choice(sorted(AIRS)), default="noise-free", show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**32), default=1, show_default=True)
@click.option(
    "--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the result."
)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the phones' stores are kept while it runs; a temporary folder by default.",
)
@log_level
@friendly
def simulate(
    path: Path,
    trace_format: Any,
    case: str,
    air: str,
    seed: int,
    json_path: Path | None,
    home: Path | None,
    log_level: str,
) -> None:
    """Everybody carries a phone through the trace; then each person is the only case, once."""
    configure_logs(log_level)
    trace = load_trace(path, trace_format)
    cases = range(trace.people_count) if case == "all" else [_station(trace.people, case)]
    truth = truth_of_trace(trace)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bluezone-simulate-", dir=home) as folder:
        lived = run_virtual(replay(trace, AIRS[air](), seed, Path(folder), progress_bar("living")))
    lived_s = time.monotonic() - started
    judgement = judge(lived, truth, cases, first_day(trace, 0), seed, progress_bar("judging"))
    judged_s = time.monotonic() - started - lived_s
    click.echo(
        f"{path.name}: {trace.people_count} people, {trace.row_count} contacts;"
        f" air {air}; seed {seed}; {len(cases)} cases, each alone, from the same stores."
    )
    _print(judgement, truth)
    click.echo(f"\n{lived_s:.0f} s to live through the trace, {judged_s:.0f} s to judge.")
    if json_path is not None:
        report = {"trace": path.name, "format": trace_format, "air": air, "seed": seed, "cases": len(cases)}
        report |= {"people": trace.people_count, "live_s": lived_s, "judge_s": judged_s}
        json_path.write_text(json.dumps(report | judgement.as_json(), indent=1) + "\n", encoding="utf-8")
    sys.exit(1 if _is_our_fault(judgement, air, trace.step_s) else 0)


def _is_our_fault(judgement: Judgement, air: str, step_s: int) -> bool:
    """Whether something went wrong that neither physics nor sampling explains.

    Without noise, contacts that last longer than a few scans must be judged without an error. Contacts of
    20 seconds fall between two scans, and a realistic air has its share: there, only an alert for
    somebody who never met the case is ours.
    """
    exact = air == "noise-free" and step_s >= SCANS_A_CONTACT * RiskRules().rhythm_s
    return bool(judgement.alerted["never-met"] or (exact and judgement.errors))


def _station(people: tuple[int, ...], case: str) -> int:
    if not case.isascii() or not case.isdigit() or int(case) not in people:
        raise click.BadParameter(
            f"{case!r} is not 'all' and not the id of a person of this trace", param_hint="--case"
        )
    return people.index(int(case))


def _print(judgement: Judgement, truth: Truth) -> None:
    must, near, must_not = (truth.count(one) for one in (Verdict.MUST, Verdict.BORDERLINE, Verdict.MUST_NOT))
    click.echo(
        f"{must + near + must_not} pairs met: {must} must be alerted, {must_not} must not,"
        f" {near} at exactly 15 minutes are listed apart.\n"
    )
    click.echo("Each pair counts twice: once with each of the two as the case.")
    click.echo(_counts("by the rule", VERDICTS, judgement.alerted, judgement.silent))
    click.echo("")
    click.echo(_counts("by band", BANDS, judgement.band_alerted, judgement.band_silent))
    missed = sum(what == "missed" for _, _, what in judgement.errors)
    click.echo(
        f"\n{len(judgement.errors)} errors: {missed} missed, {len(judgement.errors) - missed} false alerts."
    )


def _counts(title: str, names: tuple[str, ...], alerted: dict[str, int], silent: dict[str, int]) -> str:
    rows = []
    for name in names:
        yes, no = alerted[name], silent[name]
        share = f"{yes / (yes + no):.2%}" if yes + no else "-"
        rows.append((name, yes, no, share))
    return table((title, "alerted", "silent", "share alerted"), rows)
