"""The tables of outreach, once for every database engine.

Decides what is kept and by which column it is found. A value with many parts lies in one column as JSON
(`codec`); what is searched or compared has a column of its own. Reports are only ever added.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

from bluezone.database.schema import NAMING_CONVENTION

metadata = MetaData(naming_convention=NAMING_CONVENTION)

units = Table(
    "outreach_units",
    metadata,
    Column("unit_id", String(60), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("data", Text, nullable=False),
)

# One row: which edition of the units is in force, so that every process knows when its own is old.
editions = Table(
    "outreach_editions",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("number", Integer, nullable=False),
)

instructions = Table(
    "outreach_instructions",
    metadata,
    Column("instruction_id", String(32), primary_key=True),
    Column("office_id", String(60), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("opened_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("data", Text, nullable=False),
    Index("ix_outreach_instructions_office_id", "office_id"),
)

recipients = Table(
    "outreach_recipients",
    metadata,
    Column("instruction_id", String(32), primary_key=True),
    Column("unit_id", String(60), primary_key=True),
    Column("sent_at", BigInteger),
    # How it was sent: addresses that took it, or why none did; a sentence for the office.
    Column("sent_to", Text, nullable=False),
    Column("opened_at", BigInteger),
    Index("ix_outreach_recipients_unit_id", "unit_id"),
)

reports = Table(
    "outreach_reports",
    metadata,
    Column("instruction_id", String(32), primary_key=True),
    Column("period", Integer, primary_key=True),
    Column("unit_id", String(60), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("submitted_at", BigInteger, nullable=False),
    Column("submitted_by", String(200), nullable=False),
    Column("data", Text, nullable=False),
    Index("ix_outreach_reports_unit_id", "unit_id"),
)

drafts = Table(
    "outreach_drafts",
    metadata,
    Column("instruction_id", String(32), primary_key=True),
    Column("period", Integer, primary_key=True),
    Column("unit_id", String(60), primary_key=True),
    # A browser each: two officers at one report never write over each other.
    Column("author", String(32), primary_key=True),
    Column("based_on", Integer, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
    Column("data", Text, nullable=False),
)

reminders = Table(
    "outreach_reminders",
    metadata,
    Column("instruction_id", String(32), primary_key=True),
    Column("unit_id", String(60), primary_key=True),
    Column("period", Integer, primary_key=True),
    Column("hours", Integer, primary_key=True),
    # Claimed before it is sent, so that no crash sends it twice.
    Column("claimed_at", BigInteger, nullable=False),
    Column("sent_to", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    # When the last try ended and nothing had taken the message.
    Column("failed_at", BigInteger),
)

letters = Table(
    "outreach_letters",
    metadata,
    Column("instruction_id", String(32), primary_key=True),
    Column("period", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
    Column("data", Text, nullable=False),
)

# Files that were sent and looked at, until somebody says that their rows are to be taken over.
uploads = Table(
    "outreach_uploads",
    metadata,
    Column("upload_id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    # Of the units that a new list was compared with.
    Column("edition", Integer, nullable=False),
)
