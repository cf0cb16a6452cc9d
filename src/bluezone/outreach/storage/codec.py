"""Values of outreach as JSON text, and back, with the exact fractions that rates and targets are made of."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def encode(value: Any) -> str:
    """A value as JSON."""
    return msgspec.json.encode(value, enc_hook=_plain).decode()


def decode(text: str, kind: type[T]) -> T:
    """The value of a JSON text that `encode` wrote; fields that came later have their defaults."""
    return msgspec.json.decode(text, type=kind, dec_hook=_made)


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(type(value).__name__)


def _made(kind: type[Any], value: Any) -> Any:
    if kind is Fraction:
        return Fraction(value)
    raise TypeError(kind.__name__)
