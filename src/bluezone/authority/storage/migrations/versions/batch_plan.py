"""Each batch keeps its plan: the number of keys of every section."""

import struct

import sqlalchemy as sa
from alembic import op

from bluezone.database.schema import EmptyBytes

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the column, and fills it for batches that were made before it."""
    op.add_column("batches", sa.Column("plan", sa.LargeBinary, nullable=False, server_default=EmptyBytes()))
    conn = op.get_bind()
    for seq, time, tek_period, floor in conn.execute(
        sa.text("SELECT seq, time, tek_period, section_floor FROM batches")
    ).all():
        real = conn.execute(
            sa.text(
                "SELECT rolling_start, rolling_period, count(*) FROM keys WHERE batch_seq = :seq "
                "GROUP BY rolling_start, rolling_period"
            ),
            {"seq": seq},
        ).all()
        conn.execute(
            sa.text("UPDATE batches SET plan = :plan WHERE seq = :seq"),
            {"seq": seq, "plan": _plan_of(time, tek_period, floor, {(s, p): n for s, p, n in real})},
        )


def downgrade() -> None:
    """Drops the column."""
    op.drop_column("batches", "plan")


def _plan_of(time: int, tek_period: int, floor: int, real: dict[tuple[int, int], int]) -> bytes:
    # The rule of those days: every window of 14 days, every other place of a real key, at least the floor.
    length = tek_period * 600
    windows = range(max(0, (time - 14 * 86400) // length), (time - 120) // length)
    plan = {(window * tek_period, tek_period): floor for window in windows}
    plan |= {place: max(floor, count) for place, count in real.items()}
    return b"".join(struct.pack("<IBI", *place, count) for place, count in sorted(plan.items()))
