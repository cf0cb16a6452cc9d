"""The lists of respelled words, units and letter names, read once from `lexicon.toml`.

Decides how a list becomes one pattern: longest entry first, whole words only. What is done with a word
that was found is left to the readers of each language.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's lists; keys are in lower case.

    Attributes:
        words: written word to spoken syllables.
        abbreviations: the same for words that end in a full stop.
        units: what follows a number, such as % or km.
        letters: letter to its name.
        domains: parts of a web address that are spelled.
        address_signs: signs inside a web address.
        symbols: single signs elsewhere.
    """

    words: Mapping[str, str]
    abbreviations: Mapping[str, str]
    units: Mapping[str, str]
    letters: Mapping[str, str]
    domains: Mapping[str, str]
    address_signs: Mapping[str, str]
    symbols: Mapping[str, str]


@cache
def lexicon_of(language: str) -> Lexicon:
    """The lists of `vi` or `en`."""
    text = files("bluezone.outreach.kit.voice").joinpath("lexicon.toml").read_text(encoding="utf-8")
    return Lexicon(**tomllib.loads(text)[language])


def any_of(entries: Iterable[str]) -> str:
    """A pattern for any of these texts; the longest is tried first, so that km/h is not read as km."""
    return "|".join(re.escape(entry) for entry in sorted(entries, key=lambda entry: (-len(entry), entry)))
