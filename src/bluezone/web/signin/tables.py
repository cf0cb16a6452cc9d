"""The tables of signing in. Of every token only a hash is kept: who reads the tables cannot sign in."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

from bluezone.database.schema import NAMING_CONVENTION

metadata = MetaData(naming_convention=NAMING_CONVENTION)
_ID = BigInteger().with_variant(Integer, "sqlite")


def _identity() -> list[Column[str]]:
    return [
        Column("actor", String(200), nullable=False),
        Column("role", String(32), nullable=False),
        Column("subject", String(64), nullable=False),
        Column("display", String(200), nullable=False),
    ]


accounts = Table(
    "signin_accounts",
    metadata,
    Column("actor", String(64), primary_key=True),
    Column("role", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("display", String(200), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("is_disabled", Boolean, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

links = Table(
    "signin_links",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    *_identity(),
    Column("target", String(300), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("opened_at", BigInteger),
    Column("used_at", BigInteger),
    Index("ix_signin_links_actor", "actor"),
    Index("ix_signin_links_subject", "subject"),
    Index("ix_signin_links_expires_at", "expires_at"),
)

sessions = Table(
    "signin_sessions",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    *_identity(),
    Column("is_by_link", Boolean, nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Index("ix_signin_sessions_actor", "actor"),
    Index("ix_signin_sessions_subject", "subject"),
    Index("ix_signin_sessions_seen_at", "seen_at"),
)

# Browsers that have signed in to an account: they are not kept out when strangers guess at it.
devices = Table(
    "signin_devices",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("actor", String(64), nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Index("ix_signin_devices_seen_at", "seen_at"),
)

# Append only: the steps add triggers that refuse every change and deletion.
audit = Table(
    "signin_audit",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("at", BigInteger, nullable=False),
    *_identity(),
    Column("action", String(64), nullable=False),
    Column("about", String(200), nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_signin_audit_subject", "subject"),
)
