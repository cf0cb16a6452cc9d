"""Samples of the laboratory: which commitment a swab carries, and what a positive result certifies.

Decides that a sample has one commitment and a commitment one sample, that a result is certified once,
and that what is certified is the commitment of the swab and no other: whoever learns a result cannot
sell it, because the keys were chosen before. Leaves keeping to storage. Source: docs/protocol.md, 5.3.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.authority.domain.codes import check_onset
from bluezone.authority.errors import (
    CommitmentTaken,
    Refused,
    SampleCertified,
    SampleIdInvalid,
    SampleTaken,
    SampleUnknown,
)
from bluezone.protocol.certificate import CERTIFICATE_LIFE_S, Certificate, sign_certificate
from bluezone.protocol.interval import DAY_S
from bluezone.protocol.upload import AnswerStatus

# The phone keeps its salt and leaves for 21 days (section 5.1): later nothing could be opened.
SAMPLE_LIFE_S = 21 * DAY_S
MAX_SAMPLE_ID = 64
SAMPLE_SECRET_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample as the authority remembers it.

    Attributes:
        sample_hash: 32 bytes, keyed: ids of samples are short, a plain hash could be tried out.
        forget_at: seconds UTC, a midnight, so that it does not tell the hour of the swab.
        commitment: C, 32 bytes; None once its certificate has expired.
        onset_day: days from 1970-01-01 to the local civil date; None until the result is positive.
        certificate: 109 bytes; None until the phone asks for it.
        expires_at: seconds UTC, of the certificate.
    """

    sample_hash: bytes
    forget_at: int
    commitment: bytes | None
    onset_day: int | None = None
    certificate: bytes | None = None
    expires_at: int | None = None


def sample_hash_of(sample_id: str, secret: bytes) -> bytes:
    """What is kept of a laboratory's sample id: 32 bytes.

    Args:
        sample_id: as on the tube; spaces around it do not count.
        secret: 32 bytes, the authority's own.

    Raises:
        SampleIdInvalid: empty, over 64 characters, or with characters that cannot be printed.
    """
    text = sample_id.strip()
    if not 1 <= len(text) <= MAX_SAMPLE_ID or not text.isprintable():
        raise SampleIdInvalid(f"a sample id has 1 to {MAX_SAMPLE_ID} printable characters")
    return hmac.digest(secret, b"BZ1-SAMPLE" + text.encode(), hashlib.sha256)


def add(
    known: Sample | None, holder: Sample | None, sample_hash: bytes, commitment: bytes, now: int
) -> Sample:
    """Stores a commitment with a sample; the same pair again changes nothing.

    Args:
        known: what is remembered of this sample.
        holder: the sample that has this commitment.
        sample_hash: 32 bytes.
        commitment: C, 32 bytes, as the phone showed it at the swab.
        now: seconds UTC.

    Raises:
        SampleTaken: another commitment was stored with this sample.
        CommitmentTaken: this commitment was stored with another sample.
    """
    if known is not None:
        if known.commitment != commitment:
            raise SampleTaken("another phone's code was already stored with this sample; it stays")
        return known
    if holder is not None:
        raise CommitmentTaken(
            "this phone's code was stored with another sample; let the phone show a new one"
        )
    midnight = (now + SAMPLE_LIFE_S) // DAY_S * DAY_S + DAY_S
    return Sample(sample_hash, midnight, commitment)


def certify(known: Sample | None, *, onset_day: int, today: int) -> Sample:
    """Notes a positive result, once.

    Args:
        known: what is remembered of this sample.
        onset_day: first day of illness, days from 1970-01-01 to the local civil date.
        today: the region's civil date, in the same count.

    Raises:
        SampleUnknown: no phone's code was stored with it.
        SampleCertified: it was certified before.
        OnsetInvalid: a day in the future, or more than 21 days ago.
    """
    if known is None:
        raise SampleUnknown("no phone's code is stored with this sample; issue a verification code instead")
    if known.onset_day is not None:
        raise SampleCertified("this sample's result was already certified")
    check_onset(onset_day, today)
    return replace(known, onset_day=onset_day)


def redeem(holder: Sample | None, commitment: bytes, *, now: int, key: Ed25519PrivateKey) -> Sample:
    """Gives the certificate of a commitment, the same one however often it is asked for.

    It is signed when it is first asked for, so that its 24 hours begin with the owner's consent.

    Args:
        holder: the sample that has this commitment.
        commitment: C, 32 bytes.
        now: seconds UTC.
        key: the region's certificate key.

    Raises:
        Refused: no positive sample with this commitment, or its 24 hours are over.
    """
    if holder is None or holder.onset_day is None:
        raise Refused(AnswerStatus.SAMPLE_UNKNOWN, "no sample with these keys was certified")
    if holder.expires_at is not None:
        if now >= holder.expires_at:
            raise Refused(
                AnswerStatus.CERTIFICATE_EXPIRED, "the 24 hours of this sample's certificate are over"
            )
        return holder
    expires_at = now + CERTIFICATE_LIFE_S
    signed = sign_certificate(Certificate(commitment, holder.onset_day, expires_at), key)
    return replace(holder, certificate=signed, expires_at=expires_at)
