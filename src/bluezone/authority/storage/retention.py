"""Deletes what the authority forgets. When is decided in domain/retention."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from bluezone.authority.domain.retention import Cutoffs
from bluezone.authority.storage.audit import forget_uploads
from bluezone.authority.storage.tables import activity, batches, codes, keys, samples, uploads


def forget(conn: Connection, cutoffs: Cutoffs) -> None:
    """Deletes everything that is past its time, except batches: their files go first."""
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
    # Also when no auditor ever signs: an upload goes with its last key.
    forget_uploads(conn)


def newest_past(conn: Connection, cutoffs: Cutoffs) -> int:
    """The number up to which batches are past their time; 0 when none is.

    The newest batch stays whatever its age: the chain continues from it.
    """
    newest = select(func.max(batches.c.seq)).scalar_subquery()
    past = (batches.c.time <= cutoffs.batches_until) & (batches.c.seq != newest)
    return conn.scalar(select(func.max(batches.c.seq)).where(past)) or 0


def batches_until(conn: Connection, seq: int) -> list[int]:
    """The numbers of the kept batches up to one."""
    return list(conn.scalars(select(batches.c.seq).where(batches.c.seq <= seq).order_by(batches.c.seq)))


def forget_batches(conn: Connection, seq: int) -> None:
    """Deletes the batches up to a number, with the keys that they published."""
    conn.execute(keys.delete().where(keys.c.batch_seq <= seq))
    conn.execute(batches.delete().where(batches.c.seq <= seq))
    forget_uploads(conn)
