"""Keeps what the auditor needs: uploads as they came, and batches that wait for the signature.

What explains a batch is decided in domain/audit. An upload is kept until every batch that holds one of
its keys is released, and no longer: it tells which keys came together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, func, select

from bluezone.authority.domain.batch_making import KeptBatch
from bluezone.authority.errors import BatchMissing, BatchNotPending
from bluezone.authority.storage import batches as kept
from bluezone.authority.storage.tables import batches, keys, upload_files
from bluezone.protocol.audit_bundle import BUNDLE_FORMAT, AuditBundle, BundledBatch
from bluezone.protocol.manifest import (
    SignedManifest,
    add_signatures,
    check_signature,
    decode_manifest,
    sign_alone,
)
from bluezone.protocol.upload import decode_upload


@dataclass(frozen=True, slots=True)
class KeptBundle:
    """What the database holds for the auditor; its bodies are made outside of the transaction."""

    batches: Sequence[KeptBatch]
    uploads: tuple[bytes, ...]

    def assemble(self) -> AuditBundle:
        """The bundle. Takes about a second for each batch.

        Raises:
            ObjectError: the database no longer explains a batch.
        """
        *earlier, this = (BundledBatch(one.signed().manifest.encode(), one.body()) for one in self.batches)
        return AuditBundle(BUNDLE_FORMAT, this, self.batches[-1].filler_secret, self.uploads, tuple(earlier))


def bundle(conn: Connection, seq: int) -> KeptBundle:
    """Everything that explains a batch which waits for the auditor.

    Raises:
        BatchMissing, BatchNotPending.
    """
    _pending(conn, seq)
    uploads: list[bytes] = []
    first = seq
    for data in conn.scalars(select(upload_files.c.data).order_by(upload_files.c.upload_hash)):
        numbers = set(_batches_of(conn, data))
        if seq in numbers:
            uploads.append(data)
            first = min(first, *(number for number in numbers if number is not None))
    return KeptBundle([kept.find(conn, number) for number in range(first, seq + 1)], tuple(uploads))


def pending(conn: Connection) -> list[SignedManifest]:
    """The batches that wait for the auditor, in ascending order."""
    rows = conn.scalars(select(batches.c.manifest).where(batches.c.pending == 1).order_by(batches.c.seq))
    return [decode_manifest(row) for row in rows]


def release_audited(
    conn: Connection,
    seq: int,
    own: Sequence[Ed25519PrivateKey],
    signature: bytes,
    auditor: Ed25519PublicKey,
) -> None:
    """Lets a batch be published that the auditor signed.

    The signature is checked here, on the manifest that this transaction reads: a moment before, another batch
    may have had this number.

    Args:
        conn: a transaction.
        seq: its number.
        own: keys of the roles that sign here.
        signature: the auditor's, 72 bytes.
        auditor: the auditor's key.

    Raises:
        SignatureForeign: it is not the auditor's signature of this batch.
        BatchMissing, BatchNotPending; ManifestMalformed: one role twice.
    """
    signed = _pending(conn, seq)
    check_signature(signed.manifest, signature, auditor)
    _release(conn, signed, own, [signature])


def release_overdue(conn: Connection, own: Sequence[Ed25519PrivateKey], until: int) -> list[int]:
    """Lets every batch go without the auditor that waits since `until` (seconds UTC) or longer.

    Returns:
        Their numbers.
    """
    overdue = [signed for signed in pending(conn) if signed.manifest.time <= until]
    for signed in overdue:
        _release(conn, signed, own, [])
    return [signed.manifest.seq for signed in overdue]


def withdraw(conn: Connection, seq: int) -> list[int]:
    """Takes back a batch that the auditor refused, and all after it; their keys wait for the next one.

    Returns:
        The numbers that were taken back; nobody but the auditor has seen them.

    Raises:
        BatchMissing, BatchNotPending.
    """
    _pending(conn, seq)
    numbers = list(conn.scalars(select(batches.c.seq).where(batches.c.seq >= seq).order_by(batches.c.seq)))
    for number in numbers:
        _pending(conn, number)
    conn.execute(keys.update().where(keys.c.batch_seq >= seq).values(batch_seq=None))
    conn.execute(batches.delete().where(batches.c.seq >= seq))
    return numbers


def forget_uploads(conn: Connection) -> None:
    """Deletes every upload all of whose keys are released, or are no longer known."""
    if not conn.scalar(select(func.count()).select_from(upload_files)):
        return
    waiting = set(conn.scalars(select(batches.c.seq).where(batches.c.pending == 1)))
    for upload_hash, data in conn.execute(select(upload_files.c.upload_hash, upload_files.c.data)).all():
        if not any(number is None or number in waiting for number in _batches_of(conn, data)):
            conn.execute(upload_files.delete().where(upload_files.c.upload_hash == upload_hash))


def _release(
    conn: Connection, signed: SignedManifest, own: Sequence[Ed25519PrivateKey], signatures: Sequence[bytes]
) -> None:
    ours = [sign_alone(signed.manifest, key) for key in own]
    whole = add_signatures(signed, [*signatures, *ours])
    row = batches.update().where(batches.c.seq == signed.manifest.seq)
    conn.execute(row.values(manifest=whole.encode(), pending=0))
    forget_uploads(conn)


def _pending(conn: Connection, seq: int) -> SignedManifest:
    row = conn.execute(
        select(batches.c.manifest, batches.c.pending).where(batches.c.seq == seq)
    ).one_or_none()
    if row is None:
        raise BatchMissing(f"there is no batch {seq}")
    if not row.pending:
        raise BatchNotPending(f"batch {seq} does not wait for the auditor: it is published and never changes")
    return decode_manifest(row.manifest)


def _batches_of(conn: Connection, data: bytes) -> list[int | None]:
    upload = decode_upload(data)
    teks = [slot.tek for slot in upload.published()] if upload else []
    return list(conn.scalars(select(keys.c.batch_seq).where(keys.c.tek.in_(teks))))
