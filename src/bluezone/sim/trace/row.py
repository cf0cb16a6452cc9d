"""One row of a trace file and the checks that every format shares.

Decides what a number, a person and a place in a file are. What the columns mean is decided by the
module of each format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bluezone.sim.errors import TraceColumnError, TraceNumberError, TraceSelfContactError

# Longer numbers cannot be an id, a time or a distance; the limit also bounds the work of int().
_MAX_DIGITS = 12
_SHOWN_BYTES = 24


class Row(NamedTuple):
    """A contact as the file tells it, with original ids.

    Attributes:
        step: steps since the trace's epoch.
        person, other: original ids.
        metres: distance.
    """

    step: int
    person: int
    other: int
    metres: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which file a row stands: for messages."""

    source: str
    line: int


def split_columns(fields: list[bytes], names: tuple[str, ...], place: Place) -> list[bytes]:
    """Checks that a row has exactly the columns of its format.

    Raises:
        TraceColumnError: a column is missing or there are too many.
    """
    if len(fields) != len(names):
        raise TraceColumnError(
            f"found {len(fields)} columns, expected {len(names)}: {', '.join(names)}.",
            source=place.source,
            line=place.line,
        )
    return fields


def whole_number(field: bytes, name: str, place: Place) -> int:
    """Reads a whole number, ASCII digits with an optional minus.

    Raises:
        TraceNumberError: the field is anything else.
    """
    field = field.strip()
    digits = field[1:] if field.startswith(b"-") else field
    if not digits.isdigit() or len(digits) > _MAX_DIGITS:
        shown = field[:_SHOWN_BYTES].decode("ascii", "backslashreplace")
        raise TraceNumberError(
            f'the column "{name}" must be a whole number, found "{shown}".',
            source=place.source,
            line=place.line,
        )
    return int(field)


def person_pair(first: bytes, second: bytes, place: Place) -> tuple[int, int]:
    """Reads the ids of the two people of a contact, the lower first.

    Raises:
        TraceNumberError: an id is not a whole number of zero or more.
        TraceSelfContactError: both are the same person.
    """
    a = whole_number(first, "first person", place)
    b = whole_number(second, "second person", place)
    if min(a, b) < 0:
        raise TraceNumberError(
            f"a person's id must be zero or more, found {min(a, b)}.", source=place.source, line=place.line
        )
    if a == b:
        raise TraceSelfContactError(
            f"person {a} is recorded near himself or herself; a contact needs two people.",
            source=place.source,
            line=place.line,
        )
    return (a, b) if a < b else (b, a)
