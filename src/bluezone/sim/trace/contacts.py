"""A trace of real contacts: people, steps of fixed length, and who was how near in each step.

Decides how a step maps to time and how gaps are kept: a sample holds for its step and for nothing
else, a step without a row is a step without a contact, nothing is ever interpolated. Reading files
is left to `load`, what a contact means to `bluezone.sim.truth`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

# A pause this long in the whole data set is a night: no time needs to be simulated there.
NIGHT_S = 3 * 3600

Neighbours = tuple[tuple[int, float], ...]


class Period(NamedTuple):
    """A stretch of time, seconds UTC: from `start` up to, not including, `end`."""

    start: int
    end: int


class Trace:
    """Who was how near to whom, step by step. People are station numbers 0..n-1.

    Args:
        source: name of the file, for messages.
        people: original ids; the index in this tuple is the station number.
        step_s: length of a step, seconds.
        epoch: seconds UTC at which step 0 begins.
        steps: step number to {(lower station, higher station): metres}, ascending by step.
    """

    __slots__ = ("_near", "epoch", "people", "source", "step_s", "steps")

    def __init__(
        self,
        source: str,
        people: tuple[int, ...],
        step_s: int,
        epoch: int,
        steps: Mapping[int, Mapping[tuple[int, int], float]],
    ) -> None:
        self.source = source
        self.people = people
        self.step_s = step_s
        self.epoch = epoch
        self.steps = steps
        self._near: dict[int, dict[int, Neighbours]] = {}

    @property
    def people_count(self) -> int:
        """Number of people, including those who meet nobody in some steps."""
        return len(self.people)

    @property
    def row_count(self) -> int:
        """Number of contacts over all steps, each pair once a step."""
        return sum(len(contacts) for contacts in self.steps.values())

    def station_of(self, original_id: int) -> int:
        """The station number of an original id.

        Raises:
            ValueError: the trace has no such person.
        """
        return self.people.index(original_id)

    def step_at(self, at: float) -> int:
        """The step that an instant (seconds UTC) lies in; it may have no contacts."""
        return int((at - self.epoch) // self.step_s)

    def step_start(self, step: int) -> int:
        """First second (UTC) of a step."""
        return self.epoch + step * self.step_s

    def contacts(self, step: int) -> Iterator[tuple[int, int, float]]:
        """The contacts of a step as (lower station, higher station, metres)."""
        for (a, b), metres in self.steps.get(step, {}).items():
            yield a, b, metres

    def near(self, person: int, at: float) -> Neighbours:
        """Everybody recorded beside a person at an instant (seconds UTC), as (station, metres)."""
        step = int((at - self.epoch) // self.step_s)
        neighbours = self._near.get(step)
        if neighbours is None:
            neighbours = self._index(step)
        return neighbours.get(person, ())

    def active_periods(self) -> tuple[Period, ...]:
        """The stretches in which the data set has data; pauses of three hours and more are left out."""
        periods: list[Period] = []
        for step in self.steps:
            start = self.step_start(step)
            if periods and start - periods[-1].end < NIGHT_S:
                periods[-1] = Period(periods[-1].start, start + self.step_s)
            else:
                periods.append(Period(start, start + self.step_s))
        return tuple(periods)

    def _index(self, step: int) -> dict[int, Neighbours]:
        contacts = self.steps.get(step)
        if contacts is None:
            # Not remembered: asking about empty time must not make the index grow.
            return {}
        lists: dict[int, list[tuple[int, float]]] = {}
        for (a, b), metres in contacts.items():
            lists.setdefault(a, []).append((b, metres))
            lists.setdefault(b, []).append((a, metres))
        index = {person: tuple(sorted(found)) for person, found in lists.items()}
        self._near[step] = index
        return index
