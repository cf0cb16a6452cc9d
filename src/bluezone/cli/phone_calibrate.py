"""`bluezone phone record` and `calibrate`: the level that a deployment's phones share, from two of them."""

from __future__ import annotations

import asyncio
import csv
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from bluezone.cli.output_place import OutputFile, writing
from bluezone.cli.region_file import read_region
from bluezone.cli.terminal import configure_logs, friendly, log_level

if TYPE_CHECKING:
    from bluezone.phone.recording import RecordedPair
    from bluezone.radio.port import Radio

region_option = click.option(
    "--region", "region_path", type=click.Path(path_type=Path), required=True, help="region.toml."
)


@click.command()
@region_option
@click.option(
    "--radio", "radio_spec", required=True, help="virtual:HOST:PORT, usb:0, serial:... of this phone."
)
@click.option("--metres", type=click.FloatRange(0.5, 5), required=True, help="Between the two phones.")
@click.option("--sender", required=True, help="Model of the other phone, such as 'Samsung SM-A405FN'.")
@click.option("--model", required=True, help="Model of this phone.")
@click.option("--seconds", type=click.FloatRange(4, 3600), default=300.0, show_default=True)
@click.option("--out", type=OutputFile(new=True), required=True, help="CSV; it must not exist.")
@log_level
@friendly
def record(
    region_path: Path,
    radio_spec: str,
    metres: float,
    sender: str,
    model: str,
    seconds: float,
    out: Path,
    log_level: str,
) -> None:
    """Listen to one other phone at a known distance, for a calibration; this phone itself stays silent."""
    from bluezone.clock import SystemClock
    from bluezone.phone.recording import RecordedPair
    from bluezone.radio.adapter import open_radio

    configure_logs(log_level)
    region = read_region(region_path)
    radio = open_radio(radio_spec, clock=SystemClock(), random_bytes=secrets.token_bytes)
    pair = RecordedPair(model, sender, metres, region.service_uuid)
    with writing(out), out.open("x", encoding="utf-8", newline="") as file:
        scans, heard = asyncio.run(_record(radio, pair, seconds, file))
    click.echo(f"{out}: the other phone was heard in {heard} of {scans} scans.")


@click.command()
@click.argument(
    "recordings", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@friendly
def calibrate(recordings: tuple[Path, ...]) -> None:
    """Compute a deployment's intercept from recordings at two distances or more."""
    from bluezone.phone.calibration import calibrate as measured
    from bluezone.phone.calibration import parse_recording
    from bluezone.phone.shipped import device_table

    found = []
    for path in recordings:
        with path.open(encoding="utf-8", newline="") as file:
            found.append(parse_recording(file, path.name))
    result = measured(found, device_table())
    for path, recording, intercept in zip(recordings, found, result.by_recording, strict=True):
        click.echo(
            f"{path.name}: {recording.sender} heard by {recording.receiver} at {recording.metres:g} m,"
            f" {len(recording.scans)} scans: {intercept:+.1f} dB"
        )
    click.echo(f"Intercept {result.intercept_db:+.1f} dB; the recordings are {result.apart_db:.1f} dB apart.")
    click.echo(f"  bluezone authority configure --set sensing.intercept_db={result.intercept_db:g}")


async def _record(radio: Radio, pair: RecordedPair, seconds: float, file: TextIO) -> tuple[int, int]:
    from bluezone.clock import SystemClock
    from bluezone.phone.calibration import COLUMNS
    from bluezone.phone.recording import record_pair

    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    return await record_pair(radio, pair, SystemClock(), seconds, writer.writerow)
