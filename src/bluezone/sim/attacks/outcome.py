"""What an attack is, what it is given, and what comes out of it.

Decides nothing about any attack; the list of all of them is in `catalogue`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bluezone.phone.chance import RandomBytes


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and how large an attack is run.

    Attributes:
        folder: empty; stores and copies go there.
        seed: decides every draw.
        victim_count: phones that are attacked at once.
        full: the long form; the quick one draws fewer samples where a count is not normative.
    """

    folder: Path
    seed: int = 1
    victim_count: int = 200
    full: bool = False

    def dice(self, name: str) -> random.Random:
        """A source of repeatable draws for one part of an attack."""
        # People who do not exist need no secrets, but the same attack again when the seed is the same.
        return random.Random(f"{self.seed}/{name}")  # noqa: S311

    def random_bytes(self, name: str) -> RandomBytes:
        """The same as bytes, the way a phone or an authority draws them."""
        return self.dice(name).randbytes

    def choose(self, quick: int, full: int) -> int:
        """A size that differs between the two forms."""
        return full if self.full else quick


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attack achieved.

    Attributes:
        passed: the condition of section 11 holds.
        measured: the figures behind it, one sentence.
        count: false alerts among the victims, or the attack's own count of successes.
        victim_count: phones attacked; None where the attack is not one on phones.
        short_replay, two_hours: the same count for the two baselines; None where none makes sense.
    """

    passed: bool
    measured: str
    count: int = 0
    victim_count: int | None = None
    short_replay: int | None = None
    two_hours: int | None = None


Perform = Callable[[Setting], Outcome]


@dataclass(frozen=True, slots=True)
class Attack:
    """One line of section 11: number 1..40, the attack in plain words, and `module.function` that runs it."""

    number: int
    words: str
    place: str

    @property
    def name(self) -> str:
        """The name by which everybody cites it, such as `T-03`."""
        return f"T-{self.number:02d}"
