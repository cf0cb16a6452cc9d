"""Numbers as they are said in British English: one hundred and five, the first, two thousand and twenty."""

from __future__ import annotations

_SMALL = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_IRREGULAR = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
# Beyond it nobody counts along; digits are read one by one.
LARGEST = 10**12 - 1


def cardinal(number: int) -> str:
    """A whole number as it is counted, of any size and sign."""
    if number < 0:
        return f"minus {cardinal(-number)}"
    if number > LARGEST:
        return digit_by_digit(str(number))
    if number < 1000:
        return _below_thousand(number)
    words: list[str] = []
    rest = number
    for size, name in _SCALES:
        group, rest = divmod(rest, size)
        if group:
            words += [_below_thousand(group), name]
    if rest:
        words.append(f"and {_below_thousand(rest)}" if rest < 100 else _below_thousand(rest))
    return " ".join(words)


def ordinal(number: int) -> str:
    """First, second, twenty-first: as days are said."""
    head, _, last = cardinal(number).rpartition(" ")
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    else:
        last = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return f"{head} {last}".strip()


def digit_by_digit(digits: str) -> str:
    """Each digit alone, as in a telephone number."""
    return " ".join(_SMALL[int(digit)] for digit in digits)


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words = [_SMALL[hundreds], "hundred"] if hundreds else []
    if rest or not hundreds:
        words += ["and"] if hundreds else []
        words.append(_below_hundred(rest))
    return " ".join(words)


def _below_hundred(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f" {_SMALL[ones]}" if ones else "")
