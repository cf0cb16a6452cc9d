"""Speech as samples: one channel, 48,000 a second, 16 bit; cut, joined and looked at without any file.

Decides what counts as silence around a sentence. Decoding other forms is left to `ffmpeg`.
"""

from __future__ import annotations

import io
import math
import sys
import wave
from array import array
from collections.abc import Iterable
from dataclasses import dataclass

RATE = 48_000
FULL_SCALE = 32_767
_BLOCK = RATE // 100
# A synthetic voice is digitally silent between words; a room is not. -50 dBFS lies between room and speech.
_SILENCE = 104


@dataclass(frozen=True, slots=True)
class Sound:
    """A piece of sound.

    Attributes:
        samples: 16 bit, signed, in this machine's order.
    """

    samples: array[int]

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / RATE


def from_bytes(raw: bytes) -> Sound:
    """Sound from little-endian samples; an odd last byte is dropped."""
    samples = array("h")
    samples.frombytes(raw[: len(raw) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return Sound(samples)


def silence(seconds: float) -> Sound:
    """Nothing, for a time."""
    return Sound(array("h", bytes(2 * max(0, round(seconds * RATE)))))


def placed(parts: Iterable[tuple[float, Sound]], total_s: float) -> Sound:
    """Pieces laid on a silent track.

    Args:
        parts: each with the second at which it begins; they must not overlap.
        total_s: length of the whole, seconds.
    """
    track = silence(total_s).samples
    for begin_s, sound in parts:
        first = round(begin_s * RATE)
        kept = sound.samples[: max(0, len(track) - first)]
        track[first : first + len(kept)] = kept
    return Sound(track)


def trimmed(sound: Sound) -> Sound:
    """Without the silence before and after, to a hundredth of a second."""
    loud = [
        at for at in range(0, len(sound.samples), _BLOCK) if _peak(sound.samples[at : at + _BLOCK]) > _SILENCE
    ]
    if not loud:
        return silence(0)
    return Sound(sound.samples[loud[0] : loud[-1] + _BLOCK])


def peak_dbfs(sound: Sound) -> float:
    """The loudest sample against full scale; -inf for silence."""
    peak = _peak(sound.samples)
    return 20 * math.log10(peak / FULL_SCALE) if peak else -math.inf


def clipped_share(sound: Sound) -> float:
    """The share of samples (0..1) that touch full scale."""
    if not sound.samples:
        return 0.0
    touching = sum(map(sound.samples.count, (FULL_SCALE, -FULL_SCALE, -FULL_SCALE - 1)))
    return touching / len(sound.samples)


def spoken_spans(sound: Sound, shortest_gap_s: float) -> list[tuple[float, float]]:
    """Where something is heard: begin and end in seconds, gaps below `shortest_gap_s` closed."""
    spans: list[tuple[float, float]] = []
    for at in range(0, len(sound.samples), _BLOCK):
        if _peak(sound.samples[at : at + _BLOCK]) <= _SILENCE:
            continue
        begin, end = at / RATE, min(at + _BLOCK, len(sound.samples)) / RATE
        if spans and begin - spans[-1][1] < shortest_gap_s:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    return spans


def as_wav(sound: Sound) -> bytes:
    """A WAV file of it."""
    samples = array("h", sound.samples)
    if sys.byteorder == "big":
        samples.byteswap()
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def _peak(samples: array[int]) -> int:
    return max((max(samples), -min(samples))) if samples else 0
