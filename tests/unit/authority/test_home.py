"""The folder of an authority: its settings, its keys, and the commands that work on it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.authority.errors import HomeIncomplete, KeyFileError, NotEnoughSigners, SettingsInvalid
from bluezone.authority.home import open_authority
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
from bluezone.authority.settings import format_settings, load_settings, parse_settings
from bluezone.cli.authority import authority as command
from bluezone.protocol.region import ROLES, Region, parse_region
from bluezone.protocol.upload import AnswerStatus, decode_answer, encode_cover_upload
from bluezone.protocol.verification_code import parse_code
from tests.unit.authority.case import seeded


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A new authority."""
    result = run("init", "--home", tmp_path / "home", "--name", "Xã Bình Minh", "--region-number", "7")
    assert result.exit_code == 0, result.output
    return tmp_path / "home"


def test_the_written_settings_are_the_defaults(tmp_path: Path) -> None:
    assert parse_settings(format_settings(), tmp_path, {}) == parse_settings("", tmp_path, {})


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("port = 'many'", {}),
        ("prot = 1", {}),
        ("[rules]\nsection_floor = 9", {}),
        ("[rules]\ntek_period = 25", {}),
        ("[rules]\ncode_life_s = 86401", {}),
        ("[rules", {}),
        ("", {"BLUEZONE_AUTHORITY_PORT": "65536"}),
    ],
)
def test_wrong_settings_are_refused(text: str, environment: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid):
        parse_settings(text, tmp_path, environment)


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    environment = {"BLUEZONE_AUTHORITY_PORT": "9000", "BLUEZONE_AUTHORITY_OBJECTS": "/srv/objects"}
    settings = parse_settings(format_settings(), tmp_path, environment)
    assert (settings.port, settings.objects) == (9000, Path("/srv/objects"))
    assert settings.database == f"sqlite:///{tmp_path / 'authority.db'}"


@pytest.mark.parametrize("content", [b"#" * 65_537, b"host = '\xff'", b"prot = 1"])
def test_a_settings_file_that_cannot_be_used_is_not_a_missing_authority(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "authority.toml").write_bytes(content)
    with pytest.raises(SettingsInvalid, match=r"authority\.toml"):
        load_settings(tmp_path, {})


def test_a_folder_without_an_authority_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(HomeIncomplete, match="authority init"):
        load_settings(tmp_path, {})


def test_init_writes_what_phones_and_the_service_need(home: Path) -> None:
    region = parse_region((home / "region.toml").read_text())
    assert (region.name, region.number, region.address) == ("Xã Bình Minh", 7, "http://127.0.0.1:8484")
    assert {path.stem for path in (home / "keys").iterdir()} == {*KEY_NAMES, "samples"}
    for path in [*(home / "keys").iterdir(), home / "authority.db"]:
        assert path.stat().st_mode & 0o777 == 0o600
    load_keys(load_settings(home, {}).key_files, region)


def test_init_overwrites_nothing(home: Path) -> None:
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    again = run("init", "--home", home)
    assert again.exit_code == 1
    assert "home-exists" in again.output
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("address", ["http://example.org", "ftp://example.org", "nonsense"])
def test_init_refuses_a_region_that_phones_would_refuse(address: str, tmp_path: Path) -> None:
    result = run("init", "--home", tmp_path / "home", "--address", address)
    assert (result.exit_code, "region-file" in result.output) == (1, True)
    assert not (tmp_path / "home").exists()


def test_init_leaves_nothing_half_done(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    # A file where the folder of the published files should be.
    (tmp_path / "home" / "objects").write_text("in the way")
    result = run("init", "--home", tmp_path / "home")
    assert result.exit_code == 1, result.output
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["objects"]


def test_codes_batches_and_status_by_command(home: Path) -> None:
    first = run("status", "--home", home)
    assert (first.exit_code, "No batch" in first.output) == (1, True)
    code = run("code", "issue", "--home", home)
    assert re.fullmatch(r"\w{5}-\w{5}-\w{4}", code.stdout.strip())
    parse_code(code.stdout)
    assert run("batch", "build", "--home", home).stdout.strip() == "Published batch 1."
    last = run("status", "--home", home)
    assert (last.exit_code, "All is well" in last.output) == (0, True)


@pytest.mark.parametrize("onset", ["2020-01-01", "2999-01-01"])
def test_an_impossible_onset_is_refused(home: Path, onset: str) -> None:
    result = run("code", "issue", "--home", home, "--onset", onset)
    assert (result.exit_code, "onset-invalid" in result.output) == (1, True)


def test_two_of_three_signers_serve_and_one_does_not(home: Path) -> None:
    (home / "keys" / "auditor.key").unlink()
    assert run("batch", "build", "--home", home).exit_code == 0
    (home / "keys" / "operator.key").unlink()
    with pytest.raises(NotEnoughSigners, match=r"auditor\.key"):
        open_authority(load_settings(home, {}))
    result = run("serve", "--home", home)
    assert (result.exit_code, "not-enough-signers" in result.output) == (1, True)


def test_an_old_database_is_named_before_serving(home: Path) -> None:
    (home / "authority.db").unlink()
    result = run("serve", "--home", home)
    assert (result.exit_code, "bluezone authority upgrade" in result.output) == (1, True)
    assert run("upgrade", "--home", home).exit_code == 0
    assert run("batch", "build", "--home", home).exit_code == 0


def region_and_files(folder: Path) -> tuple[AuthorityKeys, Region, dict[str, Path]]:
    keys = draw_keys(seeded())
    region = region_of(keys, name="x", number=1, address="http://127.0.0.1")
    files = {name: folder / f"{name}.key" for name in KEY_NAMES}
    own = {"certificate": keys.certificate, "time": keys.time, **keys.signers}
    own |= {CONFIGURATION_PREFIX + role: key for role, key in keys.configuration_signers.items()}
    for name, key in own.items():
        write_key(files[name], key)
    files["samples"] = folder / "samples.key"
    write_secret(files["samples"], keys.samples)
    return keys, region, files


def test_keys_survive_their_files(tmp_path: Path) -> None:
    keys, region, files = region_and_files(tmp_path)
    loaded = load_keys(files, region)
    assert loaded.time.public_key() == keys.time.public_key()
    assert set(loaded.signers) == set(ROLES)
    with pytest.raises(FileExistsError):
        write_key(files["time"], keys.time)


@pytest.mark.parametrize("damage", ["missing", "open", "garbage", "foreign"])
def test_key_files_that_cannot_be_used(tmp_path: Path, damage: str) -> None:
    _, region, files = region_and_files(tmp_path)
    path = files["time"]
    if damage == "open":
        path.chmod(0o640)
    else:
        path.unlink()
    if damage == "garbage":
        path.write_text("no key")
        path.chmod(0o600)
    if damage == "foreign":
        write_key(path, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    with pytest.raises(KeyFileError, match=r"time\.key"):
        load_keys(files, region)


def test_keys_hide_themselves() -> None:
    assert "0x" not in repr(draw_keys(seeded()))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.slow
def test_serving_beside_commands_and_without_addresses_in_the_log(home: Path) -> None:
    port = free_port()
    start = [sys.executable, "-c", "from bluezone.cli.authority import authority; authority()"]
    log_path = home / "log"
    with log_path.open("w") as log_file:
        server = subprocess.Popen(
            [*start, "serve", "--home", str(home), "--port", str(port)], stdout=log_file, stderr=log_file
        )
        try:
            base = f"http://127.0.0.1:{port}"
            _wait_for(f"{base}/health")
            assert run("code", "issue", "--home", home).exit_code == 0
            started = time.monotonic()
            answer = httpx.post(f"{base}/v1/publish", content=encode_cover_upload(bytes(4089)))
            assert 1.0 <= time.monotonic() - started < 3.0
            assert decode_answer(answer.content).status is AnswerStatus.GOOD
            big = httpx.post(f"{base}/v1/publish", content=bytes(5_000_000))
            assert decode_answer(big.content).status is AnswerStatus.MALFORMED
        finally:
            server.terminate()
            server.wait(timeout=20)
    text = log_path.read_text()
    assert "Serving" in text
    assert "/v1/publish" not in text
    # The only address in it is the service's own.
    assert set(re.findall(r"127\.0\.0\.1:\d+", text)) == {f"127.0.0.1:{port}"}


def _wait_for(address: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the service did not start")
