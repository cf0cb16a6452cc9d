"""`bluezone demo`: the whole path alive, on a page or once in the terminal."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import click

from bluezone.cli.terminal import configure_logs, friendly, log_level, progress_bar, table
from bluezone.sim.once import OnceResult
from bluezone.sim.town import Depth


@click.command()
@click.option("--once", is_flag=True, help="Without a page: run the morning, print who was warned.")
@click.option("--seed", type=click.IntRange(0, 2**32), default=1, show_default=True)
@click.option("--people", type=click.IntRange(24, 48), default=24, show_default=True)
@click.option(
    "--depth",
    type=click.Choice(["hci", "frame"]),
    default="hci",
    show_default=True,
    help="hci: every phone a Bluetooth controller; frame: the same frames without HCI.",
)
@click.option(
    "--pace", type=click.FloatRange(0, 100_000), default=60.0, show_default=True, help="Of the page."
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8420, show_default=True)
@click.option(
    "--capture",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="With --once: write every HCI packet to this btsnoop file (for tshark or Wireshark).",
)
@log_level
@friendly
def demo(
    once: bool,
    seed: int,
    people: int,
    depth: Depth,
    pace: float,
    host: str,
    port: int,
    capture: Path | None,
    log_level: str,
) -> None:
    """A commune's morning: people move, phones meet, one is confirmed, those who were near are warned."""
    configure_logs(log_level)
    if once:
        sys.exit(_once(seed, people, depth, capture))
    if capture is not None:
        raise click.UsageError("--capture goes with --once")
    import asyncio

    from bluezone.sim.demo.app import run_demo

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run_demo(host=host, port=port, seed=seed, people=people, depth=depth, pace=pace))


def _once(seed: int, people: int, depth: Depth, capture: Path | None) -> int:
    from bluezone.radio.capture import Capture
    from bluezone.sim.once import run_once

    if capture is not None and depth != "hci":
        raise click.UsageError("--capture needs --depth hci: only there are HCI packets")
    with contextlib.ExitStack() as stack:
        recorder = stack.enter_context(Capture(capture.open("wb"))) if capture is not None else None
        result = run_once(seed, depth, people, progress_bar("06:30 to 12:30"), recorder)
        if recorder is not None:
            click.echo(f"{recorder.packet_count} HCI packets in {capture}")
    _print(result, seed, depth)
    return 1 if result.missed or result.false else 0


def _print(result: OnceResult, seed: int, depth: str) -> None:
    click.echo(f"A commune's morning, 06:30 to 12:30; seed {seed}; air at depth {depth}.")
    click.echo("Fading: phone models 4.0 dB (calibrated), pairs 1.0 dB, each look 1.5 dB; nothing gets lost.")
    click.echo(
        f"Confirmed at 11:30: {result.case[1]} ({result.case[0]}); {result.sent_count} keys published.\n"
    )
    rows = [
        (
            one.label_en,
            one.label_vi,
            f"{one.near_s / 60:.0f} min",
            f"{one.felt_s / 60:.0f} min" if one.alerted else "-",
            "yes" if one.must else "no",
            "yes" if one.alerted else "no",
            _verdict(one.must, one.alerted),
        )
        for one in sorted(result.people, key=lambda one: (-one.near_s, one.label_en))
    ]
    header = ("person", "người", "near by the map", "by the phone", "to be warned", "warned", "verdict")
    click.echo(table(header, rows))
    warned = sum(one.alerted for one in result.people)
    click.echo(
        f"\n{warned} warned, {result.missed} missed, {result.false} false;"
        f" {result.identifiers_stored} encounter records on {len(result.people) + 1} phones;"
        f" {result.wall_s:.1f} s."
    )


def _verdict(must: bool, alerted: bool) -> str:
    if must == alerted:
        return "right"
    return "MISSED" if must else "FALSE ALERT"
