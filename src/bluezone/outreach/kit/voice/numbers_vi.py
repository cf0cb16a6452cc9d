"""Numbers as they are said in Vietnamese.

Decides between một and mốt, năm and lăm, bốn and tư, and where an empty place is heard (linh, không trăm).
The north says linh and nghìn, the centre and the south say lẻ and ngàn. How a number is found in a text
is left to `spoken_vi`.
"""

from __future__ import annotations

from dataclasses import dataclass

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
BILLION = 10**9
# Longer numbers are not counted by anybody who listens; they are read digit by digit.
LARGEST = 10**18 - 1


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words in which regions differ.

    Attributes:
        odd: said for an empty place of tens, as in một trăm linh năm.
        thousand: the word for 1000.
    """

    odd: str
    thousand: str


NORTH = Dialect("linh", "nghìn")
SOUTH = Dialect("lẻ", "ngàn")


def cardinal(number: int, dialect: Dialect = NORTH) -> str:
    """A whole number as it is counted.

    Args:
        number: of any size and sign; beyond `LARGEST` its digits are read one by one.
        dialect: of the listener's region.
    """
    if number < 0:
        return f"âm {cardinal(-number, dialect)}"
    if number > LARGEST:
        return digit_by_digit(str(number))
    return _below_limit(number, dialect) if number else DIGITS[0]


def digit_by_digit(digits: str) -> str:
    """Each digit alone, as in a telephone number: one stays một, five stays năm."""
    return " ".join(DIGITS[int(digit)] for digit in digits)


def decimals(digits: str, dialect: Dialect = NORTH) -> str:
    """What follows phẩy: two digits are read as a number, others one by one.

    Args:
        digits: after the comma; zeros count, since 69,0 is said with its zero.
        dialect: of the listener's region.
    """
    if len(digits) == 2 and digits[0] != "0":
        return cardinal(int(digits), dialect)
    return digit_by_digit(digits)


def ordinal(number: int, dialect: Dialect = NORTH) -> str:
    """The word after thứ, tháng or hạng: the fourth is tư. (First is nhất only after thứ.)"""
    return "tư" if number == 4 else cardinal(number, dialect)


def _below_limit(number: int, dialect: Dialect, padded: bool = False) -> str:
    """`padded`: something was said before, so empty hundreds and tens are heard."""
    words: list[str] = []
    high, low = divmod(number, BILLION)
    if high:
        words += [_below_limit(high, dialect, padded), "tỷ"]
    for size, name in ((10**6, "triệu"), (10**3, dialect.thousand), (1, "")):
        group = low // size % 1000
        if group:
            words += [_group(group, dialect, padded or bool(words)), name]
    return " ".join(word for word in words if word)


def _group(number: int, dialect: Dialect, padded: bool) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds and not padded:
        return _tens(rest)
    words = [DIGITS[hundreds], "trăm"]
    if 0 < rest < 10:
        words += [dialect.odd, DIGITS[rest]]
    elif rest:
        words.append(_tens(rest))
    return " ".join(words)


def _tens(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    words = ["mười"] if tens == 1 else [DIGITS[tens], "mươi"]
    if ones:
        words.append(_after_tens(tens, ones))
    return " ".join(words)


def _after_tens(tens: int, ones: int) -> str:
    if ones == 5:
        return "lăm"
    if tens > 1:
        return {1: "mốt", 4: "tư"}.get(ones, DIGITS[ones])
    return DIGITS[ones]
