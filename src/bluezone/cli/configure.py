"""`bluezone authority configure`: the next version of the signed configuration; decides nothing itself."""

from __future__ import annotations

import datetime
from pathlib import Path

import click
import msgspec

from bluezone.authority.service import Authority
from bluezone.cli.authority_home import home_option, with_authority
from bluezone.cli.terminal import friendly
from bluezone.protocol.configuration import Configuration
from bluezone.protocol.interval import INTERVAL_S


@click.command()
@home_option
@click.option(
    "--set",
    "settings",
    multiple=True,
    help="NAME=VALUE, such as risk.alert_s=900, sensing.intercept_db=-2 or tek_period=144.",
)
@click.option("--valid-days", type=click.IntRange(1, 366), default=30, show_default=True)
@friendly
def configure(home: Path, settings: tuple[str, ...], valid_days: int) -> None:
    """Sign the next version of what phones follow: risk rules and the length of key windows."""
    changes = dict(_split(text) for text in settings)

    async def work(service: Authority) -> Configuration:
        found = await service.configuring.configure(changes, valid_days)
        await service.maintain()
        return found

    click.echo(described(with_authority(home, work)))


def described(found: Configuration) -> str:
    """A configuration in words."""
    risk = found.risk
    lines = [
        f"Configuration: version {found.version}, until {_date(found.expires_at)}.",
        f"  Key windows of {found.tek_period} intervals"
        + (f" from {_date(found.tek_period_from * INTERVAL_S)}." if found.tek_period_from else "."),
        f"  Alert after {risk.alert_s:g} s within {risk.span_s:g} s at {risk.near_level_db:g} dB or nearer; "
        f"a scan each {risk.rhythm_s:g} s, reaching {risk.longest_half_gap:.3g} of that to each side.",
    ]
    if found.sensing is not msgspec.UNSET:
        sensing = found.sensing
        rule = (
            f"windows from probability {sensing.near_probability:g}" if sensing.rule == "window" else "levels"
        )
        lines.append(
            f"  Nearness is judged by {rule}; every level is shifted by {sensing.intercept_db:+g} dB."
        )
    return "\n".join(lines)


def _split(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--set")
    return name.strip(), value.strip()


def _date(seconds: int) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
