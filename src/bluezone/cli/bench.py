"""`bluezone bench`: figures with their input, engine and ratio, all from one run on this machine."""

from __future__ import annotations

import platform
import tempfile
from os import cpu_count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bluezone.cli.terminal import friendly, progress_bar, table

if TYPE_CHECKING:
    from bluezone.sim.bench_phone import Measured

PHONES = 24
NEAR = 8
SECONDS = 1800.0
_UNIT = b"""[unit]
id = "bench"
kind = "commune"
name = "X\xc3\xa3 Th\xe1\xbb\xad"
parent = "T\xe1\xbb\x89nh M\xe1\xba\xabu"
address = "https://bluezone.example/bench"
[hotline]
province = "0263 000 0000"
"""


@click.group()
def bench() -> None:
    """Measure, and print input, engine, result and ratio. Quote ratios: machines differ and are shared."""


@bench.command()
@friendly
def radio() -> None:
    """Cost of a delivered advertisement at both depths, and how many phones one core carries."""
    from bluezone.sim.bench_radio import measure, real_time_phones

    _machine()
    costs = [measure(PHONES, SECONDS, near=NEAR, depth=depth) for depth in ("hci", "frame")]
    rows = [
        (
            cost.depth,
            cost.receptions,
            f"{cost.cpu_s:.2f}",
            f"{cost.us_per_reception:.1f}",
            f"{cost.core_share:.4f}",
        )
        for cost in costs
    ]
    click.echo(
        f"input: {PHONES} phones, {NEAR} in range of each, {SECONDS:.0f} simulated s,"
        " scan 4 s a minute, advertise every 250-270 ms"
    )
    click.echo(table(("engine", "receptions", "CPU s", "us a reception", "share of a core"), rows))
    click.echo(f"ratio hci / frame: {costs[0].cpu_s / costs[1].cpu_s:.1f}")
    carried = real_time_phones()
    click.echo(
        f"in real time one core carries at least {carried['phones']} phones that all hear each other (hci)"
    )


@bench.command()
@friendly
def store() -> None:
    """Opening an encrypted day; writing an interval."""
    from bluezone.sim.bench_phone import measure_store

    _machine()
    _lines(measure_store())


@bench.command()
@friendly
def match() -> None:
    """One batch against what a phone has stored, by the oracle in plain Python."""
    from bluezone.sim.bench_phone import measure_matching

    _machine()
    lines = measure_matching()
    _lines(lines)
    click.echo(f"ratio one morning / a fortnight: {lines[1].value / lines[0].value:.1f}")


@bench.command()
@friendly
def rollup() -> None:
    """Reports of 11,000 communes as one national table, from memory and from SQLite."""
    import asyncio

    from bluezone.sim.bench_outreach import measure_kept_rollup, measure_rollup

    _machine()
    _lines([*measure_rollup(), *asyncio.run(measure_kept_rollup())])


@bench.command()
@click.option("--units", type=click.IntRange(1, 2000), default=200, show_default=True)
@click.option(
    "--seconds", type=click.FloatRange(0, 600), default=60.0, show_default=True, help="0: all at once."
)
@friendly
def outreach(units: int, seconds: float) -> None:
    """The minute before the deadline: every unit opens its form and sends its report, over real HTTP."""
    import asyncio

    from bluezone.sim.bench_rush import measure_rush

    _machine()
    rows = []
    for window_s in (seconds, 0.0) if seconds else (0.0,):
        rush = asyncio.run(measure_rush(units, window_s))
        rows.append(
            (
                f"{units} units within {window_s:.0f} s",
                rush.lost,
                *(f"{rush.percentile(share) * 1000:.0f}" for share in (0.5, 0.99)),
                f"{rush.percentile(0.99, opening=True) * 1000:.0f}",
                f"{rush.whole_s:.1f}",
            )
        )
    click.echo(
        "input: SQLite, one process for service and browsers; a submission is a form, two commits and a page"
    )
    click.echo(
        table(("engine and input", "lost", "send p50 ms", "send p99 ms", "open p99 ms", "whole s"), rows)
    )


@bench.command()
@click.option("--address", help="A site that is running; without it, one is started for the measurement.")
@click.option(
    "--kits",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of kits for the site that is started.",
)
@friendly
def pages(address: str | None, kits: Path | None) -> None:
    """Weight of each public page, and time to its first paint; needs chromium and playwright."""
    from bluezone.outreach.site.weighing import PUBLIC_PATHS, ROUNDS, standing_site, weigh

    _machine()
    watch = progress_bar("pages")
    if address is not None:
        costs = weigh(address.rstrip("/"), PUBLIC_PATHS, watch)
    else:
        with standing_site(kits) as (own_address, paths):
            costs = weigh(own_address, paths, watch)
    click.echo(
        f"input: screen 390 x 844, empty cache, median of {ROUNDS};"
        " slow line: 1.6 Mbit/s, 150 ms, processor 4 times slower"
    )
    header = ("page", "kB over the line", "requests", "first paint ms", "on the slow line ms")
    rows = [
        (one.path, f"{one.bytes / 1000:.1f}", one.requests, f"{one.paint_ms:.0f}", f"{one.slow_paint_ms:.0f}")
        for one in costs
    ]
    click.echo(table(header, rows))


@bench.command()
@click.option("--unit", "unit_file", type=click.Path(dir_okay=False, path_type=Path), help="Unit file.")
@click.option("--communes", type=click.IntRange(1, 1000), default=2, show_default=True)
@click.option("--lang", multiple=True, type=click.Choice(["vi", "en"]), help="Both when not given.")
@click.option("--media/--no-media", default=False, help="With loudspeaker spot and videos: minutes.")
@friendly
def kit(unit_file: Path | None, communes: int, lang: tuple[str, ...], media: bool) -> None:
    """Kits of campaign materials: the first commune, each further one, and their size."""
    from bluezone.outreach.kit.measure import measure
    from bluezone.outreach.kit.unit_file import load_unit, parse_unit

    _machine()
    unit = load_unit(unit_file) if unit_file else parse_unit(_UNIT, Path())
    with tempfile.TemporaryDirectory(prefix="bluezone-bench-") as folder:
        told = measure(unit, communes, Path(folder), lang or ("vi", "en"), media, progress_bar("Building"))
    for sentence in sorted(set(told.missing)):
        click.echo(f"Missing: {sentence}", err=True)
    what = "all 14 items" if media else "9 items, without loudspeaker spot and videos"
    click.echo(
        f"input: {communes} communes, {what}, {' and '.join(lang or ('vi', 'en'))}; every file checked"
    )
    click.echo(f"{told.file_count} files, {sum(told.bytes) / 1e6:.1f} MB, {sum(told.seconds):.0f} s")
    further = told.seconds[1:]
    rows = [("first commune", f"{told.seconds[0]:.1f}", f"{told.bytes[0] / 1e6:.1f}")]
    if further:
        mean, size = sum(further) / len(further), sum(told.bytes[1:]) / len(further)
        rows.append(("each further one", f"{mean:.1f}", f"{size / 1e6:.1f}"))
    click.echo(table(("kit", "seconds", "MB"), rows))


@bench.command(name="all")
@click.pass_context
def everything(ctx: click.Context) -> None:
    """Every benchmark, one after the other."""
    for command in (radio, store, match, rollup, outreach, kit):
        click.echo(f"\n== {command.name} ==")
        ctx.invoke(command)


def _machine() -> None:
    click.echo(f"Python {platform.python_version()}, {platform.machine()}, {cpu_count()} cores")


def _lines(lines: list[Measured]) -> None:
    click.echo(
        table(
            ("engine and input", "result", "unit"),
            [(one.what, f"{one.value:,.2f}", one.unit) for one in lines],
        )
    )
