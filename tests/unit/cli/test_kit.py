"""`bluezone kit`: a kit of one item from the example, checked, damaged, and every refusal as a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bluezone.cli.main import main
from bluezone.outreach.kit import checking
from tests.docs.repository import ROOT

EXAMPLE = str(ROOT / "examples" / "gia-nghia.toml")


def run(*words: str) -> Result:
    """Runs a command."""
    return CliRunner().invoke(main, ["kit", *words])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key, and a kit that has its leaflet only."""
    folder = tmp_path_factory.mktemp("kit")
    assert run("keygen", "--out", str(folder / "kit.key")).exit_code == 0
    done = build(folder)
    assert done.exit_code == 0, done.output
    return folder


def build(folder: Path, *more: str, unit: str = EXAMPLE) -> Result:
    """Builds the leaflet in Vietnamese."""
    where = ("--out", str(folder / "out"), "--cache", str(folder / "cache"), "--key", str(folder / "kit.key"))
    return run("build", "--unit", unit, *where, "--only", "leaflet", "--lang", "vi", *more)


def test_one_item_is_built(folder: Path) -> None:
    document = json.loads((folder / "out" / "manifest.json").read_bytes())
    assert [one["path"] for one in document["files"]] == ["leaflet/leaflet-a5-vi.pdf"]
    assert (folder / "out" / "leaflet" / "leaflet-a5-vi.pdf").stat().st_size == document["files"][0]["bytes"]


def test_a_second_build_does_nothing(folder: Path) -> None:
    path = folder / "out" / "leaflet" / "leaflet-a5-vi.pdf"
    before = path.stat().st_mtime_ns
    assert "1 of 14 items" in build(folder).output
    assert path.stat().st_mtime_ns == before


def test_check_names_what_is_missing(folder: Path) -> None:
    done = run("check", str(folder / "out"), "--key", str(folder / "kit.pub"))
    assert done.exit_code == 1
    assert "poster (vi) is missing" in done.output
    assert "do not print this kit" in done.output


def test_check_asks_for_the_own_key_of_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLUEZONE_KIT_KEY", str(folder / "kit.key"))
    assert f"signature of {folder / 'kit.pub'} holds" in run("check", str(folder / "out")).output


def test_green_is_only_what_somebody_signed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "check_kit", lambda *_: checking.KitReport(66, 14, ()))
    key = ("--key", str(folder / "kit.pub"))
    done = run("check", str(folder / "out"), *key)
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "All checks are green.")
    done = run("check", str(folder / "out"), "--own-key", str(folder / "none.key"))
    assert done.exit_code == 1
    assert "signature not looked at" in done.output
    assert "nobody vouches for this kit: give --key" in done.output
    assert "green" not in done.output


def test_check_refuses_another_signature(folder: Path) -> None:
    assert run("keygen", "--out", str(folder / "other.key")).exit_code == 0
    done = run("check", str(folder / "out"), "--key", str(folder / "other.pub"))
    assert done.exit_code == 1
    assert "[kit-signature-invalid]" in done.output


def test_refusals_are_sentences(folder: Path) -> None:
    bad = folder / "bad.toml"
    bad.write_text("[unit]\nname = 3\n", encoding="utf-8")
    for done, code in (
        (build(folder, unit=str(bad)), "[unit-file-invalid]"),
        (build(folder, unit=str(folder / "none.toml")), "[unit-unreadable]"),
        (run("check", str(folder / "nowhere")), "[kit-damaged]"),
        (run("keygen", "--out", str(folder / "kit.key")), "[kit-key-invalid]"),
        (build(folder, "--key", str(folder / "none.key")), "[kit-key-invalid]"),
    ):
        assert done.exit_code == 1
        assert code in done.output
        assert "Traceback" not in done.output
    done = build(folder, "--only", "balloon")
    assert done.exit_code == 2
    assert "'balloon' is none of index, templates" in done.output


def test_a_name_too_long_is_told_and_exits_1(folder: Path, tmp_path: Path) -> None:
    long = tmp_path / "long.toml"
    text = Path(EXAMPLE).read_text(encoding="utf-8").replace("Phường Bắc Gia Nghĩa", "Phường " + "Dài " * 26)
    long.write_text(text.replace('logo = "gia', f'logo = "{Path(EXAMPLE).parent}/gia'), encoding="utf-8")
    done = build(tmp_path, "--key", str(folder / "kit.key"), unit=str(long))
    assert done.exit_code == 1
    assert "[name-too-long]" in done.output
    assert "shorter form in the unit file" in done.output
