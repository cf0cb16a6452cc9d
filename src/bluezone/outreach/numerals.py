"""Numbers and dates as people write them: reading what was typed, writing what is shown.

Decides that "1.234", "1,234" and "1 234" are all 1234, that "12,5" is no count, and that days come before
months. What cannot be read surely is a problem, never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from fractions import Fraction

from bluezone.outreach.figures import COUNT_LIMIT
from bluezone.outreach.problem import Problem

MAX_TYPED = 40
_BLANKS = ("", "-", "–", "—")
_UNITS = re.compile(r"\s*(người|máy|hộ|lượt|tờ|tấm|cái|chiếc|đội|tổ)$", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:([.,' ’])\d{3})(?:\1\d{3})*")
_ZERO_DECIMALS = re.compile(r"[.,]0{1,2}$")
_DECIMAL = re.compile(r"[\d.,]*\d[.,]\d+")
_DAY_FIRST = re.compile(r"(?:ngày )?(\d{1,2})(?:[/.\-]| tháng )(\d{1,2})(?:[/.\-]|,? năm |, ?)(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_MIDNIGHT = re.compile(r"[T ]00:00(:00)?$")
_GROUP_MARK = {"vi": ".", "en": ","}
_DECIMAL_MARK = {"vi": ",", "en": "."}


def read_count(typed: str) -> int | Problem | None:
    """A whole number that is not negative; None for nothing typed (a dash counts as nothing)."""
    text = _tidy(typed)
    if text in _BLANKS:
        return None
    shown = {"typed": text[:MAX_TYPED]}
    if len(text) > MAX_TYPED:
        return Problem("count-unreadable", values=shown)
    bare = _UNITS.sub("", text)
    if re.match(r"[-−–(]\s*\d", bare):
        return Problem("count-negative", values=shown)
    digits = _whole_digits(bare)
    if digits is None:
        return Problem("count-not-whole" if _DECIMAL.fullmatch(bare) else "count-unreadable", values=shown)
    if int(digits) >= COUNT_LIMIT:
        return Problem("count-out-of-range", values={"count": int(digits), "limit": COUNT_LIMIT})
    return int(digits)


def read_rate(typed: str) -> Fraction | None:
    """A rate that somebody typed ("68 %", "68,5", "0.68"); None where it cannot be read."""
    text = _tidy(typed).replace(" ", "")
    is_percent = text.endswith("%")
    text = text.removesuffix("%").replace(",", ".")
    if not re.fullmatch(r"\d{1,6}(\.\d{1,18})?", text):
        return None
    value = Fraction(text)
    return value if value <= 1 and not is_percent else value / 100


def read_date(typed: str) -> date | Problem | None:
    """A civil date, day before month or year first; None for nothing typed."""
    text = _MIDNIGHT.sub("", _tidy(typed).casefold())
    if text in _BLANKS:
        return None
    shown = {"typed": text[:MAX_TYPED]}
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    else:
        return Problem("date-unreadable", values=shown)
    try:
        read = date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return Problem("date-impossible", values=shown)
    return read if 2000 <= read.year < 2100 else Problem("date-impossible", values=shown)


def count_text(count: int, language: str) -> str:
    """A whole number in groups of three: 1.234 in Vietnamese, 1,234 in English."""
    return f"{count:,}".replace(",", _GROUP_MARK[language])


def percent_text(rate: Fraction, language: str, digits: int = 2) -> str:
    """A rate as a percentage, rounded half up: 69,02 % or, in English, 69.02%."""
    mark = "%" if language == "en" else "\u00a0%"  # never alone on the next line
    return decimal_text(rate * 100, language, digits) + mark


def decimal_text(value: Fraction, language: str, digits: int = 2) -> str:
    """An exact number with so many decimals, rounded half away from zero."""
    scaled = (abs(value) * 10**digits * 2 + 1) // 2
    whole, rest = divmod(scaled, 10**digits)
    sign = "-" if value < 0 and scaled else ""
    tail = f"{_DECIMAL_MARK[language]}{rest:0{digits}}" if digits else ""
    return f"{sign}{count_text(whole, language)}{tail}"


def date_text(day: date, language: str) -> str:
    """A civil date in short: 17/8/2020, in English 17 August 2020."""
    if language == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.day:02}/{day.month:02}/{day.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _tidy(typed: str) -> str:
    """Full-width digits as plain ones, every kind of space as one, none around."""
    return " ".join(unicodedata.normalize("NFKC", typed[: 10 * MAX_TYPED]).split())


def _whole_digits(text: str) -> str | None:
    """The digits of a whole number with or without groups; None for anything else."""
    for candidate in (text, _ZERO_DECIMALS.sub("", text)):
        if not candidate.isascii():
            return None
        if candidate.isdigit():
            return candidate
        if _GROUPED.fullmatch(candidate):
            return re.sub(r"\D", "", candidate)
    return None
