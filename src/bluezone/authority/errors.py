"""Errors of the health authority: one family, a stable code each, a sentence for the person who reads it.

AuthorityError
├── Refused                what a phone sent breaks a rule; carries the status of the answer
├── OnsetInvalid           a first day of illness that cannot be certified
├── SampleError            the laboratory's samples
│   ├── SampleIdInvalid    not a sample id
│   ├── SampleUnknown      no phone's code was stored with it
│   ├── SampleTaken        another phone's code was stored with it
│   ├── CommitmentTaken    this phone's code was stored with another sample
│   └── SampleCertified    its result was certified before
├── HomeError              the authority's folder
│   ├── HomeExists         there is already an authority in it
│   ├── HomeIncomplete     a file is missing or cannot be read
│   └── SettingsInvalid    authority.toml or an environment variable
├── KeyFileError           a key file cannot be read, or is not the key of the region file
│   └── NotEnoughSigners   fewer than two keys that sign batches
├── ConfigurationRefused   a change of the configuration that phones would refuse
├── BatchMissing           there is no batch of this number
├── BatchNotPending        the batch does not wait for the auditor
├── BatchOvertaken         what a new batch was made from changed meanwhile
├── AuditRefused           a key of the batch is not explained, or one is missing
├── AuditMemoryBroken      what the auditor signed before cannot be read or written
└── ObjectError            the published files
    ├── ObjectMissing      no such file is published
    └── ChainForked        the next number is already published: the database is an old copy

What the database says (`bluezone.database.errors`) comes through as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from bluezone.protocol.upload import AnswerStatus

_SHOWN = 20


class AuthorityError(Exception):
    """The health authority cannot do what it was asked to."""

    code: str = "authority"


class Refused(AuthorityError):
    """A request of a phone breaks a rule; `status` names it on the wire."""

    def __init__(self, status: AnswerStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = "refused-" + status.name.lower().replace("_", "-")


class OnsetInvalid(AuthorityError):
    """The first day of illness lies in the future or too far back."""

    code = "onset-invalid"


class SampleError(AuthorityError):
    """A sample of the laboratory cannot be used as asked."""

    code = "sample"


class SampleIdInvalid(SampleError):
    """The id of a sample is empty, too long or cannot be printed."""

    code = "sample-id-invalid"


class SampleUnknown(SampleError):
    """No phone's code is stored with this sample."""

    code = "sample-unknown"


class SampleTaken(SampleError):
    """Another phone's code is stored with this sample."""

    code = "sample-taken"


class CommitmentTaken(SampleError):
    """This phone's code is stored with another sample."""

    code = "sample-commitment-taken"


class SampleCertified(SampleError):
    """The result of this sample was already certified; that happens once."""

    code = "sample-certified"


class HomeError(AuthorityError):
    """Something is wrong with the folder of the authority."""

    code = "home"


class HomeExists(HomeError):
    """The folder already holds an authority; nothing is overwritten."""

    code = "home-exists"


class HomeIncomplete(HomeError):
    """A file of the authority is missing or unreadable."""

    code = "home-incomplete"


class SettingsInvalid(HomeError):
    """A setting is unknown or out of range."""

    code = "settings-invalid"


class KeyFileError(AuthorityError):
    """A key file cannot be used."""

    code = "key-file"


class NotEnoughSigners(KeyFileError):
    """Fewer than two of the keys that sign batches are here."""

    code = "not-enough-signers"


class ConfigurationRefused(AuthorityError):
    """A change of the configuration has an unknown name, or a value that phones would refuse."""

    code = "configuration-refused"


class BatchMissing(AuthorityError):
    """There is no batch of this number."""

    code = "batch-missing"


class BatchNotPending(AuthorityError):
    """The batch does not wait for the auditor; published files never change."""

    code = "batch-not-pending"


class BatchOvertaken(AuthorityError):
    """While a batch was being made, the database changed; the next try makes it from what holds then."""

    code = "batch-overtaken"


class AuditRefused(AuthorityError):
    """The auditor does not sign: a key of the batch is not explained, or one is missing."""

    code = "audit-refused"

    def __init__(self, seq: int, findings: Sequence[str]) -> None:
        more = f"\n  ... and {len(findings) - _SHOWN} more" if len(findings) > _SHOWN else ""
        shown = "".join(f"\n  {finding}" for finding in findings[:_SHOWN])
        super().__init__(f"batch {seq or '?'} is not to be signed:{shown}{more}")
        self.findings = tuple(findings)


class AuditMemoryBroken(AuthorityError):
    """The auditor's file of what was signed before cannot be read or written, so nothing is signed."""

    code = "audit-memory"


class ObjectError(AuthorityError):
    """Something is wrong with the published files."""

    code = "object"


class ObjectMissing(ObjectError):
    """No file of this name is published."""

    code = "object-missing"


class ChainForked(ObjectError):
    """The number of the next batch is already published: the database is older than the files."""

    code = "chain-forked"
