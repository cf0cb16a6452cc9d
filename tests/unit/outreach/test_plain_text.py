"""Text as people paste it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluezone.outreach.plain_text import plain_line, plain_text, printable_text


@pytest.mark.parametrize(
    ("pasted", "plain"),
    [
        ("  Sóng yếu.\r\nMáy cũ.\x0bXa.\u2028Hết ", "Sóng yếu.\nMáy cũ.\nXa.\nHết"),
        ("a\u200bb\u202ec\ufeff", "abc"),
        ("1\u3000234\u2009m\tn", "1 234 m n"),
        ("50\u00a0%", "50\u00a0%"),
        (unicodedata.normalize("NFD", "Nghĩa Phú"), "Nghĩa Phú"),
        ("a\x00b", "a\x00b"),  # refused by the rules of reports, not hidden here
    ],
)
def test_what_is_invisible_is_left_away(pasted: str, plain: str) -> None:
    assert plain_text(pasted) == plain


@given(st.text(max_size=80))
def test_plain_text_is_settled_and_printable_text_can_be_stored(text: str) -> None:
    once = plain_text(text)
    assert plain_text(once) == once
    assert "\n" not in plain_line(text)
    printable = printable_text(text + "\ud800")
    assert printable_text(printable) == printable
    assert all(letter.isprintable() or letter in "\n\u00a0" for letter in printable)
    printable.encode("utf-8")
