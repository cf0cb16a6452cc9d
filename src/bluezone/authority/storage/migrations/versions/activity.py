"""How often the index was fetched on each day."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "activity",
        sa.Column("day", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("index_downloads", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_activity"),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("activity")
