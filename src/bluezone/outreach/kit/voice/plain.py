"""What a text is before and after it is read: one form of each sign first, nothing but speech last.

Decides which signs are the same (dashes, blanks, digits of other scripts) and which may remain for a voice:
letters, blanks and the signs that make a pause.
"""

from __future__ import annotations

import re
import unicodedata

from bluezone.outreach.kit.voice.lexicon import Lexicon

_SAME = str.maketrans({
    "\u2044": "/", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": ", ", "\u2212": "-",
    "\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u2026": "...", "•": ", ", "·": ", ",
    "(": ", ", ")": ", ", "[": ", ", "]": ", ",
})  # fmt: skip
_ADDRESS_TOKEN = re.compile(r"[^\W\d_]+|\d|[./_@:-]")
# A bracket around an area code makes no pause.
_AREA_CODE = re.compile(r"\((0\d{1,3})\)\s*")
_PAUSES = ",;:.!?"
_PAUSE_RUN = re.compile(rf"\s*([{_PAUSES}])(?:\s*[{_PAUSES}])*\s*")


def cleaned(text: str) -> str:
    """The text with one sign for each meaning: compatible forms folded, every digit 0 to 9."""
    text = _AREA_CODE.sub(r"\1 ", unicodedata.normalize("NFKC", text)).translate(_SAME)
    text = "".join(_ascii_digit(sign) for sign in text)
    return re.sub(r"\s+", " ", text)


def only_speech(text: str, keep: str = "") -> str:
    """Letters, single blanks and one pause at a time; everything else is a blank.

    Args:
        text: after reading.
        keep: signs that belong to words of the language, such as an apostrophe.
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(sign if sign.isalpha() or sign in _PAUSES or sign in keep else " " for sign in text)
    text = _PAUSE_RUN.sub(lambda run: f"{_strongest(run[0])} ", text)
    return re.sub(r"\s+", " ", text).lstrip(f"{_PAUSES} ").strip()


def address_words(address: str, lexicon: Lexicon, digits: dict[str, str]) -> str:
    """A web or mail address part by part: known parts as listed, parts without a vowel spelled.

    Args:
        address: without blanks.
        lexicon: of the language.
        digits: each digit and its word.
    """
    said = [
        _address_part(token, lexicon, digits)
        for token in _ADDRESS_TOKEN.findall(re.sub("^https?://", "", address))
    ]
    return f" {' '.join(part for part in said if part)} "


def spelled(letters: str, lexicon: Lexicon) -> str:
    """The names of letters, one after the other; a letter without a name is left as it is."""
    return " ".join(lexicon.letters.get(letter, letter) for letter in letters.lower())


def _address_part(token: str, lexicon: Lexicon, digits: dict[str, str]) -> str:
    for known in (digits, lexicon.address_signs, lexicon.domains, lexicon.words):
        if token in known:
            return known[token]
    return token if re.search(r"[aeiouyà-ỹăâđêôơư]", token) else spelled(token, lexicon)


def _ascii_digit(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)


def _strongest(run: str) -> str:
    return max((sign for sign in run if sign in _PAUSES), key=_PAUSES.index)
