"""Accounts, one-time links, sessions, known browsers, and the audit trail that only grows."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER signin_audit_no_{event} BEFORE {event.upper()} ON signin_audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END"
        for event in ("update", "delete")
    ],
    "postgresql": [
        "CREATE FUNCTION signin_audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail only grows'; END $$",
        "CREATE TRIGGER signin_audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON signin_audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION signin_audit_only_grows()",
    ],
}


def upgrade() -> None:
    """Makes the tables and the triggers."""
    _make_accounts_and_links()
    _make_sessions_and_devices()
    op.create_table(
        "signin_audit",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        *_identity(),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signin_audit"),
    )
    op.create_index("ix_signin_audit_subject", "signin_audit", ["subject"])
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def _make_accounts_and_links() -> None:
    op.create_table(
        "signin_accounts",
        sa.Column("actor", sa.String(64), nullable=False),
        *_identity()[1:],
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("is_disabled", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("actor", name="pk_signin_accounts"),
    )
    op.create_table(
        "signin_links",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        *_identity(),
        sa.Column("target", sa.String(300), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("opened_at", sa.BigInteger),
        sa.Column("used_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("token_hash", name="pk_signin_links"),
    )
    op.create_index("ix_signin_links_subject", "signin_links", ["subject"])
    op.create_index("ix_signin_links_expires_at", "signin_links", ["expires_at"])


def _make_sessions_and_devices() -> None:
    op.create_table(
        "signin_sessions",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        *_identity(),
        sa.Column("is_by_link", sa.Boolean, nullable=False),
        sa.Column("began_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_signin_sessions"),
    )
    op.create_index("ix_signin_sessions_actor", "signin_sessions", ["actor"])
    op.create_index("ix_signin_sessions_seen_at", "signin_sessions", ["seen_at"])
    op.create_table(
        "signin_devices",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_signin_devices"),
    )
    op.create_index("ix_signin_devices_seen_at", "signin_devices", ["seen_at"])


def _identity() -> list[sa.Column[str]]:
    return [
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("display", sa.String(200), nullable=False),
    ]


def downgrade() -> None:
    """Drops everything, the audit trail too."""
    for table in ("audit", "devices", "sessions", "links", "accounts"):
        op.drop_table(f"signin_{table}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION signin_audit_only_grows")
