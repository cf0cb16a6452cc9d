"""Keeps batches: builds the next one in one transaction, and can make each again byte by byte.

What goes in is decided in domain/batches. Files are written later, by `export`: a crash between the
two is repaired from what the transaction kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import ColumnElement, Connection, func, select

from bluezone.authority.domain import batches as rules
from bluezone.authority.domain.batch_plan import Mixing, decode_plan, encode_plan, plan_batch
from bluezone.authority.errors import ObjectError
from bluezone.authority.storage.configurations import periods
from bluezone.authority.storage.tables import batches, keys
from bluezone.protocol.batch import encode_body
from bluezone.protocol.diagnosis_key import SETTLE_S
from bluezone.protocol.interval import INTERVAL_S, MAX_U32
from bluezone.protocol.manifest import (
    Head,
    Manifest,
    SignedManifest,
    decode_manifest,
    next_manifest,
    sign_manifest,
)


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """What a new batch is built with.

    Attributes:
        region: u16.
        time: seconds UTC.
        mixing: how much filler.
        filler_secret: 32 random bytes, for the filler of this batch only.
        signers: private keys of at least two roles; none for a batch that waits for the auditor.
    """

    region: int
    time: int
    mixing: Mixing
    filler_secret: bytes
    signers: Sequence[Ed25519PrivateKey]


@dataclass(frozen=True, slots=True)
class BuiltBatch:
    """A batch of the database: its signed manifest and the bytes of its two files."""

    signed: SignedManifest
    manifest: bytes
    body: bytes


def head(conn: Connection) -> Head | None:
    """The newest manifest of the chain."""
    newest = conn.scalar(select(batches.c.manifest).order_by(batches.c.seq.desc()).limit(1))
    return None if newest is None else decode_manifest(newest).manifest.head()


def build(conn: Connection, order: BatchOrder) -> Manifest:
    """Assembles, signs and keeps the next batch, and marks its keys as published.

    Raises:
        TimeWentBack: the clock stands before the newest batch.
    """
    over = (keys.c.rolling_start + keys.c.rolling_period) * INTERVAL_S + SETTLE_S <= order.time
    due = keys.c.batch_seq.is_(None) & over
    real, before, key_periods = _keys(conn, due), head(conn), periods(conn)
    plan = plan_batch(
        rules.count_places(real),
        time=order.time,
        previous=before.time if before else None,
        periods=key_periods,
        mixing=order.mixing,
        secret=order.filler_secret,
    )
    body = encode_body(rules.assemble(real, plan, order.filler_secret))
    tek_period = key_periods.at(order.time // INTERVAL_S)
    manifest = next_manifest(before, region=order.region, time=order.time, tek_period=tek_period, body=body)
    conn.execute(
        batches.insert(),
        {
            "seq": manifest.seq,
            "time": order.time,
            "manifest": sign_manifest(manifest, list(order.signers)).encode(),
            "tek_period": tek_period,
            "section_floor": order.mixing.section_floor,
            "filler_secret": order.filler_secret,
            "plan": encode_plan(plan),
            "pending": int(not order.signers),
            "exported": 0,
        },
    )
    conn.execute(keys.update().where(due).values(batch_seq=manifest.seq))
    return manifest


def rebuild(conn: Connection, seq: int) -> BuiltBatch:
    """The files of a kept batch, byte for byte as they were first made.

    Raises:
        ObjectError: the database no longer explains the signed hash.
    """
    row = conn.execute(select(batches).where(batches.c.seq == seq)).one()
    real = _keys(conn, keys.c.batch_seq == seq)
    body = encode_body(rules.assemble(real, decode_plan(row.plan), row.filler_secret))
    signed = decode_manifest(row.manifest)
    if hashlib.sha256(body).digest() != signed.manifest.body_hash:
        raise ObjectError(f"batch {seq} cannot be made again: its keys are not those that were signed")
    return BuiltBatch(signed, row.manifest, body)


def manifests(conn: Connection) -> list[tuple[bytes, bool]]:
    """File of the manifest, and whether it was exported, of every batch before one that waits."""
    first = select(func.min(batches.c.seq)).where(batches.c.pending == 1)
    rows = conn.execute(
        select(batches.c.manifest, batches.c.exported)
        .where(batches.c.seq < func.coalesce(first.scalar_subquery(), MAX_U32 + 1))
        .order_by(batches.c.seq)
    )
    return [(manifest, bool(exported)) for manifest, exported in rows]


def mark_exported(conn: Connection, seq: int) -> None:
    """Notes that both files of a batch are written."""
    conn.execute(batches.update().where(batches.c.seq == seq).values(exported=1))


def exported_range(conn: Connection) -> tuple[int, int] | None:
    """The first and the last batch that the index may name; None before the first."""
    row = conn.execute(
        select(func.min(batches.c.seq), func.max(batches.c.seq)).where(batches.c.exported == 1)
    ).one()
    return None if row[0] is None else (row[0], row[1])


def _keys(conn: Connection, which: ColumnElement[bool]) -> list[rules.PublicKey]:
    rows = conn.execute(select(keys.c.rolling_start, keys.c.rolling_period, keys.c.tek).where(which))
    return [(start, period, tek) for start, period, tek in rows]
