"""The settings of one office's service: `outreach.toml` in its folder, and a few environment variables.

The only module of outreach that reads the environment. Decides names, defaults and ranges.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from bluezone.database.port import url_in_folder
from bluezone.outreach.errors import HomeIncomplete, SettingsInvalid
from bluezone.web.sending import SmtpServer
from bluezone.web.settings_file import (
    SettingsMissing,
    SettingsUnusable,
    checked_address,
    parse_text,
    read_text,
)

SETTINGS_FILE = "outreach.toml"
SECRET_FILE = "pages.key"  # noqa: S105 - a file's name
HOME_VARIABLE = "BLUEZONE_OUTREACH_HOME"
MAIL_PASSWORD_VARIABLE = "BLUEZONE_OUTREACH_MAIL_PASSWORD"  # noqa: S105 - a variable's name
# Setting -> environment variable that goes before the file.
VARIABLES = {
    "host": "BLUEZONE_OUTREACH_HOST",
    "port": "BLUEZONE_OUTREACH_PORT",
    "address": "BLUEZONE_OUTREACH_ADDRESS",
    "database": "BLUEZONE_OUTREACH_DATABASE",
}
DEFAULT_PORT = 8585


class _Mail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    host: str = ""
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 587
    sender: str = "bluezone@localhost"
    user: str = ""
    encryption: Literal["none", "starttls", "tls"] = "starttls"


class _SettingsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    host: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = DEFAULT_PORT
    address: str = ""
    database: str = "sqlite:///outreach.db"
    messages: str = "messages"
    authority: str = ""
    published_office: Annotated[str, msgspec.Meta(max_length=100)] = ""
    utc_offset_minutes: Annotated[int, msgspec.Meta(ge=-840, le=840)] = 420
    mail: _Mail = _Mail()


@dataclass(frozen=True, slots=True)
class OutreachSettings:
    """Everything that the service needs from its folder, paths made absolute.

    Attributes:
        home: the folder.
        host, port: where it listens.
        address: base URL under which people reach it, without slash at the end.
        database: SQLAlchemy URL.
        messages: folder of messages that no server takes.
        authority: base URL of the health authority, for the public activity figure; empty for none.
        published_office: unit whose totals the public site shows after each deadline; empty for none.
        utc_offset_minutes: of civil dates.
        mail: the server that takes mail; None for files only.
    """

    home: Path
    host: str
    port: int
    address: str
    database: str
    messages: Path
    authority: str
    published_office: str
    utc_offset_minutes: int
    mail: SmtpServer | None

    @property
    def is_secure(self) -> bool:
        """Whether people reach it by https."""
        return self.address.startswith("https://")

    @property
    def name(self) -> str:
        """The host name under which people reach it."""
        return urlsplit(self.address).hostname or ""


def default_home() -> Path:
    """The folder that is used when no command says another one."""
    return Path(os.environ.get(HOME_VARIABLE, "outreach-home"))


def load_settings(home: Path, environment: Mapping[str, str] | None = None) -> OutreachSettings:
    """Reads the settings of a service.

    Args:
        home: its folder.
        environment: the variables; those of the process when None.

    Raises:
        HomeIncomplete: there is no service in this folder.
        SettingsInvalid: the file or a variable is wrong.
    """
    try:
        text = read_text(home / SETTINGS_FILE)
    except SettingsMissing:
        raise HomeIncomplete(f"there is no {SETTINGS_FILE} in {home}: run `bluezone outreach init`") from None
    except SettingsUnusable as error:
        raise SettingsInvalid(str(error)) from None
    return parse_settings(text, home, os.environ if environment is None else environment)


def parse_settings(text: str, home: Path, environment: Mapping[str, str]) -> OutreachSettings:
    """The settings that stand in a text.

    Raises:
        SettingsInvalid: a name is unknown, or a value is out of range.
    """
    try:
        file = parse_text(text, SETTINGS_FILE, _SettingsFile, VARIABLES, environment)
        address = checked_address("address", file.address or f"http://127.0.0.1:{file.port}")
        authority = checked_address("authority", file.authority) if file.authority else ""
    except SettingsUnusable as error:
        raise SettingsInvalid(str(error)) from None
    home = home.resolve()
    password = environment.get(MAIL_PASSWORD_VARIABLE, "")
    mail = file.mail
    return OutreachSettings(
        home=home,
        host=file.host,
        port=file.port,
        address=address,
        database=url_in_folder(file.database, home),
        messages=home / file.messages,
        authority=authority,
        published_office=file.published_office,
        utc_offset_minutes=file.utc_offset_minutes,
        mail=SmtpServer(mail.host, mail.port, mail.sender, mail.user, password, mail.encryption)
        if mail.host
        else None,
    )


def format_settings(port: int, address: str) -> str:
    """The text of a new `outreach.toml`."""
    return f"""# Settings of this office's service. Paths are relative to this folder.
host = "127.0.0.1"
port = {port}
# What people type and what stands in links and QR codes; https where the service is not on this machine.
address = "{address}"
database = "sqlite:///outreach.db"
# Messages that no server takes are written here, one file each; they hold sign-in links.
messages = "messages"
# Base address of the health authority, for the public figure of downloads; empty for none.
authority = ""
# Unit, such as "gia-nghia", whose totals the public site shows after each deadline; empty for none.
published_office = ""
utc_offset_minutes = 420

[mail]
# Empty: mails become files, too. The password stands in {MAIL_PASSWORD_VARIABLE}.
host = ""
port = 587
sender = "bluezone@localhost"
user = ""
encryption = "starttls"
"""
