"""Keeps samples. What a sample is worth is decided in domain/samples."""

from __future__ import annotations

from dataclasses import asdict

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import ColumnElement, Connection, select

from bluezone.authority.domain import samples as rules
from bluezone.authority.storage.tables import samples


def add(conn: Connection, sample_hash: bytes, commitment: bytes, now: int) -> None:
    """Stores a commitment (32 bytes) with a sample.

    Raises:
        SampleTaken, CommitmentTaken: see domain/samples.
    """
    known = find(conn, sample_hash)
    sample = rules.add(known, _holder(conn, commitment), sample_hash, commitment, now)
    if known is None:
        conn.execute(samples.insert(), asdict(sample))


def certify(conn: Connection, sample_hash: bytes, *, onset_day: int, today: int) -> None:
    """Notes a positive result.

    Raises:
        SampleUnknown, SampleCertified, OnsetInvalid: see domain/samples.
    """
    _update(conn, rules.certify(find(conn, sample_hash), onset_day=onset_day, today=today))


def redeem(conn: Connection, commitment: bytes, *, now: int, key: Ed25519PrivateKey) -> bytes:
    """The certificate (109 bytes) for a commitment (32 bytes).

    Raises:
        Refused: see domain/samples.
    """
    holder = _holder(conn, commitment)
    sample = rules.redeem(holder, commitment, now=now, key=key)
    if sample != holder:
        _update(conn, sample)
    return sample.certificate or b""


def find(conn: Connection, sample_hash: bytes) -> rules.Sample | None:
    """The sample with this hash (32 bytes)."""
    return _one(conn, samples.c.sample_hash == sample_hash)


def _holder(conn: Connection, commitment: bytes) -> rules.Sample | None:
    return _one(conn, samples.c.commitment == commitment)


def _one(conn: Connection, which: ColumnElement[bool]) -> rules.Sample | None:
    row = conn.execute(select(samples).where(which)).one_or_none()
    return None if row is None else rules.Sample(**row._asdict())


def _update(conn: Connection, sample: rules.Sample) -> None:
    conn.execute(samples.update().where(samples.c.sample_hash == sample.sample_hash).values(**asdict(sample)))
