"""`bluezone phone`: one person's phone on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bluezone.cli.phone_calibrate import calibrate, record
from bluezone.cli.phone_publish import publish, swab
from bluezone.cli.region_file import read_region
from bluezone.cli.terminal import configure_logs, friendly, log_level
from bluezone.protocol.region import Region

if TYPE_CHECKING:
    from bluezone.phone.runner import PhoneRunner, PhoneSettings

STATUS_EVERY_S = 60.0
_KNOWN = {
    "model": "this model was measured",
    "maker": "this model was not measured; it is taken for the median of its maker",
    "nothing": "neither model nor maker is known; it is taken for a phone of the middle",
}


@click.group()
def phone() -> None:
    """One person's phone: speaks, listens, keeps what it hears to itself, warns its owner."""


phone.add_command(swab)
phone.add_command(publish)
phone.add_command(record)
phone.add_command(calibrate)


@phone.command()
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), required=True, help="Its folder.")
@click.option(
    "--region",
    "region_path",
    type=click.Path(path_type=Path),
    required=True,
    help="region.toml of the authority.",
)
@click.option(
    "--radio", "radio_spec", required=True, help="virtual:HOST:PORT, usb:0, serial:..., hci-socket:0 ..."
)
@click.option(
    "--ui", "ui_port", type=click.IntRange(1, 65535), help="Serve the owner's screens on this port."
)
@click.option("--place", "place_spec", help="Opt in to coarse place, from gpsd:HOST:PORT; off by default.")
@click.option(
    "--model",
    default="",
    help="Maker and model of this phone, such as 'Samsung SM-A405FN': how strongly it sends and hears.",
)
@click.option("--dbm-at-1m", type=click.IntRange(-100, 24), help="dBm; instead of the model's.")
@click.option("--receiver-correction", type=click.IntRange(-30, 30), help="dB; instead of the model's.")
@click.option("--poll-minutes", type=click.FloatRange(0.1, 24 * 60), default=240.0, show_default=True)
@click.option(
    "--alert-delay-hours",
    type=click.FloatRange(0, 4),
    default=4.0,
    show_default=True,
    help="An alert appears after a random time up to this, so that nobody can tell which batch it came from.",
)
@log_level
@friendly
def run(
    home: Path,
    region_path: Path,
    radio_spec: str,
    ui_port: int | None,
    place_spec: str | None,
    model: str,
    dbm_at_1m: int | None,
    receiver_correction: int | None,
    poll_minutes: float,
    alert_delay_hours: float,
    log_level: str,
) -> None:
    """Run a phone until it is stopped; killed at any moment, it loses at most the current ten minutes."""
    from bluezone.phone.device_model import device_model
    from bluezone.phone.place_source import parse_spec
    from bluezone.phone.runner import PhoneSettings
    from bluezone.phone.shipped import device_table
    from bluezone.protocol.advertisement import round_dbm_at_1m

    configure_logs(log_level)
    device = device_model(device_table(), model)
    if model:
        click.echo(f"{model}: {_KNOWN[device.known]}.")
    settings = PhoneSettings(
        dbm_at_1m=device.dbm_at_1m if dbm_at_1m is None else round_dbm_at_1m(dbm_at_1m),
        receiver_correction_db=device.receive_db if receiver_correction is None else receiver_correction,
        poll_s=poll_minutes * 60,
        longest_alert_delay_s=alert_delay_hours * 3600,
    )
    region = read_region(region_path)
    beside = _Beside(ui_port, parse_spec(place_spec) if place_spec else None)
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(_run(home, region, radio_spec, beside, settings))


@dataclass(frozen=True, slots=True)
class _Beside:
    """What runs beside the phone: a port for the screens, host and port of gpsd."""

    ui_port: int | None
    gpsd: tuple[str, int] | None


async def _run(home: Path, region: Region, radio_spec: str, beside: _Beside, settings: PhoneSettings) -> None:
    from bluezone.clock import SystemClock
    from bluezone.phone.runner import PhoneRunner
    from bluezone.phone.server_client import ServerClient, open_http
    from bluezone.phone.store.phone_store import PhoneStore
    from bluezone.radio.adapter import open_radio

    clock, random_bytes = SystemClock(), secrets.token_bytes
    store = PhoneStore.open(home, random_bytes)
    try:
        radio = open_radio(radio_spec, clock=clock, random_bytes=random_bytes)
        async with open_http(region) as http:
            client = ServerClient(region, http, clock, random_bytes)
            runner = PhoneRunner(region, store, radio, client, clock, random_bytes, settings)
            await _until_stopped(runner, beside)
    finally:
        store.close()


async def _until_stopped(runner: PhoneRunner, beside: _Beside) -> None:
    from bluezone.clock import SystemClock
    from bluezone.phone.place_source import watch_gpsd

    working = asyncio.create_task(runner.run())
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(stop, working.cancel)
    tasks = [working, asyncio.create_task(_tell(runner))]
    if beside.ui_port is not None:
        tasks.append(asyncio.create_task(_serve_screens(runner, beside.ui_port)))
    if beside.gpsd is not None:
        tasks.append(asyncio.create_task(watch_gpsd(*beside.gpsd, SystemClock(), runner.locate)))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


async def _tell(runner: PhoneRunner) -> None:
    """Prints one line a minute, and at once when something changes: how this phone is doing."""
    told, waited = "", STATUS_EVERY_S
    while True:
        status = runner.status()
        problems = "; ".join(sentence for _, sentence in status.problems) or "all well"
        batch = status.head.seq if status.head else 0
        state = f"{'speaking' if status.speaking else 'silent'}; {problems}; batch {batch}"
        if state != told or waited >= STATUS_EVERY_S:
            click.echo(f"{state}; {status.scan_count} scans; {status.met_count} identifiers now")
            told, waited = state, 0.0
        await asyncio.sleep(1.0)
        waited += 1.0


async def _serve_screens(runner: PhoneRunner, port: int) -> None:
    import uvicorn

    from bluezone.phone.ui.app import create_phone_app
    from bluezone.phone.ui.runner_view import RunnerView

    app = create_phone_app(RunnerView(runner))
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
    )
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    click.echo(f"Screens on http://127.0.0.1:{port}/")
    await server.serve()
