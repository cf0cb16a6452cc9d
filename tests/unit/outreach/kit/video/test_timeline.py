"""When sentences and subtitles come: exact lengths, even breaths, nothing that overlaps."""

from __future__ import annotations

import pytest

from bluezone.outreach.kit.video.frame import FPS
from bluezone.outreach.kit.video.timeline import (
    EARLY_S,
    GAP_S,
    LATE_S,
    LEAD_S,
    TAIL_S,
    Spoken,
    joined,
    lay_out,
    natural_s,
)

TWO = [[Spoken("a", 2.0)], [Spoken("b", 1.0), Spoken("c", 1.5)]]


def test_without_a_length_it_lasts_as_long_as_it_is_spoken() -> None:
    timeline = lay_out(TWO)
    assert timeline
    expected = 4.5 + 2 * (LEAD_S + TAIL_S) + GAP_S
    assert expected <= timeline.seconds < expected + 1 / FPS
    assert [cue.speech_s for cue in timeline.cues] == pytest.approx([0.4, 3.15, 4.45], abs=0.03)
    assert timeline.cuts == (0, 69, timeline.frames)


def test_time_that_is_left_is_spread_over_the_scenes() -> None:
    timeline = lay_out(TWO, 10.0)
    assert timeline
    assert timeline.frames == 250
    share = (10.0 - sum(map(natural_s, TWO))) / 2
    assert timeline.cues[0].speech_s == pytest.approx(LEAD_S + 0.4 * share)
    assert timeline.cuts[1] == round((natural_s(TWO[0]) + share) * FPS)


def test_a_film_without_a_length_has_a_least_one() -> None:
    shorter, longer = lay_out(TWO, least_s=3.0), lay_out(TWO, least_s=12.0)
    assert shorter == lay_out(TWO)
    assert longer == lay_out(TWO, 12.0)


def test_what_does_not_fit_is_not_laid_out() -> None:
    shortest = sum(map(natural_s, TWO))
    assert lay_out(TWO, shortest - 0.1) is None
    assert lay_out(TWO, round(shortest + 0.04, 2)) is not None


def test_a_subtitle_stands_around_its_sentence_and_ends_where_the_next_begins() -> None:
    timeline = lay_out(TWO, 10.0)
    assert timeline
    first, second, third = timeline.cues
    assert 0 <= first.speech_s - EARLY_S - first.begin / FPS < 1 / FPS
    assert 0 <= first.end / FPS - (first.speech_s + 2.0 + LATE_S) < 1 / FPS
    assert second.end == third.begin
    assert third.end <= timeline.frames


def test_joining_moves_the_closing_behind_the_body() -> None:
    body, closing = lay_out(TWO, 10.0), lay_out([[Spoken("d", 1.0)]], 3.2)
    assert body
    assert closing
    film = joined(body, closing)
    assert film.frames == 330
    assert film.cuts == (*body.cuts, 330)
    assert film.cues[-1].speech_s == pytest.approx(closing.cues[0].speech_s + 10)
    assert film.cues[-1].begin == closing.cues[0].begin + 250
