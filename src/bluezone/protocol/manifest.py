"""The signed header of a batch, and the chain that the headers form.

Decides the 87 bytes, whose signatures count, and which manifest may follow which. Leaves fetching,
and keeping the head, to phone and authority. Source: docs/protocol.md, section 6.
"""

from __future__ import annotations

import hashlib
import itertools
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bluezone.protocol.batch import MAX_BODY_LENGTH
from bluezone.protocol.errors import (
    BodyMismatch,
    ManifestMalformed,
    PreviousMismatch,
    SequenceGap,
    SignatureForeign,
    SplitView,
    TimeWentBack,
    TooFewSigners,
    WrongRegion,
)
from bluezone.protocol.interval import DEFAULT_WINDOW, MAX_U32, SURGE_WINDOW

MANIFEST_LENGTH = 87
HASH_LENGTH = 32
KEY_ID_LENGTH = 8
SIGNATURE_LENGTH = 64
REQUIRED_SIGNERS = 2
MAX_SIGNATURES = 16
MAX_FILE_LENGTH = MANIFEST_LENGTH + 1 + MAX_SIGNATURES * (KEY_ID_LENGTH + SIGNATURE_LENGTH)
_MAGIC = b"BZB1"
_FORM = struct.Struct("<4sHIQB32s32sI")
_NO_PREVIOUS = bytes(HASH_LENGTH)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The signed header of one batch.

    Attributes:
        region: u16 (84 for Vietnam).
        seq: 1, 2, 3 ... u32.
        time: seconds UTC, u64.
        tek_period: 24 intervals, or 144 in surge mode.
        previous: SHA-256 of the previous manifest's 87 bytes, 32 bytes; zero for seq 1.
        body_hash: SHA-256 of the body, 32 bytes.
        body_length: bytes, u32.
    """

    region: int
    seq: int
    time: int
    tek_period: int
    previous: bytes
    body_hash: bytes
    body_length: int

    def encode(self) -> bytes:
        """The 87 bytes that the signatures cover."""
        return _FORM.pack(
            _MAGIC,
            self.region,
            self.seq,
            self.time,
            self.tek_period,
            self.previous,
            self.body_hash,
            self.body_length,
        )

    def head(self) -> Head:
        """What a phone remembers of a manifest that it has accepted."""
        return Head(self.seq, self.time, hashlib.sha256(self.encode()).digest())


@dataclass(frozen=True, slots=True)
class Head:
    """The last manifest that was accepted: seq, time (seconds UTC), SHA-256 of its 87 bytes (32 bytes)."""

    seq: int
    time: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """A manifest with its signatures: key id (8 bytes) to Ed25519 signature (64 bytes)."""

    manifest: Manifest
    signatures: tuple[tuple[bytes, bytes], ...]

    def encode(self) -> bytes:
        """The bytes of the `.manifest` file."""
        pairs = b"".join(key_id + signature for key_id, signature in self.signatures)
        return self.manifest.encode() + bytes([len(self.signatures)]) + pairs


def key_id_of(key: Ed25519PublicKey) -> bytes:
    """The first 8 bytes of the SHA-256 of a public key."""
    return hashlib.sha256(key.public_bytes_raw()).digest()[:KEY_ID_LENGTH]


def sign_manifest(manifest: Manifest, keys: list[Ed25519PrivateKey]) -> SignedManifest:
    """Signs with each key; signatures come in ascending order of key id."""
    content = manifest.encode()
    pairs = sorted((key_id_of(key.public_key()), key.sign(content)) for key in keys)
    return SignedManifest(manifest, tuple(pairs))


def sign_alone(manifest: Manifest, key: Ed25519PrivateKey) -> bytes:
    """One signature as it travels by itself, 72 bytes: key_id[8] || signature[64]."""
    return key_id_of(key.public_key()) + key.sign(manifest.encode())


def check_signature(manifest: Manifest, data: bytes, key: Ed25519PublicKey) -> None:
    """That a signature which travelled by itself is one of this manifest by this key.

    Args:
        manifest: what was to be signed.
        data: 72 bytes, from `sign_alone`.
        key: of the role that was to sign.

    Raises:
        SignatureForeign: another length, key or manifest.
    """
    if len(data) != KEY_ID_LENGTH + SIGNATURE_LENGTH or data[:KEY_ID_LENGTH] != key_id_of(key):
        raise SignatureForeign("this is not a signature by the key that was expected")
    try:
        key.verify(data[KEY_ID_LENGTH:], manifest.encode())
    except InvalidSignature:
        raise SignatureForeign(f"this is not a signature of batch {manifest.seq}") from None


def add_signatures(signed: SignedManifest, signatures: Sequence[bytes]) -> SignedManifest:
    """A manifest with more signatures (72 bytes each), in ascending order of key id.

    Raises:
        ManifestMalformed: one key twice.
    """
    split = [(data[:KEY_ID_LENGTH], data[KEY_ID_LENGTH:]) for data in signatures]
    whole = SignedManifest(signed.manifest, tuple(sorted([*signed.signatures, *split])))
    decode_manifest(whole.encode())  # One rule for both directions.
    return whole


def decode_manifest(data: bytes) -> SignedManifest:
    """Takes a `.manifest` file apart; nothing is verified yet.

    Raises:
        ManifestMalformed: wrong lengths, unknown magic, or signatures out of order or repeated.
    """
    if not MANIFEST_LENGTH + 1 <= len(data) <= MAX_FILE_LENGTH or data[:4] != _MAGIC:
        raise ManifestMalformed("this is not the manifest of a batch")
    count, pair_length = data[MANIFEST_LENGTH], KEY_ID_LENGTH + SIGNATURE_LENGTH
    if len(data) != MANIFEST_LENGTH + 1 + count * pair_length:
        raise ManifestMalformed(f"the manifest's length does not fit its {count} signatures")
    starts = range(MANIFEST_LENGTH + 1, len(data), pair_length)
    pairs = tuple(
        (data[at : at + KEY_ID_LENGTH], data[at + KEY_ID_LENGTH : at + pair_length]) for at in starts
    )
    if any(first[0] >= second[0] for first, second in itertools.pairwise(pairs)):
        raise ManifestMalformed("signatures are repeated or not in ascending order of key id")
    _, region, seq, time, tek_period, previous, body_hash, length = _FORM.unpack(data[:MANIFEST_LENGTH])
    if seq == 0 or tek_period not in (DEFAULT_WINDOW, SURGE_WINDOW) or length > MAX_BODY_LENGTH:
        raise ManifestMalformed("the manifest has a number, key period or length that cannot be")
    if (seq == 1) != (previous == _NO_PREVIOUS):
        raise ManifestMalformed("only the first manifest has no predecessor")
    manifest = Manifest(region, seq, time, tek_period, previous, body_hash, length)
    return SignedManifest(manifest, pairs)


def verify_signatures(signed: SignedManifest, roles: Mapping[str, Ed25519PublicKey]) -> frozenset[str]:
    """Who signed.

    Args:
        signed: as decoded.
        roles: name of each signing role to its public key, from the region file.

    Returns:
        The roles whose signature is right, at least two of them.

    Raises:
        TooFewSigners: fewer than two. Unknown key ids are ignored.
    """
    by_id = {key_id_of(key): (role, key) for role, key in roles.items()}
    content, good = signed.manifest.encode(), set()
    for key_id, signature in signed.signatures:
        if key_id not in by_id:
            continue
        role, key = by_id[key_id]
        try:
            key.verify(signature, content)
        except InvalidSignature:
            continue
        good.add(role)
    if len(good) < REQUIRED_SIGNERS:
        raise TooFewSigners(
            f"batch {signed.manifest.seq}: {len(good)} of the {REQUIRED_SIGNERS} signatures needed"
        )
    return frozenset(good)


def check_successor(manifest: Manifest, region: int, head: Head | None, first: int) -> None:
    """Whether a verified manifest may follow the head of the chain.

    Args:
        manifest: the next one.
        region: this phone's region number.
        head: the last accepted manifest; None before the first.
        first: the oldest seq that the index still offers, for a phone that was away for long.

    Raises:
        WrongRegion, SplitView, SequenceGap, PreviousMismatch, TimeWentBack.
    """
    if manifest.region != region:
        raise WrongRegion(f"batch {manifest.seq} is of region {manifest.region}, this phone is of {region}")
    if head is None:
        return
    if manifest.seq == head.seq and manifest.head().hash != head.hash:
        raise SplitView(f"two different batches carry the number {head.seq}")
    if manifest.time < head.time:
        raise TimeWentBack(f"batch {manifest.seq} is older than batch {head.seq}")
    if manifest.seq == head.seq + 1:
        if manifest.previous != head.hash:
            raise PreviousMismatch(f"batch {manifest.seq} does not continue batch {head.seq}")
    elif not (manifest.seq == first and first > head.seq + 1):
        raise SequenceGap(f"batch {manifest.seq} does not follow batch {head.seq}")


def check_body(manifest: Manifest, body: bytes) -> None:
    """Whether a body is the one that was signed.

    Raises:
        BodyMismatch: another length or hash.
    """
    if len(body) != manifest.body_length or hashlib.sha256(body).digest() != manifest.body_hash:
        raise BodyMismatch(f"the keys of batch {manifest.seq} are not those that were signed")


def next_manifest(head: Head | None, *, region: int, time: int, tek_period: int, body: bytes) -> Manifest:
    """The manifest that continues a chain with one more body.

    Raises:
        TimeWentBack: `time` (seconds UTC) lies before the head's.
    """
    if head is not None and time < head.time:
        raise TimeWentBack(f"a batch after number {head.seq} cannot be older than it")
    seq = head.seq + 1 if head else 1
    if seq > MAX_U32:
        raise ManifestMalformed("the chain has no number left")
    previous = head.hash if head else _NO_PREVIOUS
    return Manifest(region, seq, time, tek_period, previous, hashlib.sha256(body).digest(), len(body))
