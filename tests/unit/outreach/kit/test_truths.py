"""What the materials say of the program is what the program's own screens say, in both languages."""

from __future__ import annotations

import re

import pytest

from bluezone.outreach.kit.unit_file import load_unit
from bluezone.outreach.kit.wording import questions, words_for
from bluezone.web.language import words_of
from tests.unit.outreach.kit.conftest import EXAMPLE

LANGUAGES = ("vi", "en")
# What the history screen shows is stored, so whoever lists what is stored says it.
HOUR_LENGTH_NEARNESS = {
    "vi": ("giờ", "bao lâu", "gần đến mức nào"),
    "en": ("hour", "how long", "how near"),
}
EMPTY_MESSAGE = {"vi": "tin trống", "en": "empty message"}


def answer(language: str, question: str) -> str:
    """The whole answer to a question."""
    found = {one.id: one.answer for one in questions(language, load_unit(EXAMPLE))}
    return " ".join(found[question])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_stored_is_said_whole_and_alike(language: str) -> None:
    screen, words = words_of(language), words_for(language, load_unit(EXAMPLE))
    told = [screen.text("about.stored.heard"), screen.text("about.stored.own")]
    assert words["stored"]["items"] == told
    for text in (told[0], answer(language, "stored")):
        assert all(part in text for part in HOUR_LENGTH_NEARNESS[language]), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_empty_messages_are_not_denied(language: str) -> None:
    screen, sent = words_of(language), words_for(language, load_unit(EXAMPLE))["sent"]["items"]
    assert EMPTY_MESSAGE[language] in screen.text("about.sent.cover")
    assert EMPTY_MESSAGE[language] in answer(language, "sent")
    # "Only if you are a case" is said of what is about you, never of everything.
    assert sent[-1] == screen.text("about.sent.case")


def test_how_often_the_list_is_fetched_is_said_alike() -> None:
    for language, often in (("vi", "nhiều lần trong ngày"), ("en", "several times a day")):
        assert often in words_of(language).text("site.figures.meaning.use")
        assert often in answer(language, "internet")


def test_how_long_an_identifier_counts_is_not_understated() -> None:
    # The tag of a minute is accepted in the minute before and after it too.
    assert "khoảng hai phút" in answer("vi", "fake-alert")
    assert "about two minutes" in answer("en", "fake-alert")


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_screens_that_exist_are_named(language: str) -> None:
    words = words_for(language, load_unit(EXAMPLE))
    named = [one["a"] for one in words["guide"]["objections"]]
    named += [" ".join(one.answer) for one in questions(language, load_unit(EXAMPLE))]
    form = r"ở mục (\w+(?: \w+)?) và (\w+(?: \w+)?)[.;]" if language == "vi" else r"under (\w+) and (\w+)\."
    found = {name for text in named for pair in re.findall(form, text) for name in pair}
    assert found == {words_of(language).text(f"phone.nav.{name}") for name in ("about", "history")}
    assert sum(bool(re.search(form, text)) for text in named) == 2


def test_no_film_says_that_nothing_else_is_stored() -> None:
    # The screen behind these words shows hours, minutes and nearness.
    media = str(words_for("vi", load_unit(EXAMPLE))["media"])
    assert "Máy lưu mã ẩn danh" in media
    assert "chỉ lưu mã" not in media
