"""`bluezone authority audit`, and what goes to the auditor and comes back; decides nothing itself."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bluezone.authority.service import Authority
from bluezone.cli.authority_home import home_option, with_authority
from bluezone.cli.region_file import read_region
from bluezone.cli.terminal import friendly

seq_option = click.option("--seq", type=click.IntRange(1), required=True, help="Number of the batch.")
_in_file = click.Path(exists=True, dir_okay=False, path_type=Path)
_out_file = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--bundle", type=_in_file, required=True, help="What the operator sent.")
@click.option("--key", type=_in_file, required=True, help="The auditor's private key.")
@click.option("--region", type=_in_file, required=True, help="region.toml of the authority.")
@click.option("--out", type=_out_file, help="Where the signature goes; beside the bundle when not given.")
@click.option(
    "--memory",
    type=_out_file,
    help="What was signed before, so that no number is signed twice; signed.txt beside the key by default.",
)
@friendly
def audit(bundle: Path, key: Path, region: Path, out: Path | None, memory: Path | None) -> None:
    """Sign a batch if every key in it is explained, or say what is not; needs no authority here."""
    from bluezone.authority.audit_memory import read_memory, remember
    from bluezone.authority.auditing import AUDITOR
    from bluezone.authority.domain.audit import audit as run_audit
    from bluezone.authority.domain.audit import check_memory
    from bluezone.authority.keys import load_key
    from bluezone.protocol.audit_bundle import MAX_BUNDLE_LENGTH, decode_bundle
    from bluezone.protocol.manifest import sign_alone

    known = read_region(region)
    signer = load_key(key, known.signers[AUDITOR])
    with bundle.open("rb") as file:
        given = decode_bundle(file.read(MAX_BUNDLE_LENGTH + 1))
    report = run_audit(given, region=known.number, certificate_key=known.certificate_key)
    memory = memory or key.with_name("signed.txt")
    signed = read_memory(memory)
    check_memory(report.manifest, signed)
    if report.manifest.seq not in signed:
        remember(memory, report.manifest.seq, report.manifest.head().hash)
    out = out or bundle.with_suffix(".signature")
    out.write_bytes(sign_alone(report.manifest, signer))
    click.echo(
        f"Batch {report.manifest.seq}: {report.real_count} keys of {report.upload_count} accepted uploads, "
        f"{report.filler_count} of filler; every one is explained. Signature: {out}\n"
        f"Send it to the operator, and delete {bundle}: it tells which keys came together."
    )


@click.command("bundle")
@home_option
@seq_option
@click.option("--out", type=_out_file, required=True, help="A new file, readable by its owner only.")
@friendly
def bundle_batch(home: Path, seq: int, out: Path) -> None:
    """Write what the auditor needs to judge a batch that waits."""

    async def work(service: Authority) -> bytes:
        return (await service.auditing.bundle(seq)).encode()

    content = with_authority(home, work)
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    click.echo(f"Wrote {out}. It goes to the auditor and to nobody else; delete it afterwards.")


@click.command("sign")
@home_option
@seq_option
@click.option("--signature", type=_in_file, required=True, help="What the auditor sent back.")
@friendly
def sign_batch(home: Path, seq: int, signature: Path) -> None:
    """Add the auditor's signature to a batch that waits, and publish it."""
    with signature.open("rb") as file:
        content = file.read(100)

    async def work(service: Authority) -> None:
        await service.auditing.sign(seq, content)
        await service.maintain()

    with_authority(home, work)
    click.echo(f"Batch {seq} carries the auditor's signature.")


@click.command("withdraw")
@home_option
@seq_option
@friendly
def withdraw_batch(home: Path, seq: int) -> None:
    """Take back a batch that the auditor refused, and those after it; their keys wait for the next one."""
    numbers = with_authority(home, lambda service: service.auditing.withdraw(seq))
    click.echo(
        f"Took back {', '.join(map(str, numbers))}. Build the next with: bluezone authority batch build"
    )
