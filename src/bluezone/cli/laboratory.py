"""`bluezone authority sample` and `certify`: the laboratory's part. Everything it decides is elsewhere."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from bluezone.authority.service import Authority
from bluezone.cli.authority_home import home_option, onset_day, onset_option, with_authority
from bluezone.cli.terminal import friendly
from bluezone.protocol.swab import SWAB_PREFIX, parse_swab


@click.group()
def sample() -> None:
    """Samples of the laboratory, with the code that the phone showed at the swab."""


@sample.command("add")
@home_option
@click.option("--commitment", required=True, help="What the phone's QR code holds: BZ1-C: and 64 hex digits.")
@click.option("--sample", "sample_id", required=True, help="The id on the tube; only a keyed hash is kept.")
@friendly
def add(home: Path, commitment: str, sample_id: str) -> None:
    """Store a phone's swab code with a sample, before the test."""
    text = commitment.strip()
    scanned = parse_swab(text if ":" in text else SWAB_PREFIX + text)
    with_authority(home, lambda service: service.laboratory.add_sample(sample_id, scanned))
    click.echo("Stored. If the result is positive: bluezone authority certify")


@click.command()
@home_option
@click.option("--sample", "sample_id", required=True, help="The id on the tube.")
@onset_option
@friendly
def certify(home: Path, sample_id: str, onset: datetime.datetime | None) -> None:
    """Certify the positive result of a sample, once; its phone can then publish its keys."""

    async def work(service: Authority) -> None:
        await service.laboratory.certify(sample_id, onset_day(onset, service.region.utc_offset_minutes))

    with_authority(home, work)
    click.echo("Certified. The phone that was shown at the swab can publish now.")
