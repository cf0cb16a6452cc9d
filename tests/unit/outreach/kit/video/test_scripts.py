"""The films' texts: readable subtitles, screens that exist, and nothing of a unit before its closing card."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from bluezone.outreach.kit.video.commands import _PICTURE_PLACE
from bluezone.outreach.kit.video.frame import FRAMES
from bluezone.outreach.kit.video.script import LENGTHS, script_of
from bluezone.outreach.kit.video.stills import PICTURED, kept_together
from bluezone.outreach.kit.video.subtitles import LONGEST_ROW, MOST_ROWS, rows

KIT = files("bluezone.outreach.kit")
LANGUAGES = ("vi", "en")


def texts(language: str) -> dict[str, dict[str, object]]:
    """What is filmed, with the places for a unit's facts still in it."""
    return tomllib.loads(KIT.joinpath("texts", f"media-{language}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("item", sorted(LENGTHS))
def test_a_script_can_be_filmed(item: str, language: str) -> None:
    script = script_of(item, {"media": texts(language)})
    for line in (*(line for scene in script.scenes for line in scene.lines), *script.closing):
        assert len(rows(line)) <= MOST_ROWS, line
        assert max(map(len, rows(line))) <= LONGEST_ROW, line
    for scene in script.scenes:
        assert "{" not in "".join((scene.title, scene.note, *scene.lines)), "a body is the same for all units"
        assert bool(scene.screen) == (scene.kind == "phone")
        if scene.screen:
            assert KIT.joinpath("screens", f"{scene.screen}-{language}.png").is_file()


@pytest.mark.parametrize("item", sorted(LENGTHS))
def test_both_languages_show_the_same_scenes(item: str) -> None:
    vi, en = (script_of(item, {"media": texts(language)}) for language in LANGUAGES)
    assert [(s.kind, s.screen, s.step, len(s.lines)) for s in vi.scenes] == [
        (s.kind, s.screen, s.step, len(s.lines)) for s in en.scenes
    ]


def test_every_picture_has_its_place() -> None:
    assert set(_PICTURE_PLACE) == {(frame.name, kind) for frame in FRAMES for kind in PICTURED}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_film_asks_for_one_thing(language: str) -> None:
    for item in LENGTHS:
        closing = " ".join(script_of(item, {"media": texts(language)}).closing)
        assert ("cho 3 người khác" if language == "vi" else "for 3 others") in closing


def test_titles_break_where_they_read_well() -> None:
    assert (
        kept_together("Bạn đã ở gần ai trong 14 ngày qua?", "vi") == "Bạn đã ở gần ai trong 14\u00a0ngày qua?"
    )
    assert kept_together("Càng nhiều, càng có ích", "vi") == "Càng nhiều, càng có\u00a0ích"
    assert kept_together("Open the official address", "en") == "Open the official address"
    assert kept_together("Cài trong 4 bước", "vi") == "Cài trong 4\u00a0bước"
    assert kept_together("Một", "vi") == "Một"
