"""Which language a page speaks, and how counts, dates and times are written in it."""

from __future__ import annotations

import pytest

from bluezone.web.language import choose_language, clock_text, words_of


@pytest.mark.parametrize(
    ("asked", "remembered", "language"),
    [
        (None, None, "vi"),
        ("en", None, "en"),
        (None, "en", "en"),
        ("vi", "en", "vi"),
        ("fr", "en", "en"),
        ("fr", "../../etc", "vi"),
    ],
)
def test_what_was_asked_for_comes_first(asked: str | None, remembered: str | None, language: str) -> None:
    assert choose_language(asked, remembered) == language


def test_counts_have_their_forms() -> None:
    english, vietnamese = words_of("en"), words_of("vi")
    assert english.counted("alert.minutes", "alert.minutes", 1) == "about 1 minute"
    assert english.counted("alert.minutes", "alert.minutes", 20) == "about 20 minutes"
    assert vietnamese.counted("alert.minutes", "alert.minutes", 1) == "khoảng 1 phút"


def test_days_are_written_in_full() -> None:
    assert words_of("vi").day(20741) == "Thứ Năm, 15 tháng 10, 2026"
    assert words_of("en").day(20741) == "Thursday, 15 October 2026"


def test_clock_follows_the_region() -> None:
    assert clock_text(1_792_030_470.0, 420) == "09:14"
    assert clock_text(1_792_030_470.0, 0) == "02:14"


def test_a_missing_key_is_shown_and_breaks_nothing() -> None:
    assert words_of("vi").text("no.such.key", n=1) == "no.such.key"
