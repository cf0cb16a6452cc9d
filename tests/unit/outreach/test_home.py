"""The folder of an office's service, its settings, and the commands that make and use it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bluezone.cli.outreach import outreach
from bluezone.outreach.errors import HomeExists, HomeIncomplete, SettingsInvalid
from bluezone.outreach.home import create_home, open_outreach, read_secret
from bluezone.outreach.settings import MAIL_PASSWORD_VARIABLE, format_settings, load_settings, parse_settings
from bluezone.outreach.unit_sources import example_units
from bluezone.web.sending import FileSender, SmtpSender

ADDRESS = "http://127.0.0.1:8585"


async def made(folder: Path) -> Path:
    """A new service's folder."""
    await create_home(folder / "home", example_units(), port=8585, address=ADDRESS)
    return folder / "home"


async def test_a_new_home_opens_and_stands_open_to_nobody_else(tmp_path: Path) -> None:
    home = await made(tmp_path)
    service = open_outreach(load_settings(home, {}))
    await service.start()
    assert len(await service.units.tree()) == 16
    await service.close()
    for name in ("outreach.db", "pages.key"):
        assert (home / name).stat().st_mode & 0o077 == 0, name
    assert len(read_secret(load_settings(home, {}))) == 64


async def test_a_home_is_never_made_over_another(tmp_path: Path) -> None:
    home = await made(tmp_path)
    before = (home / "pages.key").read_text()
    with pytest.raises(HomeExists):
        await made(tmp_path)
    assert (home / "pages.key").read_text() == before


async def test_what_was_begun_is_removed_when_the_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(HomeIncomplete):
        await made(tmp_path)
    assert (tmp_path / "home").read_text() == "a file"


@pytest.mark.parametrize(
    "text",
    ["port = 99999", "colour = 1", "port = ", 'address = "ftp://x"', 'address = "http://x/?q"',
     'address = "http://[x"', 'address = "https://h:99999x/"', 'authority = "http://h:70000"',
     'authority = "x"', '[mail]\nencryption = "rot13"'],
)  # fmt: skip
def test_a_wrong_setting_is_a_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsInvalid):
        parse_settings(text, tmp_path, {})


@pytest.mark.parametrize("content", [b"#" * 65_537, b"host = '\xff'", b"prot = 1"])
def test_a_settings_file_that_cannot_be_used_is_not_a_missing_service(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "outreach.toml").write_bytes(content)
    with pytest.raises(SettingsInvalid, match=r"outreach\.toml"):
        load_settings(tmp_path, {})


def test_paths_stay_where_they_are_when_the_process_goes_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = parse_settings("", Path("home"), {})
    assert (settings.home, settings.messages) == (tmp_path / "home", tmp_path / "home" / "messages")
    assert settings.database == f"sqlite:///{tmp_path / 'home' / 'outreach.db'}"


def test_variables_go_before_the_file_and_secrets_stay_out_of_texts(tmp_path: Path) -> None:
    environment = {
        "BLUEZONE_OUTREACH_PORT": "9000",
        "BLUEZONE_OUTREACH_ADDRESS": "https://baocao.example.vn/",
        MAIL_PASSWORD_VARIABLE: "secret",
    }
    text = format_settings(8585, ADDRESS).replace('host = ""', 'host = "mail.example.vn"')
    settings = parse_settings(text, tmp_path, environment)
    assert (settings.port, settings.address, settings.is_secure) == (9000, "https://baocao.example.vn", True)
    assert settings.name == "baocao.example.vn"
    assert settings.mail is not None
    assert settings.mail.password == "secret"
    assert "secret" not in repr(settings)


def test_mail_goes_to_the_server_that_is_named(tmp_path: Path) -> None:
    text = format_settings(8585, ADDRESS)
    files = open_outreach(parse_settings(text, tmp_path, {})).ground.sender
    named = parse_settings(text.replace('host = ""', 'host = "mail.example.vn"'), tmp_path, {})
    assert isinstance(files, FileSender)
    assert isinstance(open_outreach(named).ground.sender, SmtpSender)


def run(home: Path, *words: str, typed: str = "") -> tuple[int, str]:
    """One command; its status and everything it said."""
    answer = CliRunner().invoke(outreach, [*words, "--home", str(home)], input=typed)
    return answer.exit_code, answer.output


def test_from_nothing_to_an_account_at_the_terminal(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert "run `bluezone outreach init`" in run(home, "account", "list")[1]
    status, said = run(home, "init")
    assert status == 0
    assert "16 units" in said
    assert "--unit gia-nghia" in said
    assert run(home, "init")[0] == 1
    password = "mưa rào tháng tám\n" * 2
    assert run(home, "account", "add", "--name", "VHTT", "--unit", "gia-nghia", typed=password)[0] == 0
    assert (
        "account-exists" in run(home, "account", "add", "--name", "vhtt", "--unit", "y-te", typed=password)[1]
    )
    assert "password-weak" in run(home, "account", "add", "--name", "b2", "--unit", "y-te", typed="x\nx\n")[1]
    assert "unit-unknown" in run(home, "account", "add", "--name", "b2", "--unit", "mars", typed=password)[1]
    assert run(home, "account", "disable", "--name", "vhtt")[0] == 0
    assert "disabled" in run(home, "account", "list")[1]
    assert "account-unknown" in run(home, "account", "disable", "--name", "nobody")[1]
    status, said = run(home, "link", "--unit", "gia-nghia")
    assert status == 0
    assert said.startswith(f"{ADDRESS}/office/link/")
    assert run(home, "upgrade")[0] == 0


def test_a_list_of_units_from_a_file_is_put_in_force(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "units.csv"
    file.write_text("mã,tên,trực thuộc\nt,Tỉnh,\nx,Xã Một,t\n", encoding="utf-8")
    assert run(home, "init")[0] == 0
    assert "2 units more, 0 changed, 16 gone." in run(home, "units", str(file))[1]
    assert "0 units more, 0 changed, 0 gone." in run(home, "units", str(file))[1]
    file.write_text("mã,tên,trực thuộc\na,Một,b\nb,Hai,a\n", encoding="utf-8")
    status, said = run(home, "units", str(file))
    assert status == 1
    assert "units-refused" in said


def test_the_official_list_of_a_province_is_a_start(tmp_path: Path) -> None:
    status, said = run(tmp_path / "home", "init", "--province", "Lâm Đồng")
    assert status == 0
    assert int(said.split(": ")[1].split()[0]) > 50
