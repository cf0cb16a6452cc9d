"""Publish requests: every rule of the server, each with its own status.

Decides whether an upload is accepted; one bad key refuses the whole, and the first rule that fails is
the one that is named. Leaves the bytes to protocol/upload, and remembering to storage.
Source: docs/protocol.md, section 5.5.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bluezone.authority.errors import Refused
from bluezone.protocol.certificate import Certificate, verify_certificate
from bluezone.protocol.diagnosis_key import MAX_AGE_S, SETTLE_S, check_period
from bluezone.protocol.errors import CertificateError, CertificateExpired, KeyMaterialError
from bluezone.protocol.interval import INTERVAL_S, INTERVALS_PER_DAY
from bluezone.protocol.upload import AnswerStatus, PublishedSlot, Upload

DAYS_BEFORE_ONSET = 2


@dataclass(frozen=True, slots=True)
class AcceptedUpload:
    """What is remembered of an upload until its certificate expires; neither r nor a leaf is.

    Attributes:
        commitment: C, 32 bytes: its certificate is used up.
        upload_hash: SHA-256 of the 4096 bytes: the identical upload gets its first answer again.
        expires_at: seconds UTC, of the certificate.
    """

    commitment: bytes
    upload_hash: bytes
    expires_at: int


def upload_hash_of(data: bytes) -> bytes:
    """SHA-256, 32 bytes, of the 4096 bytes of an upload."""
    return hashlib.sha256(data).digest()


def open_certificate(data: bytes, key: Ed25519PublicKey, now: int) -> Certificate:
    """The certificate of an upload, signature and expiry checked.

    Raises:
        Refused: CERTIFICATE_FORGED or CERTIFICATE_EXPIRED.
    """
    try:
        return verify_certificate(data, key, now)
    except CertificateExpired as error:
        raise Refused(AnswerStatus.CERTIFICATE_EXPIRED, str(error)) from None
    except CertificateError as error:
        raise Refused(AnswerStatus.CERTIFICATE_FORGED, str(error)) from None


def is_repeat(earlier: AcceptedUpload | None, upload_hash: bytes) -> bool:
    """Whether the identical upload was accepted before and only its answer was lost.

    Raises:
        Refused: CERTIFICATE_USED, another upload was accepted with this certificate.
    """
    if earlier is None:
        return False
    if earlier.upload_hash != upload_hash:
        raise Refused(AnswerStatus.CERTIFICATE_USED, "this certificate was already used for another upload")
    return True


def check_upload(upload: Upload, certificate: Certificate, now: int) -> Sequence[PublishedSlot]:
    """Every rule that needs no memory, in the order of section 5.5; `check_opening` has the first half.

    Args:
        upload: decoded, with a certificate that was opened.
        certificate: what the health authority signed.
        now: seconds UTC.

    Returns:
        The keys that the owner publishes, at least one.

    Raises:
        Refused: the first rule that fails.
    """
    slots = check_opening(upload, certificate)
    latest_end = (now + SETTLE_S) // INTERVAL_S + 1
    if any(slot.rolling_start + slot.period > latest_end for slot in slots):
        raise Refused(AnswerStatus.KEY_IN_FUTURE, "a key has not ended; the running one must be closed first")
    if any(now > slot.rolling_start * INTERVAL_S + MAX_AGE_S for slot in slots):
        raise Refused(AnswerStatus.KEY_TOO_OLD, "a key is older than 21 days")
    return slots


def check_opening(upload: Upload, certificate: Certificate) -> Sequence[PublishedSlot]:
    """The rules that hold whenever one looks: the commitment opens, and its keys are well formed.

    Args:
        upload: decoded, with a certificate that was opened.
        certificate: what the health authority signed.

    Returns:
        The keys that the owner publishes, at least one.

    Raises:
        Refused: the first rule that fails.
    """
    if upload.commitment() != certificate.commitment:
        raise Refused(AnswerStatus.COMMITMENT_BROKEN, "these are not the keys that were certified")
    slots = upload.published()
    if not slots:
        raise Refused(AnswerStatus.NO_KEYS, "the upload publishes no key")
    _check_periods(slots)
    _check_order(slots)
    earliest = (certificate.onset_day - DAYS_BEFORE_ONSET) * INTERVALS_PER_DAY
    if any(slot.rolling_start < earliest for slot in slots):
        raise Refused(AnswerStatus.KEY_BEFORE_ONSET, "a key is more than two days older than the illness")
    return slots


def check_unseen(slots: Sequence[PublishedSlot], seen: Collection[bytes]) -> None:
    """That no key was ever published, nor stands twice in this upload.

    Args:
        slots: the keys of the upload.
        seen: those of their TEKs (16 bytes) that were published before.

    Raises:
        Refused: KEY_ALREADY_SEEN.
    """
    teks = {slot.tek for slot in slots}
    if seen or len(teks) < len(slots):
        raise Refused(AnswerStatus.KEY_ALREADY_SEEN, "a key of this upload was already published")


def _check_periods(slots: Sequence[PublishedSlot]) -> None:
    for slot in slots:
        try:
            check_period(slot.rolling_start, slot.committed_period)
            check_period(slot.rolling_start, slot.period)
        except KeyMaterialError as error:
            raise Refused(AnswerStatus.PERIOD_INVALID, str(error)) from None
        if slot.period > slot.committed_period:
            raise Refused(AnswerStatus.PERIOD_INVALID, "a key is published for longer than was committed")


def _check_order(slots: Sequence[PublishedSlot]) -> None:
    for earlier, later in itertools.pairwise(slots):
        if later.rolling_start < earlier.rolling_start + earlier.committed_period:
            raise Refused(AnswerStatus.KEYS_OVERLAP, "two keys of the upload overlap or are out of order")
