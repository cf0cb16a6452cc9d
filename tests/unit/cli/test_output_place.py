"""Places to write to: refused before any work, with a sentence."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bluezone.cli.main import main
from bluezone.cli.output_place import OutputFile, OutputFolder, writing

EXAMPLE = Path(__file__).parents[2] / "fixtures" / "recording.csv"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none/x.json", "there is no folder"),
        ("file/x.json", "Not a directory"),
        ("folder", "is a folder"),
        ("n" * 300, "name too long"),
        ("nul\0", "null"),
    ],
)
def test_a_file_that_cannot_be_written(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(click.BadParameter) as refused:
        OutputFile().convert(str(tmp_path / name), None, None)
    assert said.lower() in refused.value.message.lower()


def test_a_file_that_can_be_written_is_not_touched(tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    known.write_text("kept")
    assert OutputFile().convert(str(known), None, None) == known and known.read_text() == "kept"
    free = tmp_path / "free.json"
    assert OutputFile(new=True).convert(str(free), None, None) == free
    assert list(tmp_path.iterdir()) == [known], "asking leaves nothing behind"


def test_what_exists_is_not_overwritten_where_a_file_must_be_new(tmp_path: Path) -> None:
    known, dangling = tmp_path / "known.csv", tmp_path / "link.csv"
    known.write_text("")
    dangling.symlink_to(tmp_path / "nowhere")
    for path in (known, dangling):
        with pytest.raises(click.BadParameter, match="exists already"):
            OutputFile(new=True).convert(str(path), None, None)


def test_a_folder_may_be_made_later_but_not_inside_a_file(tmp_path: Path) -> None:
    wanted = tmp_path / "a" / "b"
    assert OutputFolder().convert(str(wanted), None, None) == wanted
    assert not (tmp_path / "a").exists()
    (tmp_path / "file").write_text("")
    for name in ("file", "file/below", "n" * 300):
        with pytest.raises(click.BadParameter):
            OutputFolder().convert(str(tmp_path / name), None, None)


def test_what_the_system_refuses_later_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="could not be written: No such file"), writing(tmp_path):
        (tmp_path / "none" / "x").write_text("")


@pytest.mark.parametrize(
    "words",
    [
        ["score", str(EXAMPLE), "--json", "none/x.json"],
        ["evaluate", "--data", "none", "--protocol", "mitre", "--json", "none/x.json"],
        ["evaluate", "--data", "none", "--protocol", "mitre", "--plots", "/dev/null/x"],
        ["train", "--data", "none", "--out", "none/x.json"],
    ],
)
def test_sensing_asks_before_it_works(words: list[str]) -> None:
    result = CliRunner().invoke(main, ["sensing", *words])
    assert result.exit_code == 2 and "Invalid value for" in result.output, result.output
    assert "windows" not in result.output and "recordings-missing" not in result.output


def test_a_recording_of_a_calibration_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "one.csv"
    out.write_text("kept")
    pair = ["--metres", "1", "--sender", "a", "--model", "b", "--out", str(out)]
    command = ["phone", "record", "--region", "none.toml", "--radio", "virtual:127.0.0.1:1", *pair]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 2 and "exists already" in result.output, result.output
    assert out.read_text() == "kept"
