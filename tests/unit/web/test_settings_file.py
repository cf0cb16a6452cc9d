"""A settings file, hostile or merely wrong: a sentence each, and no more of it read than is allowed."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bluezone.web import bounded_file
from bluezone.web.settings_file import (
    MAX_FILE,
    SettingsMissing,
    SettingsUnusable,
    checked_address,
    parse_text,
    read_text,
)


class Few(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two settings."""

    host: str = "127.0.0.1"
    port: int = 1


def parsed(text: str, environment: dict[str, str] | None = None) -> Few:
    """What a text says, with one variable."""
    return parse_text(text, "few.toml", Few, {"port": "FEW_PORT"}, environment or {})


def test_a_variable_goes_before_the_file_and_the_file_before_the_default() -> None:
    assert parsed("") == Few()
    assert parsed("port = 2") == Few(port=2)
    assert parsed("port = 2", {"FEW_PORT": "3", "FEW_HOST": "no"}) == Few(port=3)


@pytest.mark.parametrize(
    ("text", "environment"),
    [("port =", {}), ("prot = 1", {}), ("port = 'x'", {}), ("", {"FEW_PORT": "x"}), ("x = " + "[" * 999, {})],
)  # fmt: skip
def test_a_wrong_setting_is_a_sentence_with_the_file_s_name(text: str, environment: dict[str, str]) -> None:
    with pytest.raises(SettingsUnusable, match=r"few\.toml"):
        parsed(text, environment)


def test_a_file_that_is_there_and_unusable_is_told_apart_from_one_that_is_not(tmp_path: Path) -> None:
    path = tmp_path / "few.toml"
    for content in (b"#" * (MAX_FILE + 1), b"\xff"):
        path.write_bytes(content)
        with pytest.raises(SettingsUnusable) as unusable:
            read_text(path)
        assert not isinstance(unusable.value, SettingsMissing)
    path.write_bytes(b"#" * MAX_FILE)
    assert len(read_text(path)) == MAX_FILE
    for missing in (tmp_path / "other.toml", tmp_path):
        with pytest.raises(SettingsMissing):
            read_text(missing)


def test_a_file_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(bounded_file.FileTooLong):
        bounded_file.read_at_most(Path("/dev/zero"), 1000)


@pytest.mark.parametrize("address", ["https://bluezone.example.vn", "http://[::1]:8585", "http://h:0/office"])
def test_an_address_is_taken_without_its_last_slash(address: str) -> None:
    assert checked_address("address", address) == checked_address("address", f"{address}/") == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bluezone.example.vn",
        "ftp://h",
        "https://",
        "https://h?q",
        "https://h#f",
        "http://[x",
        "https://h:99999x/",
        "https://h:70000",
        'https://h"',
        "https://h h",
        "https://h\\x",
        "https://h\n",
    ],
)
def test_what_is_no_address_is_a_sentence_with_the_setting_s_name(address: str) -> None:
    with pytest.raises(SettingsUnusable, match=r"^authority is not an address"):
        checked_address("authority", address)
