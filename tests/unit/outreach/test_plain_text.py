"""Text as people paste it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluezone.outreach.plain_text import plain_line, plain_text


@pytest.mark.parametrize(
    ("pasted", "plain"),
    [
        ("  Sóng yếu.\r\nMáy cũ.\x0bXa.\u2028Hết ", "Sóng yếu.\nMáy cũ.\nXa.\nHết"),
        ("a\u200bb\u202ec\x00d\ufeff", "abcd"),
        ("1\u3000234\u2009m\tn", "1 234 m n"),
        ("50\u00a0%", "50\u00a0%"),
        (unicodedata.normalize("NFD", "Nghĩa Phú"), "Nghĩa Phú"),
        ("\ud800x", "x"),
    ],
)
def test_what_is_invisible_is_left_away(pasted: str, plain: str) -> None:
    assert plain_text(pasted) == plain


@given(st.text(max_size=80))
def test_plain_text_is_settled_and_can_be_stored(text: str) -> None:
    once = plain_text(text)
    assert plain_text(once) == once
    assert all(letter.isprintable() or letter in "\n\u00a0" for letter in once)
    once.encode("utf-8")
    assert "\n" not in plain_line(text)
