"""Keeps batches: builds the next one in one transaction, and can make each again byte by byte.

What goes in is decided in domain/batches. Files are written later, by `export`: a crash between the
two is repaired from what the transaction kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import ColumnElement, Connection, func, select

from bluezone.authority.domain import batches as rules
from bluezone.authority.errors import ObjectError
from bluezone.authority.storage.tables import batches, keys
from bluezone.protocol.batch import encode_body
from bluezone.protocol.diagnosis_key import SETTLE_S
from bluezone.protocol.interval import INTERVAL_S
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
        tek_period: 24 intervals, or 144 in surge mode.
        section_floor: the least number of keys in a section.
        filler_secret: 32 random bytes, for the filler of this batch only.
        signers: private keys of at least two roles.
    """

    region: int
    time: int
    tek_period: int
    section_floor: int
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
    body = _body(conn, due, order)
    manifest = next_manifest(
        head(conn), region=order.region, time=order.time, tek_period=order.tek_period, body=body
    )
    conn.execute(
        batches.insert(),
        {
            "seq": manifest.seq,
            "time": order.time,
            "manifest": sign_manifest(manifest, list(order.signers)).encode(),
            "tek_period": order.tek_period,
            "section_floor": order.section_floor,
            "filler_secret": order.filler_secret,
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
    body = _body(conn, keys.c.batch_seq == seq, row)
    signed = decode_manifest(row.manifest)
    if hashlib.sha256(body).digest() != signed.manifest.body_hash:
        raise ObjectError(f"batch {seq} cannot be made again: its keys are not those that were signed")
    return BuiltBatch(signed, row.manifest, body)


def manifests(conn: Connection) -> list[tuple[bytes, bool]]:
    """File of the manifest, and whether it was exported, of every kept batch in ascending order."""
    rows = conn.execute(select(batches.c.manifest, batches.c.exported).order_by(batches.c.seq))
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


class _Recipe(Protocol):
    """The part of an order that decides the body; a row of the table has it too."""

    @property
    def time(self) -> int: ...
    @property
    def tek_period(self) -> int: ...
    @property
    def section_floor(self) -> int: ...
    @property
    def filler_secret(self) -> bytes: ...


def _body(conn: Connection, which: ColumnElement[bool], recipe: _Recipe) -> bytes:
    rows = conn.execute(select(keys.c.rolling_start, keys.c.rolling_period, keys.c.tek).where(which))
    sections = rules.assemble(
        [(start, period, tek) for start, period, tek in rows],
        time=recipe.time,
        tek_period=recipe.tek_period,
        section_floor=recipe.section_floor,
        secret=recipe.filler_secret,
    )
    return encode_body(sections)
