"""Runs alembic's steps on the connection that the schema hands over."""

from bluezone.database.schema import run_steps

run_steps()
