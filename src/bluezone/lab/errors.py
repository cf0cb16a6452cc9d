"""Errors of the lab, each with a stable code and a sentence for who brings a recording.

LabError
├── RecordingsMissing   a file or folder that the protocol needs is not there
├── RecordingMalformed  a file is not what its format says; names the line where there are lines
└── TooFewCases         what is left is too little to train or to judge on
"""

from __future__ import annotations

from typing import ClassVar


class LabError(Exception):
    """A recording cannot be used."""

    code: ClassVar[str] = "lab"


class RecordingsMissing(LabError):
    """A file or a folder of recordings is not there."""

    code = "recordings-missing"


class RecordingMalformed(LabError):
    """A file is not what its format says."""

    code = "recording-malformed"


class TooFewCases(LabError):
    """What is left after cleaning is too little to train or to judge on."""

    code = "recording-too-few-cases"
