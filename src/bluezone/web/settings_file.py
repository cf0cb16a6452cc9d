"""The settings of a service: a TOML file in its folder, and environment variables that go before it.

Decides how such a file is read and checked, and what an address is. Leaves names, defaults and ranges, and
the words for who has no such file yet, to each service.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from bluezone.web.bounded_file import FileTooLong, FileUnusable, read_at_most

MAX_FILE = 65_536
_Settings = TypeVar("_Settings", bound=msgspec.Struct)


class SettingsUnusable(Exception):
    """A settings file or a variable is wrong; the text is a sentence."""

    code = "settings-unusable"


class SettingsMissing(SettingsUnusable):
    """There is no settings file, or it cannot be read."""

    code = "settings-missing"


def read_text(path: Path) -> str:
    """The text of a settings file.

    Raises:
        SettingsMissing: it cannot be read.
        SettingsUnusable: it is too long, or no text.
    """
    try:
        return read_at_most(path, MAX_FILE).decode()
    except FileTooLong as error:
        raise SettingsUnusable(str(error)) from None
    except FileUnusable as error:
        raise SettingsMissing(str(error)) from None
    except UnicodeDecodeError:
        raise SettingsUnusable(f"{path} is not a text file in UTF-8") from None


def parse_text(
    text: str,
    name: str,
    struct: type[_Settings],
    variables: Mapping[str, str],
    environment: Mapping[str, str],
) -> _Settings:
    """The settings that stand in a text.

    Args:
        text: TOML.
        name: of the file, for sentences.
        struct: names, defaults and ranges.
        variables: setting to the environment variable that goes before the file.
        environment: the variables that are set.

    Raises:
        SettingsUnusable: a name is unknown, or a value is out of range.
    """
    try:
        content = tomllib.loads(text)
        content |= {
            key: environment[variable] for key, variable in variables.items() if variable in environment
        }
        # Not strict: a port from the environment is text.
        return msgspec.convert(content, struct, strict=False)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsUnusable(f"{name} is not valid TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise SettingsUnusable(f"{name} or a variable is wrong: {error}") from None


def checked_address(name: str, address: str) -> str:
    """A base URL, without slash at the end.

    Args:
        name: of the setting, for the sentence.
        address: as it was typed.

    Raises:
        SettingsUnusable.
    """
    refusal = SettingsUnusable(f"{name} is not an address such as https://bluezone.example.vn")
    if not address.isprintable() or any(sign in address for sign in ' "\\'):
        raise refusal
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - a wrong port is noticed only when somebody asks for it
    except ValueError:
        raise refusal from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise refusal
    return address.rstrip("/")
