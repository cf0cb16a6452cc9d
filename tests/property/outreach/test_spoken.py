"""Reading aloud: every digit is said, reading twice changes nothing, numbers equal a slow, obvious twin."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from bluezone.outreach.kit.voice.numbers_vi import DIGITS, NORTH, SOUTH, Dialect, cardinal
from bluezone.outreach.kit.voice.spoken import spoken

# Pieces from which the ambiguous forms arise, mixed with anything that unicode has.
PIECES = st.sampled_from(
    [
        "/",
        "-",
        ".",
        ",",
        ":",
        " ",
        "%",
        "h",
        "0",
        "1",
        "24",
        "2021",
        "1900",
        "ngày ",
        "tháng ",
        "số ",
        "F",
        "m",
        "(",
        ")",
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES | st.text(max_size=2), max_size=25).map("".join))

# What schoolchildren learn, as rewriting of the reading place by place.
RULES = (
    ("không mươi không", ""),
    ("không mươi", "linh"),
    ("một mươi", "mười"),
    ("mươi một", "mươi mốt"),
    ("mươi bốn", "mươi tư"),
    ("mươi năm", "mươi lăm"),
    ("mười năm", "mười lăm"),
    ("mươi không", "mươi"),
    ("mười không", "mười"),
)


def slow_group(group: str) -> str:
    """Three digits, each with the name of its place, then rewritten."""
    said = f"{DIGITS[int(group[0])]} trăm {DIGITS[int(group[1])]} mươi {DIGITS[int(group[2])]}"
    for old, new in RULES:
        said = re.sub(rf"\b{old}\b", new, said)
    return said.strip()


def slow_cardinal(number: int, dialect: Dialect) -> str:
    """Below a thousand million: all groups in full, empty ones left out, the empty front cut away."""
    if number == 0:
        return "không"
    digits = f"{number:09d}"
    names = ("triệu", "nghìn", "")
    groups = [(digits[at : at + 3], names[at // 3]) for at in (0, 3, 6)]
    said = " ".join(f"{slow_group(group)} {name}" for group, name in groups if group != "000")
    said = re.sub(r"^không trăm (linh )?", "", said)
    said = " ".join(said.split())
    return said.replace("linh", dialect.odd).replace("nghìn", dialect.thousand)


def test_all_small_numbers_equal_the_twin() -> None:
    assert not [n for n in range(10_000) if cardinal(n) != slow_cardinal(n, NORTH)]


@given(st.integers(0, 1_000_000) | st.integers(0, 999_999_999), st.sampled_from([NORTH, SOUTH]))
def test_numbers_equal_the_twin(number: int, dialect: Dialect) -> None:
    assert cardinal(number, dialect) == slow_cardinal(number, dialect)


@given(st.lists(st.integers(0, 10**18 - 1), min_size=2, max_size=2, unique=True))
def test_different_numbers_sound_different(pair: list[int]) -> None:
    assert cardinal(pair[0]) != cardinal(pair[1])


@given(TEXTS, st.sampled_from(["vi", "en"]))
@example("1" * 5000, "en")
@example("0/0/0000 24:61 99-99 1900-1975", "vi")
def test_every_digit_is_said_and_reading_twice_changes_nothing(text: str, language: str) -> None:
    said = spoken(text, language)
    assert not any(sign.isdigit() or (sign.isnumeric() and not sign.isalpha()) for sign in said)
    assert spoken(said, language) == said


@given(st.integers(1, 28), st.integers(1, 12), st.integers(1900, 2099))
def test_a_date_is_said_the_same_however_it_is_written(day: int, month: int, year: int) -> None:
    written = [
        f"{day}/{month}/{year}",
        f"{day:02}/{month:02}/{year}",
        f"{year}-{month:02}-{day:02}",
        f"{day}.{month}.{year}",
    ]
    assert len({spoken(one, "vi") for one in written}) == 1
