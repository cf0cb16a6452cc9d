"""Samples of the laboratory, each with the commitment that was shown at the swab."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "samples",
        sa.Column("sample_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("forget_at", sa.BigInteger, nullable=False),
        sa.Column("commitment", sa.LargeBinary(32)),
        sa.Column("onset_day", sa.BigInteger),
        sa.Column("certificate", sa.LargeBinary(109)),
        sa.Column("expires_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("sample_hash", name="pk_samples"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_samples_commitment", "samples", ["commitment"], unique=True)
    op.create_index("ix_samples_forget_at", "samples", ["forget_at"])


def downgrade() -> None:
    """Drops the table and everything in it."""
    op.drop_table("samples")
