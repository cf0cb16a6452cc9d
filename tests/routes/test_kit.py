"""From a unit file to a checked kit, by the two commands that an officer types."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bluezone.cli.main import main
from tests.docs.repository import ROOT

pytestmark = pytest.mark.slow


@pytest.mark.timeout(1800)
def test_fourteen_items_all_green(tmp_path: Path) -> None:
    if shutil.which("espeak-ng") is None and os.environ.get("CI") != "true":
        pytest.skip("espeak-ng is not installed")
    out, key = tmp_path / "out", tmp_path / "kit.key"
    run = CliRunner().invoke
    assert run(main, ["kit", "keygen", "--out", str(key)]).exit_code == 0
    words = ["kit", "build", "--unit", str(ROOT / "examples" / "gia-nghia.toml"), "--out", str(out)]
    done = run(main, [*words, "--key", str(key), "--cache", str(tmp_path / "cache")])
    assert done.exit_code == 0, done.output
    document = json.loads((out / "manifest.json").read_bytes())
    assert len({one["item"] for one in document["files"]}) == 14
    assert document["missing"] == []
    assert document["languages"] == ["vi", "en"]
    checked = run(main, ["kit", "check", str(out), "--key", str(key.with_suffix(".pub"))])
    assert checked.exit_code == 0, checked.output
    assert "All checks are green" in checked.output
