"""Loudness: what ffmpeg says is read, judged, and speech comes out as loud as it should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from bluezone.outreach.kit.errors import ItemFailed
from bluezone.outreach.kit.sound.loudness import (
    Loudness,
    faults,
    gain_filter,
    held_filter,
    measure,
    normalise,
    parse_report,
)
from bluezone.outreach.kit.sound.pcm import as_wav, placed, silence
from tests.unit.outreach.kit.sound.test_pcm import tone

SAID = """[Parsed_ebur128_0 @ 0x7fa4d0001c00] Summary:

  Integrated loudness:
    I:         -22.5 LUFS
    Threshold: -32.6 LUFS

  Loudness range:
    LRA:         5.1 LU
    Threshold: -36.3 LUFS
    LRA low:   -27.1 LUFS

  True peak:
    Peak:       -2.3 dBFS
[out#0/null @ 0x559c] video:0KiB
"""


def test_the_report_is_read() -> None:
    assert parse_report(SAID) == Loudness(-22.5, -2.3, 5.1, -32.6)
    with pytest.raises(ItemFailed, match="no loudness"):
        parse_report("Output file does not contain any stream")


@pytest.mark.parametrize(
    ("lufs", "peak", "count"),
    [
        (-16.0, -1.5, 0),
        (-16.9, -3.0, 0),
        (-17.1, -3.0, 1),
        (-14.9, -3.0, 1),
        (-16.0, -1.4, 1),
        (float("-inf"), -70.0, 1),
    ],
)
def test_faults(lufs: float, peak: float, count: int) -> None:
    assert len(faults(Loudness(lufs, peak, 2.0, -26.0))) == count


def test_the_second_pass_is_told_what_the_first_measured() -> None:
    chain = gain_filter(Loudness(-23.3, -10.0, 2.5, -33.3))
    for part in (
        "linear=true",
        "measured_I=-23.3",
        "measured_TP=-10.0",
        "measured_LRA=2.5",
        "measured_thresh=-33.3",
    ):
        assert part in chain
    # 14 dB above the loudness and not above full scale: what is left is gain.
    assert "limit=0.30903" in held_filter(Loudness(-22.2, -2.0, 2.0, -32.0))
    assert "limit=1.00000" in held_filter(Loudness(-5.0, 0.0, 2.0, -15.0))


@pytest.mark.parametrize("level", [0.02, 0.9])
def test_quiet_and_loud_sounds_come_out_equally_loud(tmp_path: Path, level: float) -> None:
    source, target = tmp_path / "in.wav", tmp_path / "out.wav"
    source.write_bytes(as_wav(placed([(0.2, tone(1.5, level)), (2.0, tone(0.8, level / 4))], 3)))
    normalise(source, target)
    assert faults(measure(target)) == []


def test_silence_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "in.wav"
    source.write_bytes(as_wav(silence(2)))
    with pytest.raises(ItemFailed, match="silent"):
        normalise(source, tmp_path / "out.wav")
