"""Units, instructions and their recipients, reports, drafts, reminders, letters, uploads."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TABLES = (
    "units",
    "editions",
    "instructions",
    "recipients",
    "reports",
    "drafts",
    "reminders",
    "letters",
    "uploads",
)


def upgrade() -> None:
    """Makes the tables."""
    _make("units", ["unit_id"], _text("unit_id", 60), _whole("position"), _json())
    _make("editions", ["name"], _text("name", 32), _whole("number"))
    _make(
        "instructions",
        ["instruction_id"],
        _text("instruction_id", 32),
        _text("office_id", 60),
        _instant("made_at"),
        _instant("opened_at", nullable=True),
        _instant("closed_at", nullable=True),
        _json(),
    )
    op.create_index("ix_outreach_instructions_office_id", "outreach_instructions", ["office_id"])
    _make(
        "recipients",
        ["instruction_id", "unit_id"],
        _text("instruction_id", 32),
        _text("unit_id", 60),
        _instant("sent_at", nullable=True),
        sa.Column("sent_to", sa.Text, nullable=False),
        _instant("opened_at", nullable=True),
    )
    op.create_index("ix_outreach_recipients_unit_id", "outreach_recipients", ["unit_id"])
    _make_reports()
    _make_letters()


def _make_reports() -> None:
    place = ["instruction_id", "period", "unit_id"]
    _make(
        "reports",
        [*place, "version"],
        *_place(),
        _whole("version"),
        _instant("submitted_at"),
        _text("submitted_by", 200),
        _json(),
    )
    op.create_index("ix_outreach_reports_unit_id", "outreach_reports", ["unit_id"])
    _make(
        "drafts",
        [*place, "author"],
        *_place(),
        _text("author", 32),
        _whole("based_on"),
        _instant("saved_at"),
        _json(),
    )
    _make(
        "reminders",
        ["instruction_id", "unit_id", "period", "hours"],
        *_place(),
        _whole("hours"),
        _instant("claimed_at"),
        sa.Column("sent_to", sa.Text, nullable=False),
    )


def _make_letters() -> None:
    _make(
        "letters",
        ["instruction_id", "period"],
        _text("instruction_id", 32),
        _whole("period"),
        _whole("revision"),
        _instant("saved_at"),
        _json(),
    )
    _make(
        "uploads",
        ["upload_id"],
        _text("upload_id", 32),
        _text("kind", 16),
        _text("actor", 200),
        _text("name", 200),
        _instant("made_at"),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def _make(name: str, key: list[str], *columns: sa.Column[object]) -> None:
    op.create_table(f"outreach_{name}", *columns, sa.PrimaryKeyConstraint(*key, name=f"pk_outreach_{name}"))


def _place() -> list[sa.Column[object]]:
    return [_text("instruction_id", 32), _whole("period"), _text("unit_id", 60)]


def _text(name: str, length: int) -> sa.Column[object]:
    return sa.Column(name, sa.String(length), nullable=False)


def _whole(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer, nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _json() -> sa.Column[object]:
    return sa.Column("data", sa.Text, nullable=False)


def downgrade() -> None:
    """Drops the tables and everything in them."""
    for table in reversed(_TABLES):
        op.drop_table(f"outreach_{table}")
