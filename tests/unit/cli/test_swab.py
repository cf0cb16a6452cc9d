"""`bluezone phone swab` and the laboratory's commands: one code, one sample, one certificate."""

from __future__ import annotations

from pathlib import Path

import pytest
import segno
from click.testing import CliRunner, Result

from bluezone.cli.main import main
from bluezone.protocol.swab import parse_swab


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def swab(home: Path, *words: str | Path) -> str:
    """The text of the code; what is printed above it is the picture."""
    done = run("phone", "swab", "--home", home, *words)
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()[-1]


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A new authority's folder."""
    home = tmp_path / "authority"
    assert run("authority", "init", "--home", home).exit_code == 0
    return home


def test_the_qr_code_is_drawn_above_its_text(tmp_path: Path) -> None:
    done = run("phone", "swab", "--home", tmp_path / "phone", "--qr")
    *picture, text = done.stdout.splitlines()
    side = segno.make(text, error="m", micro=False).symbol_size(border=4)[0]
    assert len(picture) >= side // 2
    assert len(parse_swab(text)) == 32


def test_the_same_code_is_shown_again_until_a_new_one_is_asked_for(tmp_path: Path) -> None:
    first = swab(tmp_path / "phone", "--no-qr")
    assert swab(tmp_path / "phone", "--no-qr") == first
    assert swab(tmp_path / "phone", "--no-qr", "--new") != first


@pytest.mark.parametrize(("name", "start"), [("c.png", b"\x89PNG"), ("c.svg", b"<?xml"), ("c.pdf", b"%PDF")])
def test_it_can_be_saved_to_be_printed(tmp_path: Path, name: str, start: bytes) -> None:
    swab(tmp_path / "phone", "--no-qr", "--save", tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)


def test_other_kinds_of_picture_are_refused_before_a_code_is_made(tmp_path: Path) -> None:
    done = run("phone", "swab", "--home", tmp_path / "phone", "--save", tmp_path / "c.bmp")
    assert done.exit_code == 2
    assert ".svg" in done.output
    assert not (tmp_path / "phone").exists()


def test_a_result_certifies_one_sample_once_and_no_other_keys(tmp_path: Path, authority: Path) -> None:
    mine, other = swab(tmp_path / "mine", "--no-qr"), swab(tmp_path / "other", "--no-qr")
    add = ("authority", "sample", "add", "--home", authority, "--sample")
    certify = ("authority", "certify", "--home", authority, "--sample")
    assert run(*add, "tube-1", "--commitment", mine).exit_code == 0
    refusals = [
        run(*add, "tube-1", "--commitment", other),
        run(*add, "tube-2", "--commitment", mine),
        run(*certify, "tube-2"),
    ]
    assert run(*certify, "tube-1").exit_code == 0
    refusals.append(run(*certify, "tube-1"))
    assert [one.exit_code for one in refusals] == [1, 1, 1, 1]
    assert all("Error: " in one.stderr and "[sample-" in one.stderr for one in refusals)
