"""The headless demo: a whole morning of 24 people, and what the command says about it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from bluezone.cli.main import main
from bluezone.sim.once import run_once


def test_a_morning_without_hci() -> None:
    result = run_once(4, "frame", 24, lambda _share: None)
    assert (result.missed, result.false) == (0, 0)
    assert sum(one.alerted for one in result.people) == 5
    for one in result.people:
        if one.alerted:
            assert one.felt_s == pytest.approx(one.near_s, rel=0.15)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 21))
def test_seeds_1_to_20_over_hci(seed: int) -> None:
    result = CliRunner().invoke(main, ["demo", "--once", "--seed", str(seed)])
    assert result.exit_code == 0, result.output
    assert "5 warned, 0 missed, 0 false" in result.output


@pytest.mark.slow
def test_tshark_decodes_a_captured_morning(tmp_path: Path) -> None:
    if shutil.which("tshark") is None:
        pytest.skip("no tshark on the PATH: apt-get install tshark")
    capture = tmp_path / "air.btsnoop"
    result = CliRunner().invoke(main, ["demo", "--once", "--capture", str(capture)])
    assert result.exit_code == 0, result.output
    entry = "btcommon.eir_ad.entry"
    flags = [f"{entry}.flags.le_general_discoverable_mode", f"{entry}.flags.bredr_not_supported"]
    fields = [*flags, f"{entry}.uuid_16", f"{entry}.service_data"]
    words = ["tshark", "-r", str(capture), "-c", "20000", "-T", "fields", "-E", "occurrence=f"]
    words += ["-Y", f"{entry}.service_data", *(word for field in fields for word in ("-e", field))]
    shown = subprocess.run(words, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert len(lines) > 1000
    for line in lines:
        general, no_classic, uuid, data = line.split("\t")
        assert [int(general, 0), int(no_classic, 0), uuid] == [1, 1, "0x4e56"]
        payload = bytes.fromhex(data.replace(":", ""))
        assert len(payload) == 20
        assert payload[0] == 0x40
