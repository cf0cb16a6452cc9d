"""Short names and telephone numbers: one form, wherever somebody writes them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bluezone.outreach.notation import NATIONAL_HOTLINE, is_short_name, is_telephone

OUTREACH = Path("src/bluezone/outreach")


@pytest.mark.parametrize("text", ["gia-nghia", "a", "7", "xa-1-2"])
def test_a_short_name(text: str) -> None:
    assert is_short_name(text)


@pytest.mark.parametrize(
    "text", ["", "Gia-nghia", "gia--nghia", "-a", "a-", "a/b", "..", "đăk", "a\n", "a b"]
)
def test_what_is_no_short_name(text: str) -> None:
    assert not is_short_name(text)


@pytest.mark.parametrize("text", [NATIONAL_HOTLINE, "115", "+84 263.000.0000", "0263 000 0000"])
def test_a_telephone_number(text: str) -> None:
    assert is_telephone(text)


@pytest.mark.parametrize(
    "text",
    ["", "15", "1 5", "call us", "1900 9095\n", "1900-9095", "1234567890123456", "javascript:1", "١٢٣٤"],
)
def test_what_is_no_telephone_number(text: str) -> None:
    assert not is_telephone(text)


def test_both_forms_and_the_national_number_are_written_once() -> None:
    """Three copies of a rule drift apart: one refused sixteen digits, two did not."""
    modules = [path for path in OUTREACH.rglob("*.py") if path.name != "notation.py"]
    copies = re.compile(rf'"{NATIONAL_HOTLINE}"|\[a-z0-9\]\+\(\?:-\[a-z0-9\]\+\)\*|\[0-9 \.\]')
    found = [path.name for path in modules if copies.search(path.read_text(encoding="utf-8"))]
    assert not found
