"""The story that the demo tells, step by step; where it is follows from what has happened.

Decides which step is the current one, whoever made it happen: the "next" button or the presenter by
hand. Pure; carrying a step out is the presenter's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# At 09:10 all contacts of the scenario's case are over.
READY_AFTER_S = 9600


class Step(StrEnum):
    """The steps in their order."""

    WATCH = "watch"
    CONFIRM = "confirm"
    SHARE = "share"
    WAIT = "wait"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the story depends on.

    Attributes:
        elapsed_s: simulated seconds since the start.
        has_code: somebody was confirmed.
        is_sending: a phone is about to send.
        has_published: a phone has published.
        is_complete: everybody who had to be warned is, or it is too late for it.
    """

    elapsed_s: float
    has_code: bool
    is_sending: bool
    has_published: bool
    is_complete: bool


def current_step(facts: Facts) -> Step:
    """Where the story is."""
    if facts.has_published:
        return Step.RESULT if facts.is_complete else Step.WAIT
    if facts.is_sending:
        return Step.WAIT
    if facts.has_code:
        return Step.SHARE
    return Step.WATCH if facts.elapsed_s < READY_AFTER_S else Step.CONFIRM
