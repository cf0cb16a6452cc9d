"""Finding a commune by its name, typed with or without the signs of Vietnamese.

Decides when a name fits what somebody typed, and the order of names in a list.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol, TypeVar

MAX_TYPED = 100
# "đ" is a letter of its own, not a "d" with a sign that could be taken off.
_D_WITH_STROKE = str.maketrans("đĐ", "dD")


class Named(Protocol):
    """Something with a name."""

    @property
    def name(self) -> str:
        """For people."""


T = TypeVar("T", bound=Named)


@lru_cache(maxsize=50_000)
def without_signs(text: str) -> str:
    """The text in small plain letters, one space between words: "Đắk  Nông" becomes "dak nong"."""
    apart = unicodedata.normalize("NFD", text.translate(_D_WITH_STROKE))
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())


def find(units: Iterable[T], typed: str) -> list[T]:
    """Those whose name holds every typed word, by name; all of them when nothing was typed."""
    words = without_signs(typed[:MAX_TYPED]).split()
    found = [unit for unit in units if all(word in without_signs(unit.name) for word in words)]
    return sorted(found, key=lambda unit: (without_signs(unit.name), unit.name))
