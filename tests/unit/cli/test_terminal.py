"""What a terminal may be shown of texts from outside."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bluezone.cli.main import main
from bluezone.cli.terminal import printable, table

TITLE = "\x1b]0;owned\x07"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (TITLE, r"\x1b]0;owned\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("abc\u202ecba", r"abc\u202ecba"),
        ("a\u2028b\rc\td", r"a\u2028b\rc\td"),
        ("\ud800", r"\ud800"),
        ("Điện thoại của tôi, 手机 📱\u0301 \u00a0", "Điện thoại của tôi, 手机 📱\u0301 \u00a0"),
        ("one\ntwo", "one\ntwo"),
    ],
)
def test_what_steers_a_terminal_is_spelled_out(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_long_texts_are_cut_after_they_were_spelled_out() -> None:
    assert printable("a" * 10, 10) == "a" * 10
    assert printable("a" * 11, 10) == "a" * 9 + "…"
    assert printable("\x1b" * 11, 10) == r"\x1b\x1b\…"


def test_a_table_stays_a_table() -> None:
    assert table(("name", "n"), [("a\nb" + TITLE, 1)]).splitlines()[2] == r"a\nb\x1b]0;owned\x07  1"


@pytest.mark.parametrize("header", ["time_s,scan_count,levels_db", "time_s,rssi_dbm"])
def test_names_of_a_recording_cannot_speak_to_the_terminal(tmp_path: Path, header: str) -> None:
    name, rest = f"{TITLE}{'n' * 80}", "9,-3" if "levels" in header else "-70"
    rows = [f"{name},a,{name},{at},{rest}" for at in range(0, 600, 60)]
    path = tmp_path / f"{TITLE}.csv"
    path.write_text("\n".join([f"scene,receiver,sender,{header}", *rows]), encoding="utf-8")
    result = CliRunner().invoke(main, ["sensing", "score", str(path)])
    assert result.exit_code == 0 and r"\x1b]0;owned" in result.output
    assert result.output.replace("\n", "").isprintable()
    assert "n" * 40 not in result.output


def test_errors_cannot_either(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["sensing", "score", str(tmp_path / TITLE)])
    assert result.exit_code == 1 and result.output.replace("\n", "").isprintable(), result.output
