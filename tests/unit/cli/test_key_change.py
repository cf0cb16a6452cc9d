"""`bluezone authority key draw`: one key changes, nothing else, and nothing that is in use."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bluezone.authority.keys import KEY_NAMES, load_key
from bluezone.cli.main import main
from bluezone.protocol.region import Region, parse_region


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new authority's folder."""
    folder = tmp_path_factory.mktemp("authority") / "home"
    assert run("authority", "init", "--home", folder, "--name", "Gia Nghĩa").exit_code == 0
    return folder


def region_in(folder: Path) -> Region:
    return parse_region((folder / "region.toml").read_text(encoding="utf-8"))


def public_keys(region: Region) -> dict[str, bytes]:
    """Every public key by the name of its file."""
    found = {"certificate": region.certificate_key, "time": region.time_key, **region.signers}
    found |= {f"configuration_{role}": key for role, key in region.configuration_signers.items()}
    return {name: key.public_bytes_raw() for name, key in found.items()}


@pytest.mark.parametrize("name", KEY_NAMES)
def test_exactly_one_key_changes(home: Path, tmp_path: Path, name: str) -> None:
    before, out = (home / "region.toml").read_bytes(), tmp_path / "new"
    assert (
        run("authority", "key", "draw", name, "--region", home / "region.toml", "--out", out).exit_code == 0
    )
    old, new = region_in(home), region_in(out)
    changed = {one for one, key in public_keys(new).items() if key != public_keys(old)[one]}
    assert changed == {name}
    assert (new.name, new.number, new.address) == (old.name, old.number, old.address)
    assert (out / f"{name}.key").stat().st_mode & 0o777 == 0o600
    every = {"certificate": new.certificate_key, "time": new.time_key, **new.signers}
    every |= {f"configuration_{role}": key for role, key in new.configuration_signers.items()}
    load_key(out / f"{name}.key", every[name])
    assert (home / "region.toml").read_bytes() == before


def test_a_folder_that_is_there_is_never_written_into(home: Path, tmp_path: Path) -> None:
    done = run("authority", "key", "draw", "time", "--region", home / "region.toml", "--out", tmp_path)
    assert done.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_is_refused_with_the_known_ones(home: Path, tmp_path: Path) -> None:
    done = run("authority", "key", "draw", "king", "--region", home / "region.toml", "--out", tmp_path / "x")
    assert done.exit_code == 2
    assert "configuration_auditor" in done.output
    assert not (tmp_path / "x").exists()


def test_a_service_runs_on_with_new_key_and_new_file_in_place(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "new"
    run("authority", "key", "draw", "operator", "--region", home / "region.toml", "--out", out)
    assert run("authority", "batch", "build", "--home", home).exit_code == 0
    (out / "operator.key").replace(home / "keys" / "operator.key")
    mixed = run("authority", "batch", "build", "--home", home)
    assert (mixed.exit_code, "not the key of the region file" in mixed.output) == (1, True)
    (out / "region.toml").replace(home / "region.toml")
    built = run("authority", "batch", "build", "--home", home)
    assert built.exit_code == 0, built.output
    assert "2" in built.output
