"""How much room a text needs, and the size in which it fits."""

from __future__ import annotations

import pytest

from bluezone.outreach.kit.fitting import INSET_TOP, LINE_HEIGHT, Lines, fitting_size, height_of


def lines(text: str, width: float, size: float = 10.0) -> int:
    """Into how many lines a text breaks."""
    return round((height_of([Lines(text, size)], width) - 2 * INSET_TOP) / (size * LINE_HEIGHT))


def test_a_text_breaks_between_its_words() -> None:
    assert lines("một hai", 200) == 1
    assert lines("một hai ba bốn năm sáu bảy tám", 100) == 2
    assert lines("", 100) == 1


def test_a_word_longer_than_a_line_breaks_within() -> None:
    assert lines("a" * 100, 100) >= 6
    assert lines("x " + "a" * 100, 100) == lines("a" * 100, 100) + 1


def test_paragraphs_stand_below_each_other() -> None:
    one = height_of([Lines("một", 10)], 100)
    two = height_of([Lines("một", 10, after=4), Lines("hai", 10, after=4)], 100)
    assert two == pytest.approx(one + 10 * LINE_HEIGHT + 4)


def test_bold_letters_are_wider() -> None:
    text = "Phường Bắc Gia Nghĩa " * 20
    assert height_of([Lines(text, 10, bold=True)], 300) > height_of([Lines(text, 10)], 300)


def test_a_text_shrinks_until_it_fits_and_no_further() -> None:
    text = "Phường Nguyễn Thị Minh Khai và các xã Quảng Trường"
    assert fitting_size(text, (600, 60), 20, 10, bold=False) == 20
    size = fitting_size(text, (200, 60), 20, 8, bold=False)
    assert size is not None
    assert 8 <= size < 20
    assert height_of([Lines(text, size)], 200) <= 60 < height_of([Lines(text, size + 0.5)], 200)
    assert fitting_size(text, (200, 30), 20, 14, bold=False) is None
