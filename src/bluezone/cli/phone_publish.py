"""`bluezone phone swab` and `publish`: a diagnosis at the terminal, for a phone that is not running."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bluezone.cli.region_file import read_region
from bluezone.cli.terminal import configure_logs, friendly, log_level
from bluezone.protocol.region import Region
from bluezone.protocol.swab import format_swab
from bluezone.protocol.verification_code import parse_code

if TYPE_CHECKING:
    from bluezone.phone.publishing import Published, Publisher

_PICTURES = (".png", ".svg", ".pdf")
home_option = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("phone-home"),
    show_default=True,
    help="Folder of the phone; while the phone runs, use its screens instead.",
)
region_option = click.option(
    "--region", "region_path", type=click.Path(path_type=Path), required=True, help="region.toml."
)


@click.command()
@home_option
@click.option(
    "--qr/--no-qr", default=True, show_default=True, help="Draw the QR code, or print only its text."
)
@click.option("--new", "is_new", is_flag=True, help="A new code, for a second sample within a day.")
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the QR code to a .png, .svg or .pdf file, to be printed.",
)
@log_level
@friendly
def swab(home: Path, qr: bool, is_new: bool, save: Path | None, log_level: str) -> None:
    """Show the code that the laboratory stores with a sample, before the result is known."""
    import segno

    configure_logs(log_level)
    if save is not None and save.suffix not in _PICTURES:
        raise click.UsageError(f"--save takes a file that ends in {', '.join(_PICTURES)}")
    text = _swab_text(home, is_new)
    code = segno.make(text, error="m", micro=False)
    if save is not None:
        try:
            code.save(str(save), scale=8)
        except OSError as error:
            raise click.ClickException(f"{save} cannot be written: {error.strerror}") from None
    if qr:
        code.terminal(compact=True)
    click.echo(text)
    click.echo("Let the laboratory scan it together with the sample. It says nothing about you.", err=True)


def _swab_text(home: Path, is_new: bool) -> str:
    from bluezone.phone.publishing import commit_before_swab, shown_commitment
    from bluezone.phone.store.phone_store import PhoneStore

    store = PhoneStore.open(home, secrets.token_bytes)
    try:
        # A wrong clock here can only make later publishing fail: nothing is sent or recorded by it.
        now = time.time()
        commitment = None if is_new else shown_commitment(store, now)
        if commitment is None:
            _, commitment = commit_before_swab(store, now, secrets.token_bytes)
        return format_swab(commitment.hash())
    finally:
        store.close()


@click.command()
@home_option
@region_option
@click.option("--code", help="The 14 digits that the health worker read out.")
@click.option(
    "--swab", "by_swab", is_flag=True, help="Instead of a code: a sample of this phone was positive."
)
@click.confirmation_option(
    prompt="Your keys of the days around the illness will go to everybody. Do you agree?"
)
@log_level
@friendly
def publish(home: Path, region_path: Path, code: str | None, by_swab: bool, log_level: str) -> None:
    """Publish this phone's keys after a confirmed diagnosis; takes up to a minute."""
    if bool(code) == by_swab:
        raise click.UsageError("give either --code or --swab")
    if code is not None:
        parse_code(code)  # A typing error is told before anything is sent, or asked of the store.
    configure_logs(log_level)
    sent = asyncio.run(_publish(home, read_region(region_path), lambda *with_: _send(code, *with_)))
    if sent.is_earlier:
        click.echo(f"{sent.sent_count} keys sent: those of the attempt before, which had had no answer.")
    else:
        click.echo(f"{sent.sent_count} keys sent; {sent.withheld_count} held back because nobody was near.")


async def _publish(
    home: Path, region: Region, send: Callable[[Publisher, float], Awaitable[Published]]
) -> Published:
    from bluezone.clock import SystemClock
    from bluezone.phone.errors import PhoneError
    from bluezone.phone.publishing import Publisher
    from bluezone.phone.server_client import ServerClient, open_http
    from bluezone.phone.store.phone_store import PhoneStore

    clock, random_bytes = SystemClock(), secrets.token_bytes
    store = PhoneStore.open(home, random_bytes)
    try:
        async with open_http(region) as http:
            client = ServerClient(region, http, clock, random_bytes)
            time_answer = await client.ask_time()
            publisher = Publisher(client, store, region, clock, random_bytes)
            try:
                if earlier := await publisher.finish_earlier():
                    return earlier
                # It may have taken a minute until it was refused.
                waited = clock.monotonic() - time_answer.answered_at
                return await send(publisher, time_answer.signed + waited)
            finally:
                with suppress(PhoneError):
                    await publisher.finish_as_cover()
    finally:
        store.close()


async def _send(code: str | None, publisher: Publisher, now: float) -> Published:
    if code is None:
        commitment, certificate = await publisher.redeem_swab(now)
        publisher.close_running(now)
    else:
        _, commitment = publisher.close_and_commit(now, parse_code(code))
        certificate = await publisher.redeem_code(code, commitment, now)
    return await publisher.publish(commitment, certificate, now)
