"""`bluezone simulate`: a trace of real contacts, everybody once the case, compared with the truth."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from bluezone.cli.output_place import OutputFile, OutputFolder, writing
from bluezone.cli.simulate_report import curves_of, draw_curves, print_report
from bluezone.cli.terminal import configure_logs, friendly, log_level, progress_bar
from bluezone.phone.risk import RiskRules
from bluezone.phone.shipped import proximity_model
from bluezone.sim.air import AirModel
from bluezone.sim.evidence import Evidence, exposures, gather
from bluezone.sim.judge import Judge, Judgement
from bluezone.sim.replay import first_day, replay
from bluezone.sim.trace import Trace
from bluezone.sim.trace.load import TRACE_FORMATS, load_trace
from bluezone.sim.truth import Band, truth_of_trace
from bluezone.sim.virtual_time import run_virtual

AIRS = {"noise-free": AirModel.noise_free, "realistic": AirModel.realistic, "mild": AirModel.mild}
# A contact of so many scans is measured, a shorter one is sampled.
SCANS_A_CONTACT = 4
_SPAN = re.compile(r"([0-9]{1,7})-([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Run:
    """What is simulated.

    Attributes:
        trace: of real contacts.
        air: name of the air.
        seed: decides every draw.
        rhythm_s: mean time from scan to scan of every phone, seconds.
        calibrated: whether phones know their model.
        home: where the stores are kept meanwhile; a temporary folder when None.
    """

    trace: Trace
    air: str
    seed: int
    rhythm_s: float = 60.0
    calibrated: bool = True
    home: Path | None = None

    def live(self, cases: range | list[int]) -> Evidence:
        """Lets everybody live through the trace, then publishes each case."""
        with tempfile.TemporaryDirectory(prefix="bluezone-simulate-", dir=self.home) as folder:
            living = replay(
                self.trace,
                AIRS[self.air](),
                self.seed,
                Path(folder),
                progress_bar("living"),
                rhythm_s=self.rhythm_s,
                calibrated=self.calibrated,
            )
            lived = run_virtual(living)
        onset_day = first_day(self.trace, 0)
        return gather(lived, cases, onset_day, self.seed, progress_bar("comparing"))


def _span(_context: click.Context, _parameter: click.Parameter, text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = _SPAN.fullmatch(text)
    if found is None or not int(found[1]) < int(found[2]):
        raise click.BadParameter(f"{text!r} is not a span of minutes such as 295-355")
    return int(found[1]), int(found[2])


def title_of(path: Path, minutes: tuple[int, int] | None, air: str, seed: int) -> str:
    """What a picture is about."""
    part = "" if minutes is None else f", minutes {minutes[0]}-{minutes[1]}"
    return f"{path.name}{part}, air {air}, seed {seed}"


minutes_option = click.option(
    "--minutes",
    metavar="FROM-TO",
    callback=_span,
    help="Only this part of the trace, in minutes after its beginning.",
)


@click.command()
@click.option("--trace", "path", type=click.Path(path_type=Path), required=True, help="File of contacts.")
@click.option("--format", "trace_format", type=click.Choice(TRACE_FORMATS), required=True)
@minutes_option
@click.option("--case", default="all", show_default=True, help="'all', each alone, or one original id.")
@click.option("--air", type=click.Choice(sorted(AIRS)), default="noise-free", show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**32), default=1, show_default=True)
@click.option(
    "--rule",
    type=click.Choice(["level", "window"]),
    default=RiskRules().kind,
    show_default=True,
    help="What makes a scan count: its level, or its ten-minute window.",
)
@click.option("--near-probability", type=click.FloatRange(0.01, 0.99), help="From which a window is near.")
@click.option("--intercept", type=click.FloatRange(-30, 30), default=0.0, show_default=True, help="dB.")
@click.option(
    "--calibrated/--uncalibrated", default=True, show_default=True, help="Whether phones know their model."
)
@click.option("--plots", type=OutputFolder(), help="Folder for a picture of the trade-off.")
@click.option("--json", "json_path", type=OutputFile(), help="Write the result.")
@click.option(
    "--home",
    type=OutputFolder(),
    help="Where the phones' stores are kept while it runs; a temporary folder by default.",
)
@log_level
@friendly
def simulate(
    path: Path,
    trace_format: Any,
    minutes: tuple[int, int] | None,
    case: str,
    air: str,
    seed: int,
    rule: Any,
    near_probability: float | None,
    intercept: float,
    calibrated: bool,
    plots: Path | None,
    json_path: Path | None,
    home: Path | None,
    log_level: str,
) -> None:
    """Everybody carries a phone through the trace; then each person is the only case, once."""
    configure_logs(log_level)
    trace = load_trace(path, trace_format, minutes=minutes)
    cases = range(trace.people_count) if case == "all" else [_station(trace.people, case)]
    rules = replace(RiskRules(), kind=rule, intercept_db=intercept)
    rules = replace(rules, near_probability=near_probability or rules.near_probability)
    started = time.monotonic()
    evidence = Run(trace, air, seed, calibrated=calibrated, home=home).live(cases)
    lived_s = time.monotonic() - started
    truth = truth_of_trace(trace)
    # Levels are the same whether windows are judged or not, so both kinds can be asked.
    exposed = exposures(evidence, replace(rules, kind="window"), proximity_model())
    judge = Judge(truth, cases)
    judgement, curves = judge.judge(exposed, rules), curves_of(judge, exposed, rules)
    click.echo(
        f"{path.name}: {trace.people_count} people, {trace.row_count} contacts;"
        f" air {air}; seed {seed}; {len(cases)} cases, each alone, from the same stores."
    )
    print_report(judgement, truth, curves)
    click.echo(
        f"\n{lived_s:.0f} s to live and compare, {time.monotonic() - started - lived_s:.0f} s to judge."
    )
    if plots is not None:
        with writing(plots):
            click.echo(draw_curves(plots, title_of(path, minutes, air, seed), curves, rules))
    if json_path is not None:
        report = {"trace": path.name, "format": trace_format, "air": air, "seed": seed, "cases": len(cases)}
        report["minutes"] = minutes
        report |= {"people": trace.people_count, "live_s": lived_s, "rule": rule, "calibrated": calibrated}
        found = judgement.as_json()
        report |= {"per_case": found.pop("cases"), **found}
        report["trade_off"] = {name: [one.as_json() for one in points] for name, points in curves.items()}
        with writing(json_path):
            json_path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    sys.exit(1 if _is_our_fault(judgement, air, trace.step_s, rules) else 0)


def _is_our_fault(judgement: Judgement, air: str, step_s: int, rules: RiskRules) -> bool:
    """Whether something went wrong that neither physics nor sampling explains.

    Without noise, contacts that last longer than a few scans must be judged without an error by levels.
    Contacts of 20 seconds fall between two scans, a realistic air has its share, and a window is near or
    not as a whole: there, only an alert for somebody who never met the case is ours.
    """
    lasting = step_s >= SCANS_A_CONTACT * rules.rhythm_s
    exact = air == "noise-free" and lasting and rules.kind == "level" and not rules.intercept_db
    return bool(judgement.alerted(Band.NEVER_MET) or (exact and judgement.errors))


def _station(people: tuple[int, ...], case: str) -> int:
    if not case.isascii() or not case.isdigit() or int(case) not in people:
        raise click.BadParameter(
            f"{case!r} is not 'all' and not the id of a person of this trace", param_hint="--case"
        )
    return people.index(int(case))
