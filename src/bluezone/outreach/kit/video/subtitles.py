"""Subtitles as text: rows that can be read in time, and SubRip files for players that show their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bluezone.outreach.kit.video.frame import FPS
from bluezone.outreach.kit.video.timeline import Cue

LONGEST_ROW = 38
MOST_ROWS = 2
# What a slow reader can follow; broadcasters ask for 15 to 20.
MOST_SIGNS_PER_S = 22
_BLOCK = re.compile(
    r"(?P<number>\d{1,5})\n(?P<begin>\d\d:\d\d:\d\d,\d{3}) --> (?P<end>\d\d:\d\d:\d\d,\d{3})\n"
    r"(?P<text>[^\n]+(?:\n[^\n]+)*)\n*"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A subtitle read back from a file: text on one row, seconds."""

    text: str
    begin_s: float
    end_s: float


def rows(text: str) -> list[str]:
    """A sentence in as few rows as fit, about equally long; a telephone number is never broken."""
    if len(text) <= LONGEST_ROW:
        return [text]
    words = text.split(" ")
    splits = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    fitting = [pair for pair in splits if max(map(len, pair)) <= LONGEST_ROW]
    if fitting:
        first, second = min(fitting, key=_unevenness)
        return [first, second]
    starts = [pair for pair in splits if len(pair[0]) <= LONGEST_ROW]
    if not starts:
        return [text] if not splits else [splits[0][0], *rows(splits[0][1])]
    return [starts[-1][0], *rows(starts[-1][1])]


def _unevenness(pair: tuple[str, str]) -> int:
    # A break after a comma or a full stop reads better than the most even one.
    return abs(len(pair[0]) - len(pair[1])) - (14 if pair[0].endswith((",", ".", ":")) else 0)


def subrip(cues: Iterable[Cue]) -> str:
    """A SubRip file."""
    blocks = (
        f"{number}\n{_stamp(cue.begin)} --> {_stamp(cue.end)}\n" + "\n".join(rows(cue.text)) + "\n"
        for number, cue in enumerate(cues, 1)
    )
    return "\n".join(blocks)


def parse_subrip(text: str) -> list[Shown]:
    """Reads a SubRip file back.

    Raises:
        ValueError: it is none.
    """
    found = list(_BLOCK.finditer(text))
    if not found or "".join(block[0] for block in found) != text:
        raise ValueError("not a SubRip file")
    return [
        Shown(" ".join(block["text"].split("\n")), _seconds(block["begin"]), _seconds(block["end"]))
        for block in found
    ]


def faults(shown: Sequence[Shown]) -> Iterator[str]:
    """What a reader would stumble over."""
    for number, one in enumerate(shown, 1):
        lasts = one.end_s - one.begin_s
        if lasts <= 0 or len(one.text) / lasts > MOST_SIGNS_PER_S:
            yield f"subtitle {number} stands {lasts:.1f} s, too short for {len(one.text)} signs"
        if len(rows(one.text)) > MOST_ROWS:
            yield f"subtitle {number} needs more than {MOST_ROWS} rows"
    for number, (one, following) in enumerate(pairwise(shown), 1):
        if one.end_s > following.begin_s + 0.001:
            yield f"subtitles {number} and {number + 1} overlap"


def _stamp(frame: int) -> str:
    seconds, milliseconds = divmod(round(frame * 1000 / FPS), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{milliseconds:03}"


def _seconds(stamp: str) -> float:
    hours, minutes, rest = stamp.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest.replace(",", "."))
