"""Redemption (48 bytes), publish request (4096 bytes) and their answer (128 bytes).

Decides the bytes only; sizes are constant so that cover traffic looks like the real thing. Whether
keys are accepted is authority/domain/publish. Source: docs/protocol.md, sections 5.5 and 5.7.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntEnum

from bluezone.protocol.certificate import CERTIFICATE_LENGTH
from bluezone.protocol.diagnosis_key import LEAF_COUNT, LEAF_LENGTH, SALT_LENGTH, commitment_of, leaf_of
from bluezone.protocol.errors import ProtocolError, RedemptionError, UploadError
from bluezone.protocol.verification_code import CODE_LENGTH

UPLOAD_LENGTH = 4096
REDEMPTION_LENGTH = 48
ANSWER_LENGTH = 128
_MAGIC = b"BZ1-UPL"
_COVER_MAGIC = b"BZ1-FAK"
_REDEEM_MAGIC = b"BZ1-RED"
_SLOT_LENGTH = 33
_KEY_SLOT = struct.Struct("<BIBB16s10s")
_SLOTS_AT = len(_MAGIC) + CERTIFICATE_LENGTH + SALT_LENGTH
_SLOTS_END = _SLOTS_AT + LEAF_COUNT * _SLOT_LENGTH


@dataclass(frozen=True, slots=True)
class WithheldSlot:
    """A key that its owner does not publish, or that never was: only its leaf (32 bytes)."""

    leaf: bytes

    def encode(self) -> bytes:
        """The 33 bytes of the slot."""
        return b"\x00" + self.leaf


@dataclass(frozen=True, slots=True)
class PublishedSlot:
    """A key that its owner publishes.

    Attributes:
        rolling_start: u32.
        committed_period: the period in the commitment, u8.
        period: the period published, at most the committed one, u8.
        tek: 16 bytes; no longer secret once this slot is sent.
    """

    rolling_start: int
    committed_period: int
    period: int
    tek: bytes = field(repr=False)  # Until it is sent, a log line with it would be a leak.

    @property
    def leaf(self) -> bytes:
        """The 32-byte leaf that the commitment holds for this key."""
        return leaf_of(self.tek, self.rolling_start, self.committed_period)

    def encode(self) -> bytes:
        """The 33 bytes of the slot."""
        return _KEY_SLOT.pack(1, self.rolling_start, self.committed_period, self.period, self.tek, bytes(10))


Slot = WithheldSlot | PublishedSlot


@dataclass(frozen=True, slots=True)
class Upload:
    """A publish request: certificate (109 bytes), salt r (16 bytes) and exactly 120 slots."""

    certificate: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    slots: tuple[Slot, ...]

    def commitment(self) -> bytes:
        """C, 32 bytes, as the slots open it."""
        return commitment_of(self.salt, [slot.leaf for slot in self.slots])

    def published(self) -> list[PublishedSlot]:
        """The keys that the owner publishes, in the order of the slots."""
        return [slot for slot in self.slots if isinstance(slot, PublishedSlot)]

    def encode(self) -> bytes:
        """The 4096 bytes.

        Raises:
            UploadError: not 120 slots, or a field of another length.
        """
        if len(self.slots) != LEAF_COUNT:
            raise UploadError(f"an upload has {LEAF_COUNT} slots, not {len(self.slots)}")
        head = _exact(_MAGIC + self.certificate + self.salt, _SLOTS_AT, UploadError)
        slots = [_exact(slot.encode(), _SLOT_LENGTH, UploadError) for slot in self.slots]
        return b"".join([head, *slots, bytes(4)])


def encode_cover_upload(noise: bytes) -> bytes:
    """A fake upload of 4096 bytes, from 4089 random ones."""
    return _exact(_COVER_MAGIC + noise, UPLOAD_LENGTH, UploadError)


def decode_upload(data: bytes) -> Upload | None:
    """Takes a publish request apart.

    Returns:
        The upload, or None for cover traffic, which is answered and thrown away.

    Raises:
        UploadError: not 4096 bytes, an unknown slot kind, or padding that is not zero.
    """
    if len(data) != UPLOAD_LENGTH:
        raise UploadError(f"an upload has {UPLOAD_LENGTH} bytes, not {len(data)}")
    if data[:7] == _COVER_MAGIC:
        return None
    if data[:7] != _MAGIC or any(data[_SLOTS_END:]):
        raise UploadError("this is not an upload of protocol version 1")
    slots = tuple(
        _decode_slot(data[at : at + _SLOT_LENGTH]) for at in range(_SLOTS_AT, _SLOTS_END, _SLOT_LENGTH)
    )
    certificate = data[7 : 7 + CERTIFICATE_LENGTH]
    return Upload(certificate, data[_SLOTS_AT - SALT_LENGTH : _SLOTS_AT], slots)


def _decode_slot(slot: bytes) -> Slot:
    if slot[0] == 0:
        return WithheldSlot(slot[1 : 1 + LEAF_LENGTH])
    kind, start, committed, period, tek, padding = _KEY_SLOT.unpack(slot)
    if kind != 1 or any(padding):
        raise UploadError("a slot is neither a leaf nor a key")
    return PublishedSlot(start, committed, period, tek)


class RedemptionMode(IntEnum):
    """How a diagnosis is tied to keys: not at all (cover), by a code, or by the swab."""

    COVER = 0
    CODE = 1
    SWAB = 2


@dataclass(frozen=True, slots=True)
class Redemption:
    """A request for a certificate: mode, code (8 bytes, zero in swab mode), commitment (32 bytes)."""

    mode: RedemptionMode
    code: bytes = field(repr=False)
    commitment: bytes

    def encode(self) -> bytes:
        """The 48 bytes."""
        return _exact(_REDEEM_MAGIC + bytes([self.mode]) + self.code + self.commitment, REDEMPTION_LENGTH)


def decode_redemption(data: bytes) -> Redemption:
    """Takes a redemption request apart.

    Raises:
        RedemptionError: not 48 bytes, an unknown mode, or a swab request that carries a code.
    """
    if len(data) != REDEMPTION_LENGTH or data[:7] != _REDEEM_MAGIC:
        raise RedemptionError(f"a redemption has {REDEMPTION_LENGTH} bytes and begins with {_REDEEM_MAGIC!r}")
    if data[7] not in tuple(RedemptionMode):
        raise RedemptionError(f"redemption mode {data[7]} does not exist")
    mode, code = RedemptionMode(data[7]), data[8 : 8 + CODE_LENGTH]
    if mode is RedemptionMode.SWAB and any(code):
        raise RedemptionError("a swab redemption carries no code")
    return Redemption(mode, code, data[8 + CODE_LENGTH :])


class AnswerStatus(IntEnum):
    """Why a redemption or an upload was refused; 0 is good. Stable on the wire."""

    GOOD = 0
    MALFORMED = 1
    CODE_UNKNOWN = 2
    CODE_EXPIRED = 3
    CODE_USED = 4
    TOO_MANY_GUESSES = 5
    SAMPLE_UNKNOWN = 6
    CERTIFICATE_FORGED = 10
    CERTIFICATE_EXPIRED = 11
    CERTIFICATE_USED = 12
    COMMITMENT_BROKEN = 13
    PERIOD_INVALID = 14
    KEYS_OVERLAP = 15
    KEY_BEFORE_ONSET = 16
    KEY_IN_FUTURE = 17
    KEY_TOO_OLD = 18
    KEY_ALREADY_SEEN = 19
    NO_KEYS = 20
    UNAVAILABLE = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to both requests: a status and, for a redemption that succeeded, 109 bytes."""

    status: AnswerStatus
    certificate: bytes = bytes(CERTIFICATE_LENGTH)

    def encode(self) -> bytes:
        """The 128 bytes."""
        return _exact(bytes([self.status]) + self.certificate + bytes(18), ANSWER_LENGTH)


def decode_answer(data: bytes) -> Answer:
    """Takes an answer of 128 bytes apart.

    Raises:
        RedemptionError: wrong length, unknown status, or padding that is not zero.
    """
    if len(data) != ANSWER_LENGTH or any(data[1 + CERTIFICATE_LENGTH :]):
        raise RedemptionError(f"an answer has {ANSWER_LENGTH} bytes, not {len(data)}")
    if data[0] not in tuple(AnswerStatus):
        raise RedemptionError(f"answer status {data[0]} does not exist")
    return Answer(AnswerStatus(data[0]), data[1 : 1 + CERTIFICATE_LENGTH])


def _exact(data: bytes, length: int, error: type[ProtocolError] = RedemptionError) -> bytes:
    if len(data) != length:
        raise error(f"built {len(data)} bytes where {length} were due")
    return data
