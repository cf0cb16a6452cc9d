"""Keeps every version of the configuration. What a version may say is decided in domain/configure."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bluezone.authority.domain.batch_plan import KeyPeriods
from bluezone.authority.storage.tables import configurations
from bluezone.protocol.configuration import SignedConfiguration, decode_configuration


def add(conn: Connection, signed: SignedConfiguration) -> None:
    """Keeps a new version; one that exists is refused by the database."""
    version = signed.configuration.version
    conn.execute(configurations.insert(), {"version": version, "data": signed.encode()})


def newest(conn: Connection) -> bytes | None:
    """The file of the newest version."""
    newest_first = configurations.c.version.desc()
    return conn.scalar(select(configurations.c.data).order_by(newest_first).limit(1))


def periods(conn: Connection) -> KeyPeriods:
    """The lengths of key windows, from every version that changed them."""
    switches = dict(KeyPeriods().switches)
    for data in conn.scalars(select(configurations.c.data).order_by(configurations.c.version)):
        found = decode_configuration(data).configuration
        switches[found.tek_period_from] = found.tek_period
    return KeyPeriods(tuple(sorted(switches.items())))
