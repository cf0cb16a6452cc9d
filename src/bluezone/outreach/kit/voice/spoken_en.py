"""A written English sentence as it is said: no digit is left; dates, times, amounts and addresses in words.

English is the second language of the kit: it covers what the kit's own texts and a unit file can hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bluezone.outreach.kit.voice import numbers_en as numbers
from bluezone.outreach.kit.voice.calendar_vi import is_day
from bluezone.outreach.kit.voice.lexicon import Lexicon, any_of
from bluezone.outreach.kit.voice.plain import address_words, cleaned, only_speech, spelled

_Say = Callable[[re.Match[str]], str]
_MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
]  # fmt: skip
_NAMED_MONTH = "|".join(_MONTHS)
_DIGIT_WORDS = {str(value): numbers.cardinal(value) for value in range(10)}


class EnglishReader:
    """Reads English sentences.

    Args:
        lexicon: the English lists.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._rules = [(re.compile(pattern, re.IGNORECASE), say) for pattern, say in self._in_order()]

    def read(self, text: str) -> str:
        """The sentence as words and pauses. Reading it again changes nothing."""
        text = cleaned(text)
        for pattern, say in self._rules:
            text = pattern.sub(say, text)
        return only_speech(text, keep="'")

    def _in_order(self) -> Iterator[tuple[str, _Say]]:
        lexicon = self._lexicon
        yield (
            rf"https?://[^\s,;]*[\w/]|[\w.+-]+@[\w.-]+\w|(?<![\w.])(?:[\w-]+\.)+(?:{any_of(lexicon.domains)})(?:/[\w./-]*\w|/)?(?!\w)",
            lambda m: address_words(m[0].lower(), lexicon, _DIGIT_WORDS),
        )
        yield rf"(?<!\w)({any_of(lexicon.abbreviations)})", lambda m: lexicon.abbreviations[m[1].lower()]
        yield rf"(?<!\w)({any_of(lexicon.words)})(?!\w)", lambda m: lexicon.words[m[1].lower()]
        yield r"(?<![\w/])(?P<d>\d{1,2})/(?P<m>\d{1,2})(?:/(?P<y>\d{4}))?(?![\w/])", self._date
        yield rf"(?<!\w)(?P<d>\d{{1,2}}) (?P<name>{_NAMED_MONTH})(?!\w)", self._named_day
        yield r"(?<![\w:])(?P<h>\d{1,2}):(?P<min>\d{2})(?![\w:])", self._time
        yield r"(?<![\w.,])(?:\+84|0|1[89]00)(?:[ .-]?\d){4,10}(?!\d)", self._telephone
        yield r"(?<=\d)\s?-\s?(?=\d)", lambda _: " to "
        yield r"(?<![\w-])(?P<n>\d{1,6})(?:st|nd|rd|th)(?!\w)", lambda m: numbers.ordinal(int(m["n"]))
        unit = rf"(?:\s?(?P<unit>{any_of(lexicon.units)})(?!\w))?"
        yield rf"(?<!\w)(?P<w>\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.(?P<f>\d+))?{unit}", self._quantity
        yield r"(?<!\w)(?P<letters>[a-z]{1,3})(?=\d)", lambda m: f" {spelled(m['letters'], lexicon)} "
        yield r"\d+", lambda m: f" {numbers.digit_by_digit(m[0])} "
        symbols = lexicon.symbols
        yield f"[{re.escape(''.join(symbols))}]", lambda m: f" {symbols[m[0]]} "

    def _date(self, found: re.Match[str]) -> str:
        day, month = int(found["d"]), int(found["m"])
        if not is_day(day, month):
            return found[0]
        year = f" {numbers.cardinal(int(found['y']))}" if found["y"] else ""
        return f"the {numbers.ordinal(day)} of {_MONTHS[month - 1]}{year}"

    def _named_day(self, found: re.Match[str]) -> str:
        return f"the {numbers.ordinal(int(found['d']))} of {found['name']}"

    def _time(self, found: re.Match[str]) -> str:
        hour, minute = int(found["h"]), int(found["min"])
        if hour > 24 or minute > 59:
            return found[0]
        if not minute:
            return f"{numbers.cardinal(hour)} o'clock"
        return f"{numbers.cardinal(hour)} {'oh ' if minute < 10 else ''}{numbers.cardinal(minute)}"

    def _telephone(self, found: re.Match[str]) -> str:
        groups = re.findall(r"\d+", found[0])
        return ", ".join(numbers.digit_by_digit(group) for group in groups)

    def _quantity(self, found: re.Match[str]) -> str:
        whole = found["w"].replace(",", "")
        is_code = len(whole) > 15 or (whole.startswith("0") and len(whole) > 2)
        said = numbers.digit_by_digit(whole) if is_code else numbers.cardinal(int(whole))
        if found["f"]:
            said += f" point {numbers.digit_by_digit(found['f'])}"
        unit = self._lexicon.units[found["unit"].lower()] if found["unit"] else ""
        return f" {said} {unit} "
