"""Errors of the phone, each with a stable code and a sentence for its owner or for who looks after it.

PhoneError
├── StoreError
│   ├── StoreUnreadable    the device key is missing or does not open the store
│   ├── StoreTooNew        written by a later version
│   ├── StoreInUse         another process works on this home directory
│   ├── StoreUnwritable    its disk takes nothing more
│   └── UploadPending      an earlier upload is not answered yet
├── ServerError
│   ├── ServerUnreachable  no answer
│   └── UnexpectedAnswer   an answer that the protocol does not know
├── DiagnosisError         the owner's publishing was refused
├── PlaceSourceError       no such source of positions
├── ProximityModelError    the file of coefficients is not one
└── RecordingRefused       a recording for a calibration cannot be believed
"""

from __future__ import annotations

from typing import ClassVar


class PhoneError(Exception):
    """Something on this phone, or between it and its authority, went wrong."""

    code: ClassVar[str] = "phone"


class StoreError(PhoneError):
    """The encrypted store cannot be used."""

    code = "store"


class StoreUnreadable(StoreError):
    """The device key is missing or does not open the store."""

    code = "store-unreadable"


class StoreTooNew(StoreError):
    """The store was written by a later version of Bluezone."""

    code = "store-too-new"


class StoreInUse(StoreError):
    """Another Bluezone process works on this home directory."""

    code = "store-in-use"


class StoreUnwritable(StoreError):
    """The disk under this phone's home directory takes nothing more, or cannot be read."""

    code = "store-unwritable"


class UploadPending(StoreError):
    """An upload was prepared while an earlier one is not answered yet: its keys would be lost."""

    code = "upload-pending"


class ServerError(PhoneError):
    """The health authority's service did not help."""

    code = "server"


class ServerUnreachable(ServerError):
    """The health authority's service cannot be reached."""

    code = "server-unreachable"


class UnexpectedAnswer(ServerError):
    """The health authority's service answered with something that the protocol does not know."""

    code = "server-unexpected-answer"


class DiagnosisError(PhoneError):
    """The health authority refused the code or the keys."""

    code = "diagnosis-refused"


class PlaceSourceError(PhoneError):
    """The source of positions is not one that Bluezone knows."""

    code = "place-source-unknown"


class ProximityModelError(PhoneError):
    """The file of proximity coefficients is damaged or made for another version."""

    code = "proximity-model"


class RecordingRefused(PhoneError):
    """A recording for a calibration is not one, or cannot be believed."""

    code = "recording-refused"
