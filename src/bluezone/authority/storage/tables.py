"""The tables, once for every database engine.

Decides what is kept and by which column it is found. Deliberately absent: who asked, from where, when
a key arrived, and, without an auditor, which keys came together. `keys`, `uploads` and `samples` have no
row number either: it would tell the order of arrival.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, MetaData, SmallInteger, Table, text

from bluezone.database.schema import NAMING_CONVENTION, EmptyBytes

metadata = MetaData(naming_convention=NAMING_CONVENTION)

configurations = Table(
    "configurations",
    metadata,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

codes = Table(
    "codes",
    metadata,
    Column("code_hash", LargeBinary(32), primary_key=True),
    Column("onset_day", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("commitment", LargeBinary(32)),
    Column("certificate", LargeBinary(109)),
    Index("ix_codes_expires_at", "expires_at"),
    sqlite_with_rowid=False,
)

samples = Table(
    "samples",
    metadata,
    Column("sample_hash", LargeBinary(32), primary_key=True),
    Column("forget_at", BigInteger, nullable=False),
    Column("commitment", LargeBinary(32)),
    Column("onset_day", BigInteger),
    Column("certificate", LargeBinary(109)),
    Column("expires_at", BigInteger),
    Index("ix_samples_commitment", "commitment", unique=True),
    Index("ix_samples_forget_at", "forget_at"),
    sqlite_with_rowid=False,
)

uploads = Table(
    "uploads",
    metadata,
    Column("commitment", LargeBinary(32), primary_key=True),
    Column("upload_hash", LargeBinary(32), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("ix_uploads_expires_at", "expires_at"),
    sqlite_with_rowid=False,
)

# Only while an auditor is required, and only until he has seen them: which keys came together.
upload_files = Table(
    "upload_files",
    metadata,
    Column("upload_hash", LargeBinary(32), primary_key=True),
    Column("data", LargeBinary(4096), nullable=False),
    sqlite_with_rowid=False,
)

batches = Table(
    "batches",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("time", BigInteger, nullable=False),
    # The file of the manifest, signatures included; with the plan, the secret, its keys and the assembly
    # in domain/batches, the body can be made again byte by byte.
    Column("manifest", LargeBinary, nullable=False),
    Column("tek_period", SmallInteger, nullable=False),
    Column("section_floor", SmallInteger, nullable=False),
    Column("filler_secret", LargeBinary(32), nullable=False),
    Column("plan", LargeBinary, nullable=False, server_default=EmptyBytes()),
    # 1 while it waits for the auditor: unsigned until then, and published by nothing.
    Column("pending", SmallInteger, nullable=False, server_default=text("0")),
    # 0 until both files are written; the index names no batch before.
    Column("exported", SmallInteger, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("tek", LargeBinary(16), primary_key=True),
    Column("rolling_start", BigInteger, nullable=False),
    Column("rolling_period", SmallInteger, nullable=False),
    Column("batch_seq", BigInteger, ForeignKey("batches.seq")),
    Index("ix_keys_batch_seq", "batch_seq"),
    sqlite_with_rowid=False,
)
