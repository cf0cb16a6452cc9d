"""What a film says and shows, read from the kit's texts; plain values for timeline and stills.

Decides how long each of the four films is and which part of that belongs to the closing card.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Scene:
    """One still with what is said over it.

    Attributes:
        kind: of the layout: picture, phone, step, people or note.
        title: large.
        note: below it; may be empty.
        screen: which screen a telephone shows; empty without one.
        step: number of a step; empty without one.
        lines: spoken one after the other, one subtitle each.
    """

    kind: str
    title: str
    note: str
    screen: str
    step: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Length:
    """How long a film is.

    Attributes:
        total_s: of the whole; None where it follows from what is said.
        closing_s: of the closing card.
        shortest_s: at least this.
        longest_s: at most this.
    """

    total_s: float | None
    closing_s: float
    shortest_s: float
    longest_s: float


@dataclass(frozen=True, slots=True)
class Script:
    """One film in one language for one unit.

    Attributes:
        item: id of the item.
        scenes: the same for all units.
        closing: lines over the unit's closing card.
        length: of the film.
    """

    item: str
    scenes: tuple[Scene, ...]
    closing: tuple[str, ...]
    length: Length


LENGTHS = {
    "video-8": Length(8.0, 3.2, 8.0, 8.0),
    "video-15": Length(15.0, 5.6, 15.0, 15.0),
    "video-30": Length(30.0, 8.0, 30.0, 30.0),
    "video-install": Length(None, 7.0, 60.0, 90.0),
}
LENGTH_TOLERANCE_S = 0.1


def script_of(item: str, words: Mapping[str, Any]) -> Script:
    """The script of a film.

    Args:
        item: its id.
        words: all words of the language, with the unit's facts filled in.
    """
    media = words["media"][item]
    scenes = tuple(
        Scene(
            kind=one["kind"],
            title=one["title"],
            note=one.get("note", ""),
            screen=one.get("screen", ""),
            step=one.get("step", ""),
            lines=tuple(one["lines"]),
        )
        for one in media["scenes"]
    )
    return Script(item, scenes, tuple(media["closing"]["lines"]), LENGTHS[item])
