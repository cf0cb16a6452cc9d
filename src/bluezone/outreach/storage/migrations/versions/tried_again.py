"""Reminders that nothing took are remembered as such, to be tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the columns; what was claimed before counts as sent, as it did."""
    once = sa.text("1")
    op.add_column("outreach_reminders", sa.Column("tries", sa.Integer, nullable=False, server_default=once))
    op.add_column("outreach_reminders", sa.Column("failed_at", sa.BigInteger))


def downgrade() -> None:
    """Drops them."""
    op.drop_column("outreach_reminders", "failed_at")
    op.drop_column("outreach_reminders", "tries")
