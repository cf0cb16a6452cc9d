"""`bluezone outreach demo`: a whole campaign over HTTP, and what came of it as a table."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bluezone.cli.terminal import friendly, table

if TYPE_CHECKING:
    from bluezone.outreach.report_letter import Voice
    from bluezone.outreach.rollup import Row
    from bluezone.sim.campaign.run import Outcome


@click.command()
@click.option("--once", is_flag=True, help="Live through the campaign, print the table, write the letter.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder of the letter.",
)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the service in this new folder, to look at its pages afterwards; else it is thrown away.",
)
@click.option("--lang", type=click.Choice(("vi", "en")), default="en", show_default=True)
@friendly
def demo(once: bool, out: Path, home: Path | None, lang: str) -> None:
    """Instruct 14 units of Gia Nghĩa as in 2020: 12 report, two of them late; roll up, write the letter."""
    from bluezone.sim.campaign.run import Campaign

    if not once and home is None:
        raise click.UsageError("say --once, or name a folder with --home to keep the service and look at it")
    with tempfile.TemporaryDirectory(prefix="bluezone-campaign-") as folder:
        campaign = Campaign(home or Path(folder) / "home", click.echo)
        outcome = asyncio.run(campaign.run(out))
    click.echo(described(outcome, lang))
    if home is not None:
        click.echo(f"\nLook at it: bluezone outreach serve --home {home}")
        click.echo(f"Sign in by: bluezone outreach link --home {home} --role office --unit gia-nghia")


def described(outcome: Outcome, language: str) -> str:
    """The city's table, who is late and who is missing, and the files."""
    from bluezone.outreach.figures import Denominator
    from bluezone.outreach.report_letter import Voice
    from bluezone.web.language import words_of

    say = words_of(language).text
    voice, rollup, tree = Voice(say, language), outcome.sum.rollup, outcome.sum.tree
    header = ("rank", "unit", "smartphones", "installed", "% people", "% smartphones", "% staff", "")
    total = rollup.total
    lines = [
        "",
        table(header, [_line(row, voice) for row in rollup.rows]),
        "",
        f"{total.reported_count} of {total.expected_count} units reported, {len(total.late)} late: "
        + ", ".join(tree.get(one).name for one in total.late),
        "Missing: " + ", ".join(tree.get(one).name for one in total.missing),
    ]
    for denominator in Denominator:
        share = total.uptake.share(denominator)
        parts = f"{voice.count(share.part)} of {voice.count(share.whole)}, {share.unit_count} units"
        lines.append(f"{say(f'rate.{denominator}')}: {voice.rate(share.rate)} ({parts})")
    passed_on = outcome.province.rollup.total.uptake.residents
    lines += [
        f"Passed on to the province: {voice.count(passed_on)} residents.",
        f"{outcome.messages} messages left the house; {outcome.reminders} reminders.",
        *(f"Wrote {path}" for path in outcome.files),
    ]
    return "\n".join(lines)


def _line(row: Row, voice: Voice) -> tuple[str, ...]:
    uptake = row.summary.uptake
    return (
        str(row.rank or "-"),
        row.name,
        voice.count(row.summary.figures.smartphones),
        voice.count(row.summary.figures.residents_installed),
        voice.rate(uptake.of_population.rate),
        voice.rate(uptake.of_smartphones.rate),
        voice.rate(uptake.of_staff.rate),
        voice.say(f"status.{row.timeliness}"),
    )
