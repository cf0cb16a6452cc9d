"""A written Vietnamese sentence as it is said: no digit, no sign and no foreign word is left.

Decides what a group of digits means (a date, a time, a telephone number, a quantity) from its form and the
word before it, in one order: what is more particular comes first. How a number sounds is left to
`numbers_vi`, how a day and an hour are said to `calendar_vi`, which words are respelled to the lexicon.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bluezone.outreach.kit.voice import calendar_vi as calendar
from bluezone.outreach.kit.voice import numbers_vi as numbers
from bluezone.outreach.kit.voice.lexicon import Lexicon, any_of
from bluezone.outreach.kit.voice.numbers_vi import NORTH, Dialect
from bluezone.outreach.kit.voice.plain import address_words, cleaned, only_speech, spelled

_Say = Callable[[re.Match[str]], str]

_FRACTIONS = {(1, 2), (1, 3), (2, 3), (1, 4), (3, 4)}
_DAY_WORD = r"(?P<word>(?:ngày|mùng|mồng|hôm|sáng|trưa|chiều|tối|đêm)\s+)?"
_HOUSE_WORD = r"(?P<house>(?:số|số nhà|ngõ|ngách|hẻm|kiệt|lô)\s+)?"
_COUNTED = r"(?:ngày|giờ|phút|giây|tháng|năm|tuần|người|hộ|lần|mét|m|km|%)"
# Numbers that are called: one, or several with a word or a comma between them.
_CALLED = rf"\+?\d(?:[ .-]?\d){{2,14}}(?![\d/:]|[.,]\d|\s?{_COUNTED}(?!\w))"
_CALL = (
    r"(?<!\w)(?:gọi|số máy|điện thoại|đường dây nóng|hotline|tổng đài|đt|sđt)\s*:?\s+"
    rf"{_CALLED}(?:(?:\s*[,;/]\s*|\s+)(?:(?:hoặc|hay|và)\s+)?(?:số\s+)?{_CALLED})*"
)
_SHORT_NUMBER = re.compile(r"(?<![\d.+-])(?<!\d )\d{3,5}(?![ .-]?\d)")
_QUANTITY = r"(?P<whole>\d{1,3}(?:\.\d{3})+(?!\d)|\d+)(?:,(?P<fraction>\d+))?"
# Hotlines, mobile numbers, numbers with an area code; each digit may follow one blank, dot or hyphen.
_TELEPHONES = (
    r"(?<!năm )(?<![\w.,])1[89]00[ .-]?(?:\d{6}|\d{4}|\d{2}[ .-]\d{2}|\d{3}[ .-]\d{3})(?!\d)",
    r"(?<![\w.,])(?:\+84[ .-]?|0)[35789](?:[ .-]?\d){8}(?!\d)",
    r"(?<![\w.,])(?:\+84[ .-]?|0)2(?:[ .-]?\d){9}(?!\d)",
)
# Two to five capitals without a vowel cannot be read as a word.
_INITIALS = re.compile(r"(?<![\w&.])[BCDĐGHKLMNPQRSTVXFJWZ]{2,5}(?![\w&])")
# The fourth quarter is quý tư, but the fourth hamlet is thôn bốn.
_PLACES = "khu phố|tổ dân phố|thôn|ấp|khóm"
_ROMAN = re.compile(
    rf"(?<!\w)((?i:quý|thế kỷ|khóa|khoá|chương|đại hội|lần thứ|cấp|(?P<place>{_PLACES})))"
    r" (?P<number>[IVX]{1,5})(?!\w)"
)
# A consonant with an apostrophe, as in names of the highlands, is a syllable of its own: R'lấp, H'leo.
_SYLLABIC = re.compile(r"(?<!\w)(ch|kh|ng|nh|ph|th|tr|[bcdđghklmnprstvx])'(?=[^\W\d_])", re.I)
_SYLLABLES = {"k": "cờ", "d": "đờ"}
_DIGIT_WORDS = {str(value): word for value, word in enumerate(numbers.DIGITS)}


def _roman(found: re.Match[str]) -> str:
    said = numbers.cardinal if found["place"] else numbers.ordinal
    return f"{found[1]} {said(calendar.roman(found['number']))}"


class VietnameseReader:
    """Reads sentences in one dialect.

    Args:
        lexicon: the Vietnamese lists.
        dialect: of the listener's region.
    """

    def __init__(self, lexicon: Lexicon, dialect: Dialect = NORTH) -> None:
        self._lexicon = lexicon
        self._dialect = dialect
        # Only with a capital, or the end of a sentence could be taken for one.
        short = [form for key in lexicon.abbreviations for form in (key.upper(), key.capitalize())]
        self._shortened = re.compile(rf"(?<!\w)({any_of(short)})")
        self._rules = [(re.compile(pattern), say) for pattern, say in self._in_order()]

    def read(self, text: str) -> str:
        """The sentence as syllables and pauses, in lower case. Reading it again changes nothing."""
        text = _ROMAN.sub(_roman, cleaned(text))
        text = _SYLLABIC.sub(lambda m: f"{_SYLLABLES.get(m[1].lower(), f'{m[1]}ờ')} ", text)
        text = self._shortened.sub(lambda m: f" {self._lexicon.abbreviations[m[1].lower()]} ", text)
        text = _INITIALS.sub(self._initials, text).lower()
        for pattern, say in self._rules:
            text = pattern.sub(say, text)
        return only_speech(text)

    def _in_order(self) -> Iterator[tuple[str, _Say]]:
        yield from self._words()
        yield from self._dates()
        yield _CALL, self._short_calls
        for pattern in _TELEPHONES:
            yield pattern, self._telephone
        yield r"(?<=\d)(?P<unit>\s?(?:h|giờ)|)\s?[-÷]\s?(?=\d)", lambda m: f"{m['unit']} đến "
        yield (
            r"(?<![\w:])(?P<h>\d{1,2})(?::|\s?h\s?|\s?giờ\s?)(?P<min>\d{2})(?::(?P<s>\d{2}))?"
            r"(?:\s?(?:phút|p)\b)?(?![\w:])",
            self._time,
        )
        yield (
            r"(?<!\w)(?P<word>tháng|thứ|hạng|mùng|mồng)\s+(?P<number>\d{1,2})(?![\w/:]|[.,]\d)",
            self._ranked,
        )
        yield r"(?<![\w)-])-\s?(?=\d)", lambda _: " âm "
        unit = rf"(?:\s?(?P<unit>{any_of(self._lexicon.units)})(?![^\W_]))?"
        yield rf"(?<![^\W_]){_QUANTITY}{unit}", self._quantity
        yield r"(?<!\w)(?P<letters>[a-zđ]{1,3})(?=\d)", lambda m: f" {spelled(m['letters'], self._lexicon)} "
        yield r"\d+", lambda m: f" {self._count(m[0])} "
        symbols = self._lexicon.symbols
        yield f"[{re.escape(''.join(symbols))}]", lambda m: f" {symbols[m[0]]} "

    def _words(self) -> Iterator[tuple[str, _Say]]:
        lexicon = self._lexicon
        endings = any_of(lexicon.domains)
        yield (
            rf"https?://[^\s,;]*[\w/]|[\w.+-]+@[\w.-]+\w|(?<![\w.])(?:[\w-]+\.)+(?:{endings})(?:/[\w./-]*\w|/)?(?!\w)",
            lambda m: address_words(m[0], lexicon, _DIGIT_WORDS),
        )
        yield rf"(?<!\w)({any_of(lexicon.words)})(?![^\W\d_])", lambda m: f" {lexicon.words[m[1]]} "

    def _dates(self) -> Iterator[tuple[str, _Say]]:
        before, after = r"(?<![\w/.,-])", r"(?![\w/-]|[.,]\d)"
        yield before + r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})" + after, self._date
        for sign in "/.-":
            part = re.escape(sign)
            yield (
                rf"{before}{_DAY_WORD}(?P<d>\d{{1,2}}){part}(?P<m>\d{{1,2}}){part}(?P<y>\d{{4}}){after}",
                self._date,
            )
        yield f"{before}24/7{after}", lambda _: "hai mươi bốn giờ một ngày, bảy ngày một tuần"
        yield (
            rf"{before}{_HOUSE_WORD}{_DAY_WORD}(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}}){after}",
            self._day_or_share,
        )
        yield (
            rf"{before}{_DAY_WORD}(?P<d>\d{{1,2}})-(?P<m>\d{{1,2}}){after}(?!\s?{_COUNTED}(?!\w))",
            self._day_or_span,
        )
        yield rf"{before}(?:tháng\s+)?(?P<m>\d{{1,2}})/(?P<y>\d{{4}}){after}", self._month

    def _date(self, found: re.Match[str]) -> str:
        day, month, year = int(found["d"]), int(found["m"]), int(found["y"])
        if not calendar.is_day(day, month):
            return found[0]
        word = found.groupdict().get("word") or ""
        return f"{calendar.day_words(day, month, word)} năm {numbers.cardinal(year, self._dialect)}"

    def _day_or_share(self, found: re.Match[str]) -> str:
        first, second = int(found["d"]), int(found["m"])
        if found["house"] or not (calendar.is_day(first, second) or (first, second) in _FRACTIONS):
            return found[0]
        if (first, second) in _FRACTIONS and not found["word"]:
            return f"{numbers.cardinal(first)} phần {numbers.ordinal(second)}"
        return calendar.day_words(first, second, found["word"] or "")

    def _day_or_span(self, found: re.Match[str]) -> str:
        first, second = int(found["d"]), int(found["m"])
        # A span never goes down, so 17-8 is a day; 5-7 is one only where a word says so.
        if calendar.is_day(first, second) and (found["word"] or first > second):
            return calendar.day_words(first, second, found["word"] or "")
        return found[0]

    def _month(self, found: re.Match[str]) -> str:
        month = int(found["m"])
        if not 1 <= month <= 12:
            return found[0]
        return f"tháng {numbers.ordinal(month)} năm {numbers.cardinal(int(found['y']), self._dialect)}"

    def _time(self, found: re.Match[str]) -> str:
        hour, minute, second = int(found["h"]), int(found["min"]), int(found["s"] or 0)
        return calendar.time_words(hour, minute, second) or found[0]

    def _telephone(self, found: re.Match[str]) -> str:
        return calendar.telephone_words(found[0])

    def _short_calls(self, found: re.Match[str]) -> str:
        return _SHORT_NUMBER.sub(lambda short: numbers.digit_by_digit(short[0]), found[0])

    def _ranked(self, found: re.Match[str]) -> str:
        word, number = found["word"], int(found["number"])
        if word == "thứ" and number == 1:
            return "thứ nhất"
        return f"{word} {numbers.ordinal(number)}"

    def _quantity(self, found: re.Match[str]) -> str:
        said = self._count(found["whole"].replace(".", ""))
        if found["fraction"]:
            said = f"{said} phẩy {numbers.decimals(found['fraction'], self._dialect)}"
        unit = self._lexicon.units[found["unit"]] if found["unit"] else ""
        return f" {said} {unit} "

    def _count(self, digits: str) -> str:
        # 05 is a careful five; 007 is a code. Nobody counts along with more than eighteen digits.
        if len(digits) > 18 or (digits.startswith("0") and len(digits) > 2):
            return numbers.digit_by_digit(digits)
        return numbers.cardinal(int(digits), self._dialect)

    def _initials(self, found: re.Match[str]) -> str:
        known = found[0].lower() in self._lexicon.words
        return found[0] if known else spelled(found[0], self._lexicon)
