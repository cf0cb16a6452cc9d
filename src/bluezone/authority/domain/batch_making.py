"""A new batch from what the database holds, and a kept one again, byte by byte.

Everything here takes its time (a second for a hundred thousand keys) and needs no database: it is done in a
thread, outside of a transaction, so that nobody's request waits for it. Leaves which sections there are to
`batch_plan`, the keys in them to `batches`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.authority.domain.batch_plan import KeyPeriods, Mixing, decode_plan, encode_plan, plan_batch
from bluezone.authority.domain.batches import PublicKey, assemble, count_places
from bluezone.authority.errors import ObjectError
from bluezone.protocol.batch import encode_body
from bluezone.protocol.interval import INTERVAL_S
from bluezone.protocol.manifest import Head, SignedManifest, decode_manifest, next_manifest, sign_manifest


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """What a new batch is built with.

    Attributes:
        region: u16.
        time: seconds UTC.
        mixing: how much filler.
        filler_secret: 32 random bytes, for the filler of this batch only.
        signers: private keys of at least two roles; none for a batch that waits for the auditor.
    """

    region: int
    time: int
    mixing: Mixing
    filler_secret: bytes
    signers: Sequence[Ed25519PrivateKey]


@dataclass(frozen=True, slots=True)
class Basis:
    """What one look at the database found for a new batch.

    Attributes:
        head: the newest manifest of the chain; None before the first.
        periods: lengths of key windows.
        keys: the real keys that are due.
    """

    head: Head | None
    periods: KeyPeriods
    keys: Sequence[PublicKey]

    @property
    def next_seq(self) -> int:
        """The number of the batch that follows."""
        return self.head.seq + 1 if self.head else 1


@dataclass(frozen=True, slots=True)
class MadeBatch:
    """A new batch that the database does not know yet: nothing of it may leave the process before."""

    order: BatchOrder
    basis: Basis
    plan: bytes
    signed: SignedManifest
    body: bytes


@dataclass(frozen=True, slots=True)
class KeptBatch:
    """What is kept of a batch: the file of its manifest, and its plan, secret and keys that make the body."""

    manifest: bytes
    plan: bytes
    filler_secret: bytes
    keys: Sequence[PublicKey]

    def signed(self) -> SignedManifest:
        """The manifest, decoded."""
        return decode_manifest(self.manifest)

    def body(self) -> bytes:
        """The body, byte by byte as it was first made.

        Raises:
            ObjectError: the database no longer explains the signed hash.
        """
        body = encode_body(assemble(self.keys, decode_plan(self.plan), self.filler_secret))
        manifest = self.signed().manifest
        if hashlib.sha256(body).digest() != manifest.body_hash:
            raise ObjectError(
                f"batch {manifest.seq} cannot be made again: its keys are not those that were signed"
            )
        return body


def make_batch(order: BatchOrder, basis: Basis) -> MadeBatch:
    """Plans, assembles and signs the next batch.

    Raises:
        TimeWentBack: the clock stands before the newest batch.
    """
    plan = plan_batch(
        count_places(basis.keys),
        time=order.time,
        previous=basis.head.time if basis.head else None,
        periods=basis.periods,
        mixing=order.mixing,
        secret=order.filler_secret,
    )
    body = encode_body(assemble(basis.keys, plan, order.filler_secret))
    manifest = next_manifest(
        basis.head,
        region=order.region,
        time=order.time,
        tek_period=basis.periods.at(order.time // INTERVAL_S),
        body=body,
    )
    return MadeBatch(order, basis, encode_plan(plan), sign_manifest(manifest, list(order.signers)), body)
