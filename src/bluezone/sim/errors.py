"""Errors of the simulator: one family, a stable code each, a sentence for the person who reads it.

SimError
├── TraceError                     a file of real contacts cannot be used; knows the file and the line
│   ├── TraceUnreadableError       no such file, or it may not be read
│   ├── TraceFormatError           a format name that nobody knows
│   ├── TraceArchiveError          named .gz or .zip and not one, damaged, or several files in one zip
│   ├── TraceEmptyError            no contact in the whole file
│   ├── TraceTooLargeError         too many bytes, or one endless line
│   ├── TraceTooManyRowsError
│   ├── TraceTooManyPeopleError
│   ├── TraceColumnError           a column is missing or too many
│   ├── TraceNumberError           not a whole number
│   ├── TraceTimeError             a step that the format does not have
│   ├── TraceUnsortedError         time goes back
│   ├── TraceNegativeDistanceError
│   ├── TraceDistanceError         farther than the format records
│   └── TraceSelfContactError      somebody near himself
├── WorldError                     an itinerary that nobody can walk
├── AirError                       numbers that no air has
├── ScenarioError                  a scenario that cannot be made as asked
├── PhoneOffError                  something was asked of a phone that is switched off
└── TooManyPhonesError             more phones than this machine can open files for
"""

from __future__ import annotations

from typing import ClassVar


class SimError(Exception):
    """Something the simulator was given cannot be used."""

    code: ClassVar[str] = "sim"


class TraceError(SimError):
    """A file of real contacts cannot be used.

    Args:
        reason: what is wrong, a sentence without the place.
        source: name of the file.
        line: line number from 1, or None where the whole file is meant.
    """

    code = "trace"

    def __init__(self, reason: str, *, source: str, line: int | None = None) -> None:
        place = source if line is None else f"{source}, line {line}"
        super().__init__(f"{place}: {reason}")
        self.source = source
        self.line = line


class TraceUnreadableError(TraceError):
    """The file does not exist or may not be read."""

    code = "trace-unreadable"


class TraceFormatError(TraceError):
    """The format's name is unknown."""

    code = "trace-format-unknown"


class TraceArchiveError(TraceError):
    """The file is named .gz or .zip and is not one, is damaged, or holds not exactly one file."""

    code = "trace-archive"


class TraceEmptyError(TraceError):
    """The file holds no contact."""

    code = "trace-empty"


class TraceTooLargeError(TraceError):
    """The unpacked file, or one line of it, is larger than a trace may be."""

    code = "trace-too-large"


class TraceTooManyRowsError(TraceError):
    """The file has more rows than a trace may have."""

    code = "trace-too-many-rows"


class TraceTooManyPeopleError(TraceError):
    """The file names more people than a trace may have."""

    code = "trace-too-many-people"


class TraceColumnError(TraceError):
    """A row has not the columns of its format."""

    code = "trace-column-missing"


class TraceNumberError(TraceError):
    """A column that must be a whole number is none."""

    code = "trace-not-a-number"


class TraceTimeError(TraceError):
    """A time that the format does not have."""

    code = "trace-time-out-of-range"


class TraceUnsortedError(TraceError):
    """A row is earlier than the row before it."""

    code = "trace-unsorted"


class TraceNegativeDistanceError(TraceError):
    """A distance below zero."""

    code = "trace-distance-negative"


class TraceDistanceError(TraceError):
    """A distance beyond what the format records."""

    code = "trace-distance-too-large"


class TraceSelfContactError(TraceError):
    """A person is said to be near himself."""

    code = "trace-self-contact"


class WorldError(SimError):
    """An itinerary that nobody can walk, or a person who does not exist."""

    code = "world"


class AirError(SimError):
    """Numbers of an air model that no air has."""

    code = "air"


class ScenarioError(SimError):
    """A scenario cannot be made with these numbers."""

    code = "scenario"


class PhoneOffError(SimError):
    """The phone that was asked is switched off."""

    code = "phone-off"


class TooManyPhonesError(SimError):
    """More phones than this machine can open files for."""

    code = "too-many-phones"
