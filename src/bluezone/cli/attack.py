"""`bluezone attack`: tries the forty numbered attacks and says in a table what each achieved.

The tests call the same functions. What each attack must not achieve is told in docs/protocol.md, section 11.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bluezone.cli.output_place import OutputFile, writing
from bluezone.cli.terminal import configure_logs, friendly, log_level, table

if TYPE_CHECKING:
    from bluezone.sim.attacks.outcome import Attack, Outcome

_HEADER = ("test", "attack", "victims", "v1", "15 min", "2 h", "verdict")


@click.command()
@click.option("--all", "everything", is_flag=True, help="All forty; the same as naming none.")
@click.option("--only", multiple=True, metavar="T-NN", help="One attack; may be repeated.")
@click.option("--quick/--full", "quick", default=True, show_default=True, help="Fewer or more samples.")
@click.option("--seed", default=1, show_default=True, help="Decides every draw.")
@click.option("--json", "json_file", type=OutputFile(), help="Also write this file.")
@log_level
@friendly
def attack(
    everything: bool, only: tuple[str, ...], quick: bool, seed: int, json_file: Path | None, log_level: str
) -> None:
    """Try the forty numbered attacks; exit 0 only when none succeeds.

    The columns v1, 15 min and 2 h count false alerts, or the attack's own successes: for this protocol, for
    an app that accepts an identifier within 15 minutes as in 2020, and within 2 hours as in Google/Apple.
    """
    from bluezone.sim.attacks.catalogue import run
    from bluezone.sim.attacks.outcome import Setting

    configure_logs(log_level)
    chosen = _chosen(() if everything else only)
    results: list[tuple[Attack, Outcome, float]] = []
    with tempfile.TemporaryDirectory(prefix="bluezone-attack-") as folder:
        for one in chosen:
            began = time.monotonic()
            outcome = run(one, Setting(Path(folder), seed, full=not quick))
            results.append((one, outcome, time.monotonic() - began))
            click.echo(f"{one.name} {one.words}: {outcome.measured}", err=True)
    click.echo(table(_HEADER, [_row(one, outcome) for one, outcome, _ in results]))
    failed = [one.name for one, outcome, _ in results if not outcome.passed]
    seconds = sum(spent for _, _, spent in results)
    click.echo(f"{len(results) - len(failed)} of {len(results)} hold, {seconds:.0f} s, seed {seed}")
    if json_file is not None:
        with writing(json_file):
            json_file.write_text(
                json.dumps(_document(results, seed, quick), indent=1) + "\n", encoding="utf-8"
            )
    if failed:
        click.echo(f"Error: these attacks succeeded: {', '.join(failed)}", err=True)
        sys.exit(1)


def _chosen(only: tuple[str, ...]) -> list[Attack]:
    from bluezone.sim.attacks.catalogue import ATTACKS, find

    if not only:
        return list(ATTACKS)
    chosen = []
    for name in only:
        found = find(name)
        if found is None:
            raise click.BadParameter(f"{name!r} is none of T-01 to T-{len(ATTACKS)}", param_hint="--only")
        chosen.append(found)
    return chosen


def _row(one: Attack, outcome: Outcome) -> tuple[str, ...]:
    numbers = (outcome.victim_count, outcome.count, outcome.short_replay, outcome.two_hours)
    cells = tuple("-" if number is None else str(number) for number in numbers)
    return (one.name, one.words, *cells, "holds" if outcome.passed else "BROKEN")


def _document(results: list[tuple[Attack, Outcome, float]], seed: int, quick: bool) -> dict[str, object]:
    rows = [
        {"test": one.name, "attack": one.words, "seconds": round(spent, 2), **asdict(outcome)}
        for one, outcome, spent in results
    ]
    return {"format": "bz1-attacks-1", "seed": seed, "form": "quick" if quick else "full", "attacks": rows}
