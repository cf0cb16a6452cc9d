"""Keeps batches: what the next one is made from, the new one, and what each can be made again from.

Only looks and writes. How a batch is made stands in domain/batch_making, and takes place between two
transactions: `keep` checks that what the first one found still holds. Files are written later, by
`publishing`: a crash between the two is repaired from what the transaction kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from bluezone.authority.domain.batch_making import Basis, KeptBatch, MadeBatch
from bluezone.authority.domain.batches import PublicKey
from bluezone.authority.errors import BatchOvertaken
from bluezone.authority.storage.configurations import periods
from bluezone.authority.storage.tables import batches, keys
from bluezone.protocol.diagnosis_key import SETTLE_S
from bluezone.protocol.interval import INTERVAL_S, MAX_U32
from bluezone.protocol.manifest import Head, decode_manifest


def head(conn: Connection) -> Head | None:
    """The newest manifest of the chain."""
    newest = conn.scalar(select(batches.c.manifest).order_by(batches.c.seq.desc()).limit(1))
    return None if newest is None else decode_manifest(newest).manifest.head()


def basis(conn: Connection, time: int) -> Basis:
    """What a batch of this time (seconds UTC) is to be made from."""
    over = (keys.c.rolling_start + keys.c.rolling_period) * INTERVAL_S + SETTLE_S <= time
    due = keys.c.batch_seq.is_(None) & over
    return Basis(head(conn), periods(conn), _keys(conn, due))


def keep(conn: Connection, made: MadeBatch) -> None:
    """Keeps a new batch, and marks its keys as published. Keys that came since wait for the next one.

    Raises:
        BatchOvertaken: the chain, the periods or the keys are no longer those that it was made from.
    """
    made_from, manifest = made.basis, made.signed.manifest
    if head(conn) != made_from.head or periods(conn) != made_from.periods:
        raise _overtaken(manifest.seq)
    conn.execute(
        batches.insert(),
        {
            "seq": manifest.seq,
            "time": manifest.time,
            "manifest": made.signed.encode(),
            "tek_period": manifest.tek_period,
            "section_floor": made.order.mixing.section_floor,
            "filler_secret": made.order.filler_secret,
            "plan": made.plan,
            "pending": int(not made.order.signers),
            "exported": 0,
        },
    )
    if made_from.keys:
        free = keys.update().where(keys.c.tek == bindparam("key"), keys.c.batch_seq.is_(None))
        conn.execute(free.values(batch_seq=manifest.seq), [{"key": tek} for _, _, tek in made_from.keys])
    ours = select(func.count()).where(keys.c.batch_seq == manifest.seq)
    if conn.scalar(ours) != len(made_from.keys):
        raise _overtaken(manifest.seq)


def find(conn: Connection, seq: int) -> KeptBatch:
    """What is kept of a batch that exists."""
    row = conn.execute(select(batches).where(batches.c.seq == seq)).one()
    return KeptBatch(row.manifest, row.plan, row.filler_secret, _keys(conn, keys.c.batch_seq == seq))


def manifests(conn: Connection, after: int) -> list[tuple[bytes, bool]]:
    """Manifest file, and whether it was exported, of every batch after a number and before one that waits."""
    first = select(func.min(batches.c.seq)).where(batches.c.pending == 1, batches.c.seq > after)
    rows = conn.execute(
        select(batches.c.manifest, batches.c.exported)
        .where(batches.c.seq > after, batches.c.seq < func.coalesce(first.scalar_subquery(), MAX_U32 + 1))
        .order_by(batches.c.seq)
    )
    return [(manifest, bool(exported)) for manifest, exported in rows]


def mark_exported(conn: Connection, numbers: Sequence[int]) -> None:
    """Notes that both files of these batches are written."""
    conn.execute(batches.update().where(batches.c.seq.in_(numbers)).values(exported=1))


def exported_range(conn: Connection, after: int) -> tuple[int, int] | None:
    """The first and the last batch after a number that the index may name; None when there is none."""
    offered = (batches.c.exported == 1) & (batches.c.seq > after)
    row = conn.execute(select(func.min(batches.c.seq), func.max(batches.c.seq)).where(offered)).one()
    return None if row[0] is None else (row[0], row[1])


def _overtaken(seq: int) -> BatchOvertaken:
    return BatchOvertaken(f"while batch {seq} was being made, the database changed: it is to be made again")


def _keys(conn: Connection, which: ColumnElement[bool]) -> list[PublicKey]:
    rows = conn.execute(select(keys.c.rolling_start, keys.c.rolling_period, keys.c.tek).where(which))
    return [(start, period, tek) for start, period, tek in rows]
