"""`bluezone kit`: builds, checks and signs the campaign materials of a unit; decides nothing itself."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from bluezone.cli.terminal import configure_logs, friendly, log_level, progress_bar, table

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from bluezone.outreach.kit.manifest import Manifest

_STOPPED = "build-stopped"
_KEY_NAME = "kit.key"
_KEY_VARIABLE = "BLUEZONE_KIT_KEY"
_in_file = click.Path(dir_okay=False, path_type=Path)
_folder = click.Path(file_okay=False, path_type=Path)


def _own_folder(name: str) -> Path:
    return Path(click.get_app_dir("bluezone")) / name


@click.group()
def kit() -> None:
    """The fourteen campaign materials of a commune."""


@kit.command()
@click.option("--unit", "unit_file", type=_in_file, required=True, help="The unit file (TOML).")
@click.option("--out", type=_folder, required=True, help="Folder of the kit; made when it is not there.")
@click.option("--only", multiple=True, metavar="ITEM", help="Only this item; may be repeated.")
@click.option("--lang", type=click.Choice(["vi", "en"]), help="Only this language.")
@click.option("--key", type=_in_file, envvar=_KEY_VARIABLE, help="Key that signs; otherwise one of your own.")
@click.option("--cache", type=_folder, help="Folder for what all units share; otherwise one of your own.")
@click.option("--workers", type=click.IntRange(0, 64), default=0, help="Items at once; 0: one for each core.")
@log_level
@friendly
def build(
    unit_file: Path,
    out: Path,
    only: tuple[str, ...],
    lang: str | None,
    key: Path | None,
    cache: Path | None,
    workers: int,
    log_level: str,
) -> None:
    """Build the materials of one unit, all or only what changed; exit 1 when an item is missing.

    It can be stopped with Ctrl-C; the same command goes on from there.
    """
    from bluezone.outreach.kit.build import Order, build_kit
    from bluezone.outreach.kit.items import catalogue
    from bluezone.outreach.kit.unit_file import load_unit

    configure_logs(log_level)
    known = [item.id for item in catalogue()]
    if unknown := [one for one in only if one not in known]:
        raise click.BadParameter(f"{unknown[0]!r} is none of {', '.join(known)}", param_hint="--only")
    order = Order(
        unit=load_unit(unit_file),
        out=out,
        key=_signing_key(key),
        cache=cache or _own_folder("kit-cache"),
        languages=(lang,) if lang else (),
        only=frozenset(only),
        workers=workers,
    )
    told: list[str] = []
    began = time.monotonic()
    with _stop_on_request() as stop:
        manifest = build_kit(order, progress_bar("Building"), stop, told.append)
    missing = [one for one in manifest.missing if not only or one.item in only]
    _tell(manifest, out, time.monotonic() - began)
    for sentence in told:
        click.echo(sentence, err=True)
    if any(one.code == _STOPPED for one in missing):
        click.echo("Stopped. Run the same command again to go on.", err=True)
    for one in (one for one in missing if one.code != _STOPPED):
        click.echo(f"Missing: {one.item} ({one.language}): {one.why} [{one.code}]", err=True)
    if missing:
        sys.exit(1)


@kit.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--key", type=_in_file, help="Public key (.pub) that must have signed.")
@click.option("--own-key", type=_in_file, envvar=_KEY_VARIABLE, help="Your key, asked for without --key.")
@friendly
def check(folder: Path, key: Path | None, own_key: Path | None) -> None:
    """Check a finished kit again: signature, checksums, that nothing lacks, and everything the build checks.

    Exit 1 when anything is wrong, and when there is no key to check the signature with.
    """
    from bluezone.outreach.kit.checking import check_kit
    from bluezone.outreach.kit.signing import load_public_key, public_path

    trusted = key or public_path(own_key or _own_folder(_KEY_NAME))
    public = load_public_key(trusted) if key or trusted.exists() else None
    report = check_kit(folder, public, progress_bar("Checking"))
    for sentence in report.faults:
        click.echo(sentence, err=True)
    signed = f"signature of {trusted} holds" if public else "signature not looked at: give --key"
    click.echo(f"{report.file_count} files of {report.item_count} items; {signed}.")
    if report.faults:
        click.echo(f"Error: {len(report.faults)} faults; do not print this kit.", err=True)
        sys.exit(1)
    if public is None:
        click.echo("Error: no fault was found, but nobody vouches for this kit: give --key.", err=True)
        sys.exit(1)
    click.echo("All checks are green.")


@kit.command()
@click.option(
    "--out", type=_in_file, envvar=_KEY_VARIABLE, help="Where the key goes; otherwise your own folder."
)
@friendly
def keygen(out: Path | None) -> None:
    """Make a key that signs kits; its public half lies beside it and is for everybody."""
    from bluezone.outreach.kit.signing import make_key, public_path

    path = out or _own_folder(_KEY_NAME)
    make_key(path)
    click.echo(f"Made {path}: keep it to yourself, and a copy in a safe.\nFor everybody: {public_path(path)}")


@contextmanager
def _stop_on_request() -> Iterator[Event]:
    """An event that Ctrl-C, or a request to end, sets within the block."""
    stop = Event()
    asked = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: stop.set()) for number in asked]
    try:
        yield stop
    finally:
        for number, handler in zip(asked, before, strict=True):
            signal.signal(number, handler)


def _signing_key(given: Path | None) -> Ed25519PrivateKey:
    from bluezone.outreach.kit.signing import load_signing_key, make_key, public_path

    path = given or _own_folder(_KEY_NAME)
    if given is None and not path.exists():
        click.echo(f"Made a key for signing: {path}; its public half: {public_path(path)}", err=True)
        return make_key(path)
    return load_signing_key(path)


def _tell(manifest: Manifest, out: Path, seconds: float) -> None:
    sizes: dict[str, list[int]] = {}
    for entry in manifest.files:
        sizes.setdefault(entry.item, []).append(entry.bytes)
    rows = [(item, len(lengths), f"{sum(lengths) / 1e6:.2f}") for item, lengths in sizes.items()]
    click.echo(table(("item", "files", "MB"), rows))
    total = sum(map(sum, sizes.values()))
    click.echo(f"{len(sizes)} of 14 items, {total / 1e6:.1f} MB, {seconds:.1f} s: {out / 'manifest.json'}")
    for note in manifest.notes:
        click.echo(note, err=True)
