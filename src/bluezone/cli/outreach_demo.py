"""`bluezone outreach demo`: a whole campaign over HTTP, and what came of it as a table."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bluezone.cli.terminal import friendly, table

if TYPE_CHECKING:
    from bluezone.outreach.figures import Denominator, Share
    from bluezone.outreach.report_letter import Voice
    from bluezone.outreach.rollup import Row
    from bluezone.sim.campaign.run import Outcome

_COLUMNS = ("rank", "unit", "smartphones", "installed", "of_population", "of_smartphones", "of_staff")


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
        campaign = Campaign(home or Path(folder) / "home", click.echo, lang)
        outcome = asyncio.run(campaign.run(out))
    click.echo(described(outcome, lang))
    if home is not None:
        click.echo("\n" + where_to_look(home, lang))


def described(outcome: Outcome, language: str) -> str:
    """The city's table, who is late and who is missing, and the files."""
    from bluezone.outreach.figures import Denominator
    from bluezone.outreach.report_letter import Voice
    from bluezone.web.language import words_of

    say = words_of(language).text
    voice, rollup, tree = Voice(say, language), outcome.sum.rollup, outcome.sum.tree
    total = rollup.total
    lines = [
        "",
        table(
            [*(say(f"campaign.column.{name}") for name in _COLUMNS), ""],
            [_line(row, voice) for row in rollup.rows],
        ),
        "",
        say(
            "campaign.reported",
            reported=total.reported_count,
            expected=total.expected_count,
            late=len(total.late),
            names=", ".join(tree.get(one).name for one in total.late),
        ),
        say("campaign.missing", names=", ".join(tree.get(one).name for one in total.missing)),
    ]
    lines += [_share(one, total.uptake.share(one), voice) for one in Denominator]
    passed_on = outcome.province.rollup.total.uptake.residents
    lines += [
        say("campaign.passed-on", count=voice.count(passed_on)),
        say("campaign.messages", messages=outcome.messages, reminders=outcome.reminders),
        *(say("campaign.wrote", path=path) for path in outcome.files),
    ]
    return "\n".join(lines)


def where_to_look(home: Path, language: str) -> str:
    """The two commands that show a service that was kept."""
    from bluezone.web.language import words_of

    say = words_of(language).text
    serve = f"bluezone outreach serve --home {home}"
    link = f"bluezone outreach link --home {home} --role office --unit gia-nghia"
    return f"{say('campaign.look', command=serve)}\n{say('campaign.sign-in', command=link)}"


def _share(denominator: Denominator, share: Share, voice: Voice) -> str:
    return voice.say(
        "campaign.share",
        name=voice.say(f"rate.{denominator}"),
        rate=voice.rate(share.rate),
        part=voice.count(share.part),
        whole=voice.count(share.whole),
        units=share.unit_count,
    )


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
