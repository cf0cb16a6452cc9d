"""Errors of the database: one family, for every place that keeps something in one.

DatabaseError
├── DatabaseUnavailable    a transaction was not carried out; nothing was changed
│   └── SchemaOutdated     the tables are not those of this version
└── DatabaseUrlInvalid     the address names no database that this program can use
"""

from __future__ import annotations


class DatabaseError(Exception):
    """The database cannot be used as asked."""

    code: str = "database"


class DatabaseUnavailable(DatabaseError):
    """The database did not carry out a transaction; nothing was changed."""

    code = "database-unavailable"


class SchemaOutdated(DatabaseUnavailable):
    """The tables of the database are not those that this version needs."""

    code = "schema-outdated"


class DatabaseUrlInvalid(DatabaseError):
    """The address of the database is not understood, or its engine is not supported."""

    code = "database-url-invalid"
