"""`bluezone authority`: make, run and use a health authority. Everything it decides is elsewhere."""

from __future__ import annotations

import asyncio
import datetime
import sys
from pathlib import Path

import click

from bluezone.authority.service import Authority, Health
from bluezone.authority.settings import DEFAULT_PORT, load_settings
from bluezone.cli.auditor import audit, bundle_batch, sign_batch, withdraw_batch
from bluezone.cli.authority_home import home_option, onset_day, onset_option, with_authority
from bluezone.cli.configure import configure, described
from bluezone.cli.key_change import key
from bluezone.cli.laboratory import certify, sample
from bluezone.cli.terminal import configure_logs, friendly
from bluezone.protocol.configuration import Configuration
from bluezone.protocol.region import Region


@click.group()
def authority() -> None:
    """The health authority: codes, diagnosis keys and batches."""
    configure_logs("info")


for _command in (sample, certify, audit, configure, key):
    authority.add_command(_command)


@authority.command()
@home_option
@click.option("--address", help="Base URL under which phones reach the service (https, except on loopback).")
@click.option("--name", default="Bluezone", show_default=True, help="Name of the region, for people.")
@click.option("--region-number", type=click.IntRange(0, 65535), default=84, show_default=True)
@click.option("--utc-offset-minutes", type=click.IntRange(-840, 840), default=420, show_default=True)
@click.option("--hotline", default="", help="Telephone number that phones show with an alert.")
@click.option(
    "--service-uuid", default="4e56", show_default=True, help="16-bit UUID on the air, 4 hex digits."
)
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True)
@friendly
def init(
    home: Path,
    address: str | None,
    name: str,
    region_number: int,
    utc_offset_minutes: int,
    hotline: str,
    service_uuid: str,
    port: int,
) -> None:
    """Make a new authority: keys, database, region file."""
    from bluezone.authority.home import create_home
    from bluezone.authority.keys import AuthorityKeys, region_of

    def describe(keys: AuthorityKeys) -> Region:
        return region_of(
            keys,
            name=name,
            number=region_number,
            address=address or f"http://127.0.0.1:{port}",
            service_uuid=_uuid(service_uuid),
            utc_offset_minutes=utc_offset_minutes,
            hotline=hotline,
        )

    region = asyncio.run(create_home(home, describe, port))
    click.echo(
        f"""Made the authority of {region.name} in {home}.

Next:
  1. Move {home}/keys/auditor.key and configuration_auditor.key to the auditor, out of this machine:
     two of the three signers must not be in one hand. The service signs with the two that stay.
  2. Keep a copy of {home}/keys in a safe. Phones trust these keys; they cannot be made again.
  3. Run the service:          bluezone authority serve --home {home}
  4. Give phones this file:    {home}/region.toml
  5. For a confirmed person:   bluezone authority code issue --home {home}"""
    )


@authority.command()
@home_option
@click.option("--host", help="Address to listen on instead of the one in authority.toml.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port instead of the one in authority.toml.")
@friendly
def serve(home: Path, host: str | None, port: int | None) -> None:
    """Run the service until it is interrupted."""
    import uvicorn

    from bluezone.authority.api.app import create_app
    from bluezone.authority.home import open_authority

    settings = load_settings(home)
    where = (host or settings.host, settings.port if port is None else port)
    service = open_authority(settings)
    asyncio.run(_checked_start(open_authority(settings)))
    click.echo(f"Serving {service.region.name} on http://{where[0]}:{where[1]} (stop with Ctrl-C)")
    if where[0] not in ("127.0.0.1", "::1", "localhost"):
        click.echo("Phones accept plain HTTP on this machine only: put a TLS proxy in front.", err=True)
    # No access log: it would keep addresses.
    uvicorn.run(
        create_app(service),
        host=where[0],
        port=where[1],
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )


@authority.command()
@home_option
@friendly
def upgrade(home: Path) -> None:
    """Bring the database to the tables of this version."""
    from bluezone.authority.home import upgrade as run_upgrade

    asyncio.run(run_upgrade(load_settings(home)))
    click.echo("The database has the tables of this version.")


@authority.group()
def code() -> None:
    """Verification codes."""


@code.command()
@home_option
@onset_option
@friendly
def issue(home: Path, onset: datetime.datetime | None) -> None:
    """Issue a code for one confirmed person; it is printed once and kept nowhere."""

    async def work(service: Authority) -> str:
        return await service.issue_code(onset_day(onset, service.region.utc_offset_minutes))

    digits = with_authority(home, work)
    click.echo(f"{digits[:5]}-{digits[5:10]}-{digits[10:]}")


@authority.group()
def batch() -> None:
    """Batches of diagnosis keys."""


for _command in (bundle_batch, sign_batch, withdraw_batch):
    batch.add_command(_command)


@batch.command()
@home_option
@friendly
def build(home: Path) -> None:
    """Build and publish a batch now, whether one is due or not."""
    seq = with_authority(home, lambda service: service.build_batch())
    if load_settings(home).rules.require_auditor:
        click.echo(
            f"Built batch {seq}; it waits for the auditor: bluezone authority batch bundle --seq {seq}"
        )
    else:
        click.echo(f"Published batch {seq}.")


@authority.command()
@home_option
@friendly
def status(home: Path) -> None:
    """Say how the authority is; exit status 1 when something is wrong."""

    async def work(service: Authority) -> tuple[Health, Configuration | None]:
        return await service.health(), await service.configuring.current()

    health, configuration = with_authority(home, work)
    if health.head is not None:
        click.echo(f"Newest batch: {health.head.seq}, {health.head_age_s} seconds old.")
    click.echo(described(configuration) if configuration else "Configuration: none; phones use their own.")
    for sentence in health.problems:
        click.echo(sentence, err=True)
    if health.problems:
        sys.exit(1)
    click.echo("All is well.")


async def _checked_start(service: Authority) -> None:
    # Inside the server an error at start would be a traceback; here it is a sentence.
    try:
        await service.start()
    finally:
        await service.close()


def _uuid(text: str) -> int:
    try:
        value = int(text, 16)
    except ValueError:
        value = -1
    if not 0 <= value <= 0xFFFF:
        raise click.BadParameter("four hex digits, such as 4e56", param_hint="--service-uuid")
    return value
