"""The first tables: codes, uploads, batches, keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the four tables."""
    _create_codes_and_uploads()
    op.create_table(
        "batches",
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("manifest", sa.LargeBinary, nullable=False),
        sa.Column("tek_period", sa.SmallInteger, nullable=False),
        sa.Column("section_floor", sa.SmallInteger, nullable=False),
        sa.Column("filler_secret", sa.LargeBinary(32), nullable=False),
        sa.Column("exported", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_batches"),
    )
    op.create_table(
        "keys",
        sa.Column("tek", sa.LargeBinary(16), nullable=False),
        sa.Column("rolling_start", sa.BigInteger, nullable=False),
        sa.Column("rolling_period", sa.SmallInteger, nullable=False),
        sa.Column("batch_seq", sa.BigInteger),
        sa.PrimaryKeyConstraint("tek", name="pk_keys"),
        sa.ForeignKeyConstraint(["batch_seq"], ["batches.seq"], name="fk_keys_batch_seq"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_keys_batch_seq", "keys", ["batch_seq"])


def _create_codes_and_uploads() -> None:
    op.create_table(
        "codes",
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("onset_day", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("commitment", sa.LargeBinary(32)),
        sa.Column("certificate", sa.LargeBinary(109)),
        sa.PrimaryKeyConstraint("code_hash", name="pk_codes"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_codes_expires_at", "codes", ["expires_at"])
    op.create_table(
        "uploads",
        sa.Column("commitment", sa.LargeBinary(32), nullable=False),
        sa.Column("upload_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("commitment", name="pk_uploads"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"])


def downgrade() -> None:
    """Drops the four tables and everything in them."""
    for table in ("keys", "batches", "uploads", "codes"):
        op.drop_table(table)
