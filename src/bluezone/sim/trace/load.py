"""From a file of real contacts to a `Trace`.

Decides the limits of a trace, that time never goes back, which of two rows for one pair and step
counts (the nearer), and the station numbers (the sorted original ids). What a row means is left to
the module of its format, opening files to `lines`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from bluezone.sim.errors import (
    TraceEmptyError,
    TraceFormatError,
    TraceTooManyPeopleError,
    TraceTooManyRowsError,
    TraceUnsortedError,
)
from bluezone.sim.trace import haslemere, sociopatterns
from bluezone.sim.trace.contacts import Trace
from bluezone.sim.trace.lines import MAX_BYTES, read_lines
from bluezone.sim.trace.row import Place, Row

TraceFormat = Literal["haslemere", "sociopatterns"]

_OriginalSteps = dict[int, dict[tuple[int, int], float]]


@dataclass(frozen=True, slots=True)
class TraceLimits:
    """How large a trace may be: unpacked bytes, rows and people."""

    bytes: int = MAX_BYTES
    rows: int = 1_000_000
    people: int = 10_000


@dataclass(frozen=True, slots=True)
class _Format:
    step_s: int
    epoch: int
    read_row: Callable[[bytes, Place], Row]


_FORMATS: Final[dict[str, _Format]] = {
    "haslemere": _Format(haslemere.STEP_S, haslemere.EPOCH, haslemere.read_row),
    "sociopatterns": _Format(sociopatterns.STEP_S, sociopatterns.EPOCH, sociopatterns.read_row),
}
TRACE_FORMATS: Final[tuple[str, ...]] = tuple(_FORMATS)

_DEFAULT_LIMITS = TraceLimits()
_NEVER_MIN = 10**12


def load_trace(
    path: Path,
    format: TraceFormat,
    limits: TraceLimits = _DEFAULT_LIMITS,
    minutes: tuple[int, int] | None = None,
) -> Trace:
    """Reads a file of real contacts.

    Args:
        path: plain text, gzip, or a zip with exactly one member.
        format: which data set's rows the file holds.
        limits: how large the trace may be.
        minutes: keep only what begins from the first up to, not including, the second minute after the
            trace's epoch, and who is in it.

    Returns:
        The trace; nothing of a file that has an error anywhere.

    Raises:
        TraceError: one of its kinds, naming the file and the line.
    """
    reading = _FORMATS.get(format)
    if reading is None:
        known = ", ".join(TRACE_FORMATS)
        raise TraceFormatError(f'the format "{format}" is unknown; known are {known}.', source=path.name)
    first, end = (one * 60 for one in minutes or (0, _NEVER_MIN))
    steps = {
        step: contacts
        for step, contacts in _read(path, reading, limits).items()
        if first <= step * reading.step_s < end
    }
    if not steps:
        raise TraceEmptyError("the file holds no contact in that time.", source=path.name)
    ids = {person for contacts in steps.values() for pair in contacts for person in pair}
    people = tuple(sorted(ids))
    station = {original: number for number, original in enumerate(people)}
    # Stations keep the order of the ids, so the lower id of a pair stays the lower station.
    numbered = {
        step: {(station[a], station[b]): metres for (a, b), metres in contacts.items()}
        for step, contacts in steps.items()
    }
    return Trace(path.name, people, reading.step_s, reading.epoch, numbered)


def _read(path: Path, reading: _Format, limits: TraceLimits) -> _OriginalSteps:
    steps: _OriginalSteps = {}
    people: set[int] = set()
    last_step = -1
    source = path.name
    for rows, (line, text) in enumerate(read_lines(path, limits.bytes), start=1):
        if rows > limits.rows:
            reason = f"a trace may have {limits.rows} rows, this one has more."
            raise TraceTooManyRowsError(reason, source=source, line=line)
        row = reading.read_row(text, Place(source, line))
        if row.step < last_step:
            reason = "the rows must be sorted by time, but this one is earlier than the row before it."
            raise TraceUnsortedError(reason, source=source, line=line)
        last_step = row.step
        people.add(row.person)
        people.add(row.other)
        if len(people) > limits.people:
            reason = f"a trace may name {limits.people} people, this one names more."
            raise TraceTooManyPeopleError(reason, source=source, line=line)
        contacts = steps.setdefault(row.step, {})
        pair = (row.person, row.other)
        contacts[pair] = min(row.metres, contacts.get(pair, row.metres))
    return steps
