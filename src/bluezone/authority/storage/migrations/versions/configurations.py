"""Signed versions of the configuration."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "configurations",
        sa.Column("version", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_configurations"),
    )


def downgrade() -> None:
    """Drops the table."""
    op.drop_table("configurations")
