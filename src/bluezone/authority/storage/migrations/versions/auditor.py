"""Batches that wait for the auditor, and uploads as they came until he has seen them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the column and makes the table."""
    none = sa.text("0")
    op.add_column("batches", sa.Column("pending", sa.SmallInteger, nullable=False, server_default=none))
    op.create_table(
        "upload_files",
        sa.Column("upload_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("data", sa.LargeBinary(4096), nullable=False),
        sa.PrimaryKeyConstraint("upload_hash", name="pk_upload_files"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drops both."""
    op.drop_table("upload_files")
    op.drop_column("batches", "pending")
