"""`bluezone cases`: small stories with real phones, each of which must alert exactly whom it says."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from bluezone.cli.terminal import configure_logs, friendly, log_level, table
from bluezone.sim.extra_cases import EXTRA_CASES, CaseResult, ExtraCase, play
from bluezone.sim.virtual_time import run_virtual


@click.command()
@click.argument("name", required=False, type=click.Choice([case.name for case in EXTRA_CASES]))
@click.option("--seed", type=click.IntRange(0, 2**32), default=1, show_default=True)
@log_level
@friendly
def cases(name: str | None, seed: int, log_level: str) -> None:
    """A phone that dies, a clock that lies, keys that change: play one story by its name, or all."""
    configure_logs(log_level)
    chosen = [case for case in EXTRA_CASES if name in (None, case.name)]
    rows, wrong = [], 0
    for case in chosen:
        found = _played(case, seed)
        wrong += found.alerted != case.alerted
        rows.append(_row(case, found))
    click.echo(table(("case", "must be alerted", "alerted", "minutes", ""), rows))
    click.echo("")
    click.echo("\n".join(f"{case.name}: {case.told}." for case in chosen))
    click.echo(f"\n{len(chosen)} cases, {wrong} wrong; seed {seed}.")
    sys.exit(1 if wrong else 0)


def _played(case: ExtraCase, seed: int) -> CaseResult:
    with tempfile.TemporaryDirectory(prefix="bluezone-case-") as home:
        return run_virtual(play(case, seed, Path(home)))


def _row(case: ExtraCase, found: CaseResult) -> tuple[str, str, str, str, str]:
    minutes = ", ".join(f"{found.near_s[one] / 60:.0f}" for one in sorted(found.near_s))
    verdict = "as it must" if found.alerted == case.alerted else "WRONG"
    return case.name, _people(case.alerted), _people(found.alerted), minutes or "-", verdict


def _people(stations: frozenset[int]) -> str:
    return ", ".join(f"person {one}" for one in sorted(stations)) or "nobody"
