"""Keeps accepted uploads and their keys. What is accepted is decided in domain/publish."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from bluezone.authority.domain import publish as rules
from bluezone.authority.errors import Refused
from bluezone.authority.storage.tables import keys, upload_files, uploads
from bluezone.protocol.certificate import Certificate
from bluezone.protocol.upload import AnswerStatus, Upload


def accept(
    conn: Connection,
    upload: Upload,
    upload_hash: bytes,
    certificate: Certificate,
    now: int,
    *,
    keep: bool = False,
) -> None:
    """Keeps the keys of an upload, or, when it is a repeat, does nothing.

    Args:
        conn: a transaction.
        upload: decoded.
        upload_hash: SHA-256 of its 4096 bytes.
        certificate: its certificate, opened.
        now: seconds UTC.
        keep: whether the upload itself is kept until the auditor has seen it.

    Raises:
        Refused: the first rule of section 5.5 that fails; nothing was kept.
    """
    if rules.is_repeat(_find(conn, certificate.commitment), upload_hash):
        return
    slots = rules.check_upload(upload, certificate, now)
    teks = [slot.tek for slot in slots]
    rules.check_unseen(slots, conn.scalars(select(keys.c.tek).where(keys.c.tek.in_(teks))).all())
    accepted = rules.AcceptedUpload(certificate.commitment, upload_hash, certificate.expires_at)
    try:
        _add(conn, accepted, [(slot.tek, slot.rolling_start, slot.period) for slot in slots])
    except IntegrityError:
        # With several writers, the same key may arrive between the question above and this insert.
        raise Refused(AnswerStatus.KEY_ALREADY_SEEN, "a key of this upload was already published") from None
    if keep:
        conn.execute(upload_files.insert(), {"upload_hash": upload_hash, "data": upload.encode()})


def _find(conn: Connection, commitment: bytes) -> rules.AcceptedUpload | None:
    columns = (uploads.c.commitment, uploads.c.upload_hash, uploads.c.expires_at)
    row = conn.execute(select(*columns).where(uploads.c.commitment == commitment)).one_or_none()
    return None if row is None else rules.AcceptedUpload(*row)


def _add(conn: Connection, accepted: rules.AcceptedUpload, new_keys: list[tuple[bytes, int, int]]) -> None:
    conn.execute(
        uploads.insert(),
        {
            "commitment": accepted.commitment,
            "upload_hash": accepted.upload_hash,
            "expires_at": accepted.expires_at,
        },
    )
    conn.execute(
        keys.insert(),
        [
            {"tek": tek, "rolling_start": start, "rolling_period": period, "batch_seq": None}
            for tek, start, period in new_keys
        ],
    )
