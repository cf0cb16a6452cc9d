"""`bluezone air`: a virtual air over TCP, for phones that run as processes of their own."""

from __future__ import annotations

import asyncio
import contextlib

import click

from bluezone.cli.terminal import configure_logs, friendly, log_level


@click.group()
def air() -> None:
    """A virtual air that phones in several processes share."""


@air.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=9500, show_default=True)
@click.option(
    "--rssi",
    type=click.IntRange(-100, 0),
    default=-60,
    show_default=True,
    help="Strength in dBm with which everybody hears everybody; -60 is about 1 m.",
)
@log_level
@friendly
def serve(host: str, port: int, rssi: int, log_level: str) -> None:
    """Serve an air on which every connected phone hears every other one.

    Phones join it with `bluezone phone run --radio virtual:HOST:PORT`.
    """
    configure_logs(log_level)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(host, port, rssi))


async def _serve(host: str, port: int, rssi: int) -> None:
    from bluezone.clock import LoopClock, SystemClock
    from bluezone.radio.virtual.hci_air import HciAir
    from bluezone.radio.virtual.medium import FixedMedium
    from bluezone.radio.virtual.served import MAX_STATIONS, ServedAir

    # A loop clock goes on evenly also when somebody sets the machine's clock.
    clock = LoopClock(SystemClock().system())
    served = ServedAir(HciAir(FixedMedium(range(MAX_STATIONS), rssi), clock))
    try:
        listening = await served.start(host, port)
    except OSError as error:
        raise click.ClickException(f"the air cannot be served on {host}:{port}: {error}") from None
    click.echo(f"Virtual air on {host}:{listening}, everybody at {rssi} dBm; at most {MAX_STATIONS} phones.")
    click.echo(f"Join it with: bluezone phone run --radio virtual:{host}:{listening} --home ... --region ...")
    try:
        await asyncio.Event().wait()
    finally:
        await served.close()
