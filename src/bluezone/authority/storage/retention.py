"""Deletes what the authority forgets. When is decided in domain/retention."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from bluezone.authority.domain.retention import Cutoffs
from bluezone.authority.storage.audit import forget_uploads
from bluezone.authority.storage.tables import activity, batches, codes, keys, samples, uploads


def forget(conn: Connection, cutoffs: Cutoffs) -> list[int]:
    """Deletes everything that is past its time.

    Returns:
        The numbers of the batches that went; their files are to be deleted.
    """
    expired = (codes.c.expires_at <= cutoffs.links_expired_at) & codes.c.commitment.is_not(None)
    conn.execute(codes.update().where(expired).values(commitment=None, certificate=None))
    conn.execute(codes.delete().where(codes.c.expires_at <= cutoffs.codes_expired_at))
    spent = samples.c.expires_at <= cutoffs.links_expired_at
    conn.execute(samples.update().where(spent).values(commitment=None, certificate=None))
    conn.execute(samples.delete().where(samples.c.forget_at <= cutoffs.links_expired_at))
    conn.execute(uploads.delete().where(uploads.c.expires_at <= cutoffs.links_expired_at))
    conn.execute(
        keys.delete().where(keys.c.batch_seq.is_(None) & (keys.c.rolling_start < cutoffs.keys_start_before))
    )
    conn.execute(activity.delete().where(activity.c.day < cutoffs.activity_before_day))
    # The newest batch stays whatever its age: the chain continues from it.
    newest = select(func.max(batches.c.seq)).scalar_subquery()
    gone = (batches.c.time <= cutoffs.batches_until) & (batches.c.seq != newest)
    numbers = list(conn.scalars(select(batches.c.seq).where(gone).order_by(batches.c.seq)))
    if numbers:
        conn.execute(keys.delete().where(keys.c.batch_seq <= numbers[-1]))
        conn.execute(batches.delete().where(batches.c.seq <= numbers[-1]))
    # Also when no auditor ever signs: an upload goes with its last key.
    forget_uploads(conn)
    return numbers
