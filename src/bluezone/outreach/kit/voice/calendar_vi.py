"""Days, hours, telephone numbers and Roman numerals as they are said in Vietnamese.

Decides that the first ten days are mùng, that the fourth month is tháng tư, and where a speaker breathes
inside a telephone number.
"""

from __future__ import annotations

import re

from bluezone.outreach.kit.voice.numbers_vi import cardinal, digit_by_digit, ordinal

_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ROMAN = {"I": 1, "V": 5, "X": 10}


def is_day(day: int, month: int) -> bool:
    """Whether some year has this day."""
    return 1 <= month <= 12 and 1 <= day <= _DAYS_IN_MONTH[month - 1]


def day_words(day: int, month: int, word: str = "") -> str:
    """A day of a month with what stood before it.

    Args:
        day: 1 to 31.
        month: 1 to 12.
        word: the written word before it with its blank, such as "ngày " or "sáng "; may be empty.
    """
    has_name = word.strip() in {"ngày", "mùng", "mồng"}
    early = "mùng " if day <= 10 and word.strip() not in {"mùng", "mồng"} else ""
    return f"{word}{'' if has_name else 'ngày '}{early}{cardinal(day)} tháng {ordinal(month)}"


def time_words(hour: int, minute: int, second: int = 0) -> str:
    """An hour of the day, without minutes where there are none; empty when there is no such hour."""
    if hour > 24 or minute > 59 or second > 59:
        return ""
    said = f"{cardinal(hour)} giờ"
    if minute or second:
        said += f" {cardinal(minute)} phút"
    return f"{said} {cardinal(second)} giây" if second else said


def telephone_words(written: str) -> str:
    """A telephone number digit by digit, with a breath between its groups; unbroken ones are grouped."""
    country = "cộng tám bốn, " if written.startswith("+84") else ""
    groups = re.findall(r"\d+", written.removeprefix("+84"))
    if len(groups) == 1:
        groups = _grouped(groups[0])
    return country + ", ".join(digit_by_digit(group) for group in groups)


def roman(numeral: str) -> int:
    """The value of a Roman numeral of I, V and X."""
    values = [_ROMAN[letter] for letter in numeral.upper()]
    signed = [
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    ]
    return sum(signed)


def _grouped(digits: str) -> list[str]:
    """Four first, as in 1900 or 0261, then by three; a single last digit joins its neighbours."""
    first, rest = digits[:4], digits[4:]
    if len(rest) in (4, 8):
        return [first, *(rest[at : at + 4] for at in range(0, len(rest), 4))]
    parts = [rest[at : at + 3] for at in range(0, len(rest), 3)]
    if len(parts) > 1 and len(parts[-1]) == 1:
        parts[-2:] = [parts[-2] + parts[-1]]
    return [first, *parts]
