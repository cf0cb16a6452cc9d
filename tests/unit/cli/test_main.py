"""The command's entry: what it lists, what it imports, and how it refuses."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bluezone.cli.main import COMMANDS, main
from bluezone.cli.terminal import table


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_help_lists_every_group() -> None:
    text = run("--help").output
    assert all(name in text for name in COMMANDS)


def test_help_imports_no_group() -> None:
    code = (
        "import sys; from bluezone.cli.main import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted(set(sys.modules) & {'litestar', 'bumble', 'sqlalchemy', 'sqlcipher3', 'httpx'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_command_can_be_loaded() -> None:
    for name in COMMANDS:
        assert run(name, "--help").exit_code == 0, name


def test_an_unknown_command_is_refused() -> None:
    assert run("contact").exit_code == 2


@pytest.mark.parametrize(
    ("rows", "code", "word"),
    [
        ("1,1\n", "trace-column-missing", "line 1"),
        ("1,1,2,-3\n", "trace-distance-negative", "line 1"),
        ("2,1,2,3\n1,1,2,3\n", "trace-unsorted", "line 2"),
    ],
)
def test_a_bad_trace_is_refused_with_file_line_and_code(
    tmp_path: Path, rows: str, code: str, word: str
) -> None:
    path = tmp_path / "trace.csv.gz"
    path.write_bytes(gzip.compress(rows.encode()))
    result = run("simulate", "--trace", str(path), "--format", "haslemere")
    assert result.exit_code == 1
    assert code in result.stderr
    assert word in result.stderr
    assert "Traceback" not in result.output


def test_a_missing_region_file_is_refused(tmp_path: Path) -> None:
    words = ["--home", str(tmp_path / "home"), "--region", str(tmp_path / "none.toml"), "--radio", "usb:0"]
    result = run("phone", "run", *words)
    assert result.exit_code == 1
    assert "region-file" in result.stderr


def test_capture_needs_once() -> None:
    assert run("demo", "--capture", "x.btsnoop").exit_code == 2
    assert run("demo", "--once", "--depth", "frame", "--capture", "x.btsnoop").exit_code == 2


def test_table_puts_numbers_to_the_right() -> None:
    assert table(("who", "n"), [("a", 5), ("bcd", 12)]).splitlines() == [
        "who  n",
        "---  --",
        "a     5",
        "bcd  12",
    ]
