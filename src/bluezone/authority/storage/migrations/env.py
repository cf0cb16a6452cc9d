"""Runs alembic's steps on the connection that storage/schema hands over."""

from alembic import context

from bluezone.authority.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
