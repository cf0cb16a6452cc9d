"""Verification codes: who may get one, and what a phone gets for it.

Decides which onset days can be certified, how long a code lives, and that it belongs to the first
commitment presented with it. Leaves keeping codes to storage, counting guesses to `callers`.
Source: docs/protocol.md, sections 5.2 and 5.4.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.authority.errors import OnsetInvalid, Refused
from bluezone.protocol.certificate import CERTIFICATE_LIFE_S, Certificate, sign_certificate
from bluezone.protocol.interval import DAY_S
from bluezone.protocol.upload import AnswerStatus

CODE_LIFE_S = DAY_S
# A key older than 21 days is of no use to anybody, so an older onset changes nothing (section 8, R2).
MAX_ONSET_AGE_DAYS = 21


@dataclass(frozen=True, slots=True)
class Binding:
    """What a code was used for: the first commitment presented (32 bytes), the certificate given (109)."""

    commitment: bytes
    certificate: bytes


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code as the authority remembers it: by its hash, so that a copy of the database opens nothing.

    Attributes:
        code_hash: 32 bytes.
        onset_day: first day of illness, days from 1970-01-01 to the local civil date.
        expires_at: seconds UTC.
        binding: None until a phone presents the code.
    """

    code_hash: bytes
    onset_day: int
    expires_at: int
    binding: Binding | None = None


def code_hash_of(code: bytes) -> bytes:
    """What is kept of a code (8 bytes): 32 bytes."""
    return hashlib.sha256(b"BZ1-CODE-KEPT" + code).digest()


def check_onset(onset_day: int, today: int) -> None:
    """That a first day of illness can be certified.

    Args:
        onset_day: days from 1970-01-01 to the local civil date.
        today: the region's civil date, in the same count.

    Raises:
        OnsetInvalid: a day in the future, or more than 21 days ago.
    """
    if onset_day > today:
        raise OnsetInvalid("the first day of illness cannot lie in the future")
    if onset_day < today - MAX_ONSET_AGE_DAYS:
        raise OnsetInvalid(f"the first day of illness is more than {MAX_ONSET_AGE_DAYS} days ago")


def issue(code: bytes, *, onset_day: int, today: int, now: int, life_s: int = CODE_LIFE_S) -> IssuedCode:
    """Makes a code valid.

    Args:
        code: 8 random bytes.
        onset_day: first day of illness, days from 1970-01-01 to the local civil date.
        today: the region's civil date, in the same count.
        now: seconds UTC.
        life_s: seconds that the code can be redeemed.

    Raises:
        OnsetInvalid: a day in the future, or more than 21 days ago.
    """
    check_onset(onset_day, today)
    return IssuedCode(code_hash_of(code), onset_day, now + life_s)


def redeem(issued: IssuedCode | None, commitment: bytes, *, now: int, key: Ed25519PrivateKey) -> Binding:
    """Gives a certificate for a code, the same one however often the same phone asks.

    Args:
        issued: what is known of the code; None when there is no such code.
        commitment: C, 32 bytes, of the phone that asks.
        now: seconds UTC.
        key: the region's certificate key.

    Returns:
        The code's binding: the one it had, or a new one to keep.

    Raises:
        Refused: unknown, expired, or bound to another commitment.
    """
    if issued is None:
        raise Refused(AnswerStatus.CODE_UNKNOWN, "this code was never issued")
    if now >= issued.expires_at:
        raise Refused(AnswerStatus.CODE_EXPIRED, "this code is no longer valid; ask for a new one")
    if issued.binding is not None:
        if issued.binding.commitment != commitment:
            raise Refused(AnswerStatus.CODE_USED, "this code was already used by another phone")
        return issued.binding
    certificate = Certificate(commitment, issued.onset_day, now + CERTIFICATE_LIFE_S)
    return Binding(commitment, sign_certificate(certificate, key))
