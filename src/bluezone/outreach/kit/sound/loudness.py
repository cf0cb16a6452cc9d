"""How loud speech is to the ear, and making it as loud as it should be: -16 LUFS, peaks below -1.5 dBTP.

Decides the chain: rumble away, the voice evened, single peaks held, then ffmpeg's loudnorm in two passes, the
second in its linear form: one gain for the whole, so that nothing pumps.
Source: EBU R 128 and ITU-R BS.1770 for the measure; -16 LUFS is what phones and open-air loudspeakers need.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bluezone.outreach.kit.errors import ItemFailed
from bluezone.outreach.kit.sound.pcm import RATE
from bluezone.outreach.kit.sound.program import Command, ffmpeg_program, run

TARGET_LUFS = -16.0
HIGHEST_PEAK_DBTP = -1.5
TOLERANCE_LU = 1.0
# Lossy encoding adds up to about one decibel to a peak, so the samples stay below the promise.
_WORKING_PEAK_DBTP = -3.0
_HEADROOM_DB = _WORKING_PEAK_DBTP - TARGET_LUFS - 1.0
EVENED = "highpass=f=80,acompressor=threshold=-24dB:ratio=3:attack=5:release=80:makeup=2"
# The summary of ffmpeg's ebur128; the second threshold in it is that of the range.
_REPORT = re.compile(
    r"I:\s+(?P<lufs>\S+) LUFS\s+Threshold:\s+(?P<threshold>\S+) LUFS.*?LRA:\s+(?P<range>\S+) LU"
    r".*?True peak:\s+Peak:\s+(?P<peak>\S+) dBFS",
    re.S,
)
# Three times as fast as loudnorm's own first pass, with the same figures.
_MEASURE = "ebur128=peak=true:framelog=quiet"
_SILENCE_LUFS = -69.0


@dataclass(frozen=True, slots=True)
class Loudness:
    """What was measured.

    Attributes:
        lufs: integrated loudness, LUFS; -70 for silence.
        peak_dbtp: true peak, dBTP.
        range_lu: loudness range, LU.
        threshold_lufs: below it nothing was counted.
    """

    lufs: float
    peak_dbtp: float
    range_lu: float
    threshold_lufs: float


def parse_report(said: str) -> Loudness:
    """The figures in the summary that ffmpeg's ebur128 printed.

    Raises:
        ItemFailed: there are none.
    """
    found = _REPORT.search(said.rpartition("Summary:")[2])
    if found is None:
        raise ItemFailed("ffmpeg measured no loudness; is the file a sound?")
    return Loudness(*(float(found[name]) for name in ("lufs", "peak", "range", "threshold")))


def measure(path: Path, chain: str = "") -> Loudness:
    """The loudness of the sound in a file.

    Args:
        path: a sound or a video.
        chain: ffmpeg filters to be applied before.
    """
    command: Command = [
        ffmpeg_program(),
        "-hide_banner",
        "-nostats",
        "-protocol_whitelist",
        "file",
        "-i",
        path,
    ]
    chain = f"{chain},{_MEASURE}" if chain else _MEASURE
    _, said = run([*command, "-vn", "-af", chain, "-f", "null", "-"], "measuring the loudness")
    return parse_report(said)


def held_filter(evened: Loudness) -> str:
    """The voice evened, and peaks held that would pass the promise after the gain.

    Args:
        evened: measured behind `EVENED`.
    """
    limit = 10 ** (min(0.0, evened.lufs + _HEADROOM_DB) / 20)
    return f"{EVENED},alimiter=limit={limit:.5f}:attack=3:release=60:level=disabled"


def gain_filter(held: Loudness) -> str:
    """The second pass of loudnorm: with what the first one measured it is one gain for the whole."""
    return (
        f"loudnorm=I={TARGET_LUFS}:TP={_WORKING_PEAK_DBTP}:LRA=20:linear=true"
        f":measured_I={held.lufs}:measured_TP={held.peak_dbtp}:measured_LRA={held.range_lu}"
        f":measured_thresh={held.threshold_lufs},aresample={RATE}"
    )


def normalise(source: Path, target: Path) -> None:
    """Writes the sound of a WAV as loud as it should be, 48 kHz, 16 bit.

    Raises:
        ItemFailed: it is silent.
    """
    evened = measure(source, EVENED)
    if evened.lufs < _SILENCE_LUFS:
        raise ItemFailed("the sound is silent; there is nothing to make louder")
    held = held_filter(evened)
    chain = f"{held},{gain_filter(measure(source, held))}"
    command: Command = [
        ffmpeg_program(),
        "-hide_banner",
        "-nostats",
        "-loglevel",
        "error",
        "-y",
        "-i",
        source,
    ]
    run([*command, "-af", chain, "-c:a", "pcm_s16le", target], "setting the loudness")


def faults(measured: Loudness) -> list[str]:
    """What is wrong with a loudness, as sentences."""
    found = []
    if not abs(measured.lufs - TARGET_LUFS) <= TOLERANCE_LU:
        found.append(
            f"it is {measured.lufs:.1f} LUFS loud; it should be {TARGET_LUFS:.0f} within {TOLERANCE_LU:.0f}"
        )
    if not measured.peak_dbtp <= HIGHEST_PEAK_DBTP:
        found.append(f"its peak is {measured.peak_dbtp:.1f} dBTP; at most {HIGHEST_PEAK_DBTP} is allowed")
    return found
