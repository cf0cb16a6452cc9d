"""Timelines of any speech: exact lengths, sentences in order, subtitles that stand around what is heard."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bluezone.outreach.kit.video.commands import scene_frames
from bluezone.outreach.kit.video.frame import FPS
from bluezone.outreach.kit.video.subtitles import parse_subrip, rows, subrip
from bluezone.outreach.kit.video.timeline import DISSOLVE_FRAMES, Spoken, lay_out, natural_s

SECONDS = st.floats(0.3, 9.0)
SCENES = st.lists(st.lists(SECONDS, min_size=1, max_size=3), min_size=1, max_size=8)
WORDS = st.lists(st.text("abcđêô,.", min_size=1, max_size=50), min_size=1, max_size=40).map(" ".join)


@given(SCENES, st.floats(0, 20))
def test_a_timeline_keeps_its_promises(scenes: list[list[float]], spare_s: float) -> None:
    spoken = [[Spoken(f"{n}.{m}", s) for m, s in enumerate(scene)] for n, scene in enumerate(scenes)]
    total_s = round((sum(map(natural_s, spoken)) + spare_s) * FPS + 1) / FPS
    timeline = lay_out(spoken, total_s)
    assert timeline
    assert timeline.frames == round(total_s * FPS)
    assert list(timeline.cuts) == sorted(set(timeline.cuts)), "every scene has time"
    lines = [line for scene in spoken for line in scene]
    assert [cue.text for cue in timeline.cues] == [line.text for line in lines]
    for cue, line in zip(timeline.cues, lines, strict=True):
        assert cue.begin / FPS <= cue.speech_s
        assert cue.speech_s + line.seconds <= cue.end / FPS + 1e-6
    for one, following in pairwise(timeline.cues):
        assert one.end <= following.begin


@given(SCENES)
def test_the_clips_of_all_scenes_make_up_the_whole(scenes: list[list[float]]) -> None:
    timeline = lay_out([[Spoken("x", s) for s in scene] for scene in scenes])
    assert timeline
    clips = scene_frames(timeline)
    assert sum(length for _, length in clips) - DISSOLVE_FRAMES * (len(clips) - 1) == timeline.frames
    assert all(
        first + length - DISSOLVE_FRAMES == following for (first, length), (following, _) in pairwise(clips)
    )


@given(WORDS)
def test_rows_keep_every_word(text: str) -> None:
    assert " ".join(rows(text)) == text


@given(SCENES)
def test_subtitle_files_are_read_back_to_the_millisecond(scenes: list[list[float]]) -> None:
    timeline = lay_out([[Spoken("một câu nói", s) for s in scene] for scene in scenes])
    assert timeline
    shown = parse_subrip(subrip(timeline.cues))
    assert [(round(one.begin_s * FPS), round(one.end_s * FPS)) for one in shown] == [
        (cue.begin, cue.end) for cue in timeline.cues
    ]
