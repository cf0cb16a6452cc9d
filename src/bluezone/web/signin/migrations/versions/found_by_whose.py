"""Sessions are found by whom they are for, and links by whom they sign in."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes the indexes."""
    op.create_index("ix_signin_sessions_subject", "signin_sessions", ["subject"])
    op.create_index("ix_signin_links_actor", "signin_links", ["actor"])


def downgrade() -> None:
    """Drops them."""
    op.drop_index("ix_signin_links_actor", "signin_links")
    op.drop_index("ix_signin_sessions_subject", "signin_sessions")
