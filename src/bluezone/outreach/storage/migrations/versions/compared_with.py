"""A list of units that was looked at says with which edition it was compared."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the column; a list that waits from before is to be sent again."""
    none = sa.text("0")
    op.add_column("outreach_uploads", sa.Column("edition", sa.Integer, nullable=False, server_default=none))


def downgrade() -> None:
    """Drops it."""
    op.drop_column("outreach_uploads", "edition")
