"""The folder of an authority: made once, opened often.

Decides what stands in it and in which order it is written: the settings file last, so that a folder
which has one is complete.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from bluezone.authority.domain.samples import SAMPLE_SECRET_LENGTH
from bluezone.authority.errors import AuthorityError, HomeExists, HomeIncomplete
from bluezone.authority.keys import (
    CONFIGURATION_PREFIX,
    KEY_NAMES,
    AuthorityKeys,
    draw_keys,
    load_keys,
    region_of,
    write_key,
    write_secret,
)
from bluezone.authority.service import Authority
from bluezone.authority.settings import (
    REGION_FILE,
    SETTINGS_FILE,
    AuthoritySettings,
    ServiceRules,
    format_settings,
    parse_settings,
)
from bluezone.authority.storage.objects import ObstoreObjects
from bluezone.authority.storage.schema import SCHEMA
from bluezone.clock import Clock, SystemClock
from bluezone.database.errors import DatabaseError
from bluezone.database.port import open_database
from bluezone.protocol.errors import RegionFileError
from bluezone.protocol.region import Region, format_region, parse_region

RandomBytes = Callable[[int], bytes]


async def create_home(home: Path, describe: Callable[[AuthorityKeys], Region], port: int) -> Region:
    """Makes a new authority in a folder.

    Args:
        home: made when it is missing.
        describe: turns the new keys into what phones are told.
        port: where the service will listen.

    Returns:
        The region, as it stands in the region file.

    Raises:
        HomeExists: there is something of an authority in the folder; nothing was written.
        RegionFileError: a phone would refuse this region; nothing was written.
        HomeIncomplete: the folder cannot be written; what was begun is removed.
    """
    taken = [name for name in (SETTINGS_FILE, REGION_FILE, "keys", "authority.db") if (home / name).exists()]
    if taken:
        raise HomeExists(f"{home} already holds an authority ({', '.join(taken)}); nothing was changed")
    keys = draw_keys(secrets.token_bytes)
    text = format_region(describe(keys))
    region = parse_region(text)
    settings = parse_settings(format_settings(port), home, {})
    try:
        _write_keys(home, keys)
        # Made first, so that it never stands open to others; SQLite gives its side files the same mode.
        (home / "authority.db").touch(mode=0o600)
        await upgrade(settings)
        ObstoreObjects.folder(settings.objects)
        (home / REGION_FILE).write_text(text, encoding="utf-8")
        (home / SETTINGS_FILE).write_text(format_settings(port), encoding="utf-8")
    except (OSError, AuthorityError, DatabaseError) as error:
        # Nothing of this stood there before: a half-made authority would only be in the way.
        shutil.rmtree(home / "keys", ignore_errors=True)
        for name in ("authority.db", REGION_FILE, SETTINGS_FILE):
            (home / name).unlink(missing_ok=True)
        raise HomeIncomplete(f"no authority could be made in {home}: {error}") from error
    return region


async def upgrade(settings: AuthoritySettings) -> None:
    """Brings the tables of the database to this version, and draws the secret of samples if there is none.

    Raises:
        HomeIncomplete: the folder of keys cannot be written.
    """
    secret = settings.key_files["samples"]
    try:
        if not secret.exists():
            write_secret(secret, secrets.token_bytes(SAMPLE_SECRET_LENGTH))
    except OSError as error:
        raise HomeIncomplete(f"{secret} cannot be written: {error}") from error
    database = open_database(settings.database)
    try:
        await database.run(SCHEMA.migrate)
    finally:
        await database.close()


def read_region(settings: AuthoritySettings) -> Region:
    """The region file of an authority.

    Raises:
        HomeIncomplete: it is missing or damaged.
    """
    try:
        return parse_region(settings.region_file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise HomeIncomplete(f"the region file {settings.region_file} cannot be read") from None
    except RegionFileError as error:
        raise HomeIncomplete(f"{settings.region_file}: {error}") from None


def open_authority(
    settings: AuthoritySettings,
    *,
    clock: Clock | None = None,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> Authority:
    """The authority of a folder; call `start` on it before use and `close` after.

    Raises:
        HomeIncomplete, KeyFileError, NotEnoughSigners, SettingsInvalid.
    """
    region = read_region(settings)
    return Authority(
        region=region,
        keys=load_keys(settings.key_files, region),
        rules=settings.rules,
        database=open_database(settings.database),
        objects=ObstoreObjects.folder(settings.objects),
        clock=clock or SystemClock(),
        random_bytes=random_bytes,
    )


async def memory_authority(
    *,
    clock: Clock,
    random_bytes: RandomBytes,
    name: str = "Bluezone",
    number: int = 84,
    address: str = "http://127.0.0.1",
    utc_offset_minutes: int = 420,
    rules: ServiceRules | None = None,
    database_url: str = "sqlite://",
) -> Authority:
    """A started authority that keeps everything in memory: for simulations and tests.

    With the same clock readings and the same random bytes it does the same, byte for byte.
    """
    keys = draw_keys(random_bytes)
    database = open_database(database_url)
    await database.run(SCHEMA.migrate)
    authority = Authority(
        region=region_of(
            keys, name=name, number=number, address=address, utc_offset_minutes=utc_offset_minutes
        ),
        keys=keys,
        rules=rules or ServiceRules(),
        database=database,
        objects=ObstoreObjects.memory(),
        clock=clock,
        random_bytes=random_bytes,
    )
    await authority.start()
    return authority


def _write_keys(home: Path, keys: AuthorityKeys) -> None:
    folder = home / "keys"
    folder.mkdir(mode=0o700, parents=True)
    own = {"certificate": keys.certificate, "time": keys.time, **keys.signers}
    own |= {CONFIGURATION_PREFIX + role: key for role, key in keys.configuration_signers.items()}
    for name in KEY_NAMES:
        write_key(folder / f"{name}.key", own[name])
    write_secret(folder / "samples.key", keys.samples)
