"""The folder of an office's service: made once, opened often.

Decides what stands in it and in which order it is written: the settings file last, so that a folder which
has one is complete.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from argon2 import PasswordHasher

from bluezone.clock import Clock, SystemClock
from bluezone.database.errors import DatabaseError
from bluezone.database.port import Database, open_database
from bluezone.outreach.activity import ActivitySource
from bluezone.outreach.errors import HomeExists, HomeIncomplete, OutreachError
from bluezone.outreach.office.access import SYSTEM
from bluezone.outreach.office.ground import Ground
from bluezone.outreach.service import Outreach
from bluezone.outreach.settings import (
    SECRET_FILE,
    SETTINGS_FILE,
    OutreachSettings,
    format_settings,
    load_settings,
    parse_settings,
)
from bluezone.outreach.storage.schema import migrate
from bluezone.outreach.units import Unit
from bluezone.web.sending import FileSender, Sender, SmtpSender
from bluezone.web.signin.passwords import Passwords
from bluezone.web.signin.service import SignIn

RandomBytes = Callable[[int], bytes]
_DATABASE_FILE = "outreach.db"


async def create_home(home: Path, units: Sequence[Unit], *, port: int, address: str) -> OutreachSettings:
    """Makes a new service in a folder.

    Args:
        home: made when it is missing.
        units: the first list.
        port: where the service will listen.
        address: base URL under which people will reach it.

    Raises:
        HomeExists: there is something of a service in the folder; nothing was written.
        HomeIncomplete: the folder cannot be written; what was begun is removed.
        SettingsInvalid, UnitsRefused: nothing was written.
    """
    names = (SETTINGS_FILE, SECRET_FILE, _DATABASE_FILE)
    taken = [name for name in names if (home / name).exists()]
    if taken:
        raise HomeExists(f"{home} already holds a service ({', '.join(taken)}); nothing was changed")
    text = format_settings(port, address)
    settings = parse_settings(text, home, {})
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise HomeIncomplete(f"no service could be made in {home}: {error.strerror}") from None
    try:
        _write_secret(home / SECRET_FILE)
        (home / _DATABASE_FILE).touch(mode=0o600)
        await upgrade(settings)
        service = open_outreach(settings)
        try:
            await service.units.replace(units, by=SYSTEM, first=True)
        finally:
            await service.close()
        (home / SETTINGS_FILE).write_text(text, encoding="utf-8")
    except (OSError, OutreachError, DatabaseError) as error:
        for name in names:
            (home / name).unlink(missing_ok=True)
        if isinstance(error, OutreachError):
            raise
        raise HomeIncomplete(f"no service could be made in {home}: {error}") from error
    return load_settings(home)


async def upgrade(settings: OutreachSettings) -> None:
    """Brings the tables of the database to this version."""
    database = open_database(settings.database)
    try:
        await database.run(migrate)
    finally:
        await database.close()


def read_secret(settings: OutreachSettings) -> str:
    """What protects the forms: it outlives a restart, so that a form that was open then can still be sent.

    Raises:
        HomeIncomplete: it is missing.
    """
    try:
        return (settings.home / SECRET_FILE).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise HomeIncomplete(f"{settings.home / SECRET_FILE} cannot be read") from None


def open_outreach(
    settings: OutreachSettings,
    *,
    clock: Clock | None = None,
    random_bytes: RandomBytes = secrets.token_bytes,
    database: Database | None = None,
    hasher: PasswordHasher | None = None,
    activity: ActivitySource | None = None,
) -> Outreach:
    """The service of a folder; call `start` on it before use and `close` after.

    Args:
        settings: of the folder.
        clock: of the machine when None.
        random_bytes: for tokens.
        database: another one than the settings name.
        hasher: of passwords; tests pass a cheap one.
        activity: the authority's public figure.
    """
    running = clock or SystemClock()
    kept = database or open_database(settings.database)
    sign_in = SignIn(kept, running, random_bytes, Passwords(hasher) if hasher else None)
    ground = Ground(
        kept,
        running,
        random_bytes,
        sign_in,
        sender_of(settings, running),
        settings.address,
        settings.utc_offset_minutes,
        activity,
    )
    return Outreach(ground)


def sender_of(settings: OutreachSettings, clock: Clock) -> Sender:
    """Who takes messages: files, or the mail server with files for text messages."""
    files = FileSender(settings.messages, clock.system)
    return SmtpSender(settings.mail, files, clock.system) if settings.mail else files


def _write_secret(path: Path) -> None:
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
