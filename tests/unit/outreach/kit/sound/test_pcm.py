"""Speech as samples: where it begins and ends, how loud its peaks are, how pieces are laid on a track."""

from __future__ import annotations

import math
from array import array

import pytest

from bluezone.outreach.kit.sound.pcm import (
    RATE,
    Sound,
    as_wav,
    clipped_share,
    from_bytes,
    peak_dbfs,
    placed,
    silence,
    spoken_spans,
    trimmed,
)


def tone(seconds: float, level: float = 0.5) -> Sound:
    """A sine of 440 Hz; `level` of full scale."""
    count = round(seconds * RATE)
    return Sound(
        array("h", (round(level * 32767 * math.sin(2 * math.pi * 440 * n / RATE)) for n in range(count)))
    )


def test_silence_around_speech_is_cut_away() -> None:
    track = placed([(0.5, tone(0.3))], 1.5)
    assert track.seconds == 1.5
    assert trimmed(track).seconds == pytest.approx(0.3, abs=0.011)
    assert trimmed(silence(1)).seconds == 0


def test_spans_close_short_gaps_and_keep_long_ones() -> None:
    track = placed([(0.2, tone(0.2)), (0.5, tone(0.2)), (1.2, tone(0.2))], 2)
    spans = spoken_spans(track, shortest_gap_s=0.25)
    assert [(round(begin, 1), round(end, 1)) for begin, end in spans] == [(0.2, 0.7), (1.2, 1.4)]


def test_peaks_and_clipping() -> None:
    assert peak_dbfs(tone(0.1)) == pytest.approx(-6.02, abs=0.05)
    assert peak_dbfs(silence(1)) == -math.inf
    assert clipped_share(tone(0.1)) == 0
    assert clipped_share(Sound(array("h", [32767, -32768, 0, 0]))) == 0.5
    assert clipped_share(silence(0)) == 0


def test_a_piece_that_hangs_over_the_end_is_cut() -> None:
    assert placed([(0.9, tone(0.3))], 1.0).seconds == 1.0


def test_wav_holds_the_samples() -> None:
    sound = tone(0.01)
    assert from_bytes(as_wav(sound)[44:]).samples == sound.samples
    assert as_wav(sound)[:4] == b"RIFF"
    assert from_bytes(b"\x01\x00\x02").samples == array("h", [1])
