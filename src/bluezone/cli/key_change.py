"""`bluezone authority key`: draws one new key, with the region file that tells phones of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from bluezone.cli.region_file import read_region
from bluezone.cli.terminal import friendly


@click.group()
def key() -> None:
    """Keys of the authority, one at a time."""


@key.command()
@click.argument("name")
@click.option(
    "--region",
    "region_path",
    type=click.Path(path_type=Path),
    required=True,
    help="region.toml that phones have now.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="A new folder, for the key file and the new region file.",
)
@friendly
def draw(name: str, region_path: Path, out: Path) -> None:
    """Draw one new key, and write the region file with its public half; its holder may do it anywhere.

    NAME is certificate, time, health_authority, operator or auditor, or configuration_ and a role.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from bluezone.authority.keys import KEY_NAMES, with_key, write_key
    from bluezone.protocol.region import format_region, parse_region

    if name not in KEY_NAMES:
        raise click.UsageError(f"NAME is one of {', '.join(KEY_NAMES)}")
    region = read_region(region_path)
    drawn = Ed25519PrivateKey.generate()
    text = format_region(with_key(region, name, drawn.public_key()))
    parse_region(text)
    try:
        out.mkdir(mode=0o700, parents=True)
        write_key(out / f"{name}.key", drawn)
        (out / "region.toml").write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from None
    click.echo(
        f"""Drew a new key "{name}": {out / f"{name}.key"}
The region file that goes with it: {out / "region.toml"}
  SHA-256 {hashlib.sha256(text.encode()).hexdigest()}

Nothing has changed yet. Hand out the new region file first; put key and file in place of the old ones when
phones have it. In between the two other roles sign."""
    )
