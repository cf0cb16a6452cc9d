"""Keeps verification codes. What a code is worth is decided in domain/codes."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from bluezone.authority.domain import codes as rules
from bluezone.authority.storage.tables import codes


def add(conn: Connection, issued: rules.IssuedCode) -> None:
    """Keeps a new code."""
    conn.execute(
        codes.insert(),
        {"code_hash": issued.code_hash, "onset_day": issued.onset_day, "expires_at": issued.expires_at},
    )


def find(conn: Connection, code_hash: bytes) -> rules.IssuedCode | None:
    """The code with this hash (32 bytes)."""
    row = conn.execute(select(codes).where(codes.c.code_hash == code_hash)).one_or_none()
    if row is None:
        return None
    binding = None if row.commitment is None else rules.Binding(row.commitment, row.certificate)
    return rules.IssuedCode(row.code_hash, row.onset_day, row.expires_at, binding)


def redeem(conn: Connection, code: bytes, commitment: bytes, *, now: int, key: Ed25519PrivateKey) -> bytes:
    """The certificate (109 bytes) for a code (8 bytes) and a commitment (32 bytes).

    Raises:
        Refused: see domain/codes.
    """
    code_hash = rules.code_hash_of(code)
    known = find(conn, code_hash)
    binding = rules.redeem(known, commitment, now=now, key=key)
    if known is not None and known.binding is None:
        changed = codes.update().where(codes.c.code_hash == code_hash)
        conn.execute(changed.values(commitment=binding.commitment, certificate=binding.certificate))
    return binding.certificate
