"""What the auditor signs: batches in which every key is explained, and from which none is missing.

A key is explained when it is filler of the batch's secret, or a slot of an accepted upload whose certificate
the health authority signed and whose commitment opens. Decides nothing that the service decides
differently: the rules of uploads are those of `publish`. Leaves files and signing to the callers; what it
cannot see is told in docs/security.md. Source: docs/protocol.md, section 6.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bluezone.authority.domain.batches import PublicKey, filler_key
from bluezone.authority.domain.publish import check_opening
from bluezone.authority.errors import AuditRefused, Refused
from bluezone.protocol.audit_bundle import AuditBundle, BundledBatch
from bluezone.protocol.batch import decode_body
from bluezone.protocol.certificate import CERTIFICATE_LIFE_S, Certificate, verify_certificate
from bluezone.protocol.diagnosis_key import leaf_of, over_at
from bluezone.protocol.errors import CertificateForged, ProtocolError, UploadError, WrongRegion
from bluezone.protocol.manifest import Manifest, check_body, decode_manifest
from bluezone.protocol.upload import PublishedSlot, decode_upload


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audited batch holds: numbers only, nothing that tells one key from another."""

    manifest: Manifest
    upload_count: int
    real_count: int
    filler_count: int


def audit(bundle: AuditBundle, *, region: int, certificate_key: Ed25519PublicKey) -> AuditReport:
    """Explains every key of a batch.

    Args:
        bundle: decoded; nothing in it is believed.
        region: the region's number, u16.
        certificate_key: of the region file.

    Raises:
        AuditRefused: with everything that was found; keys are named by a hash only.
    """
    manifest = _whole(bundle, region)
    findings: list[str] = []
    due = _due_keys(bundle.uploads, manifest.time, certificate_key, findings)
    keys, earlier = set(_keys_of(bundle.batch.body)), set[PublicKey]()
    for batch in bundle.earlier:
        earlier.update(_keys_of(batch.body))
    filler = {filler_key(bundle.secret, number) for number in range(len(keys))}
    unexplained = {key for key in keys - due if key[2] not in filler}
    findings += [
        f"key {_name(key)} is nobody's: neither filler nor of an accepted upload" for key in unexplained
    ]
    findings += [f"key {_name(key)} of an accepted upload is missing" for key in due - keys - earlier]
    findings += [f"key {_name(key)} was already in an earlier batch" for key in keys & earlier]
    if findings:
        raise AuditRefused(manifest.seq, sorted(findings))
    real = keys & due
    return AuditReport(manifest, len(bundle.uploads), len(real), len(keys) - len(real))


def check_memory(manifest: Manifest, signed: Mapping[int, bytes]) -> None:
    """That an auditor has signed no other batch of this number, and none that this one does not follow.

    Args:
        manifest: of a batch whose keys are explained.
        signed: number to head hash (32 bytes) of every batch that this auditor has signed.

    Raises:
        AuditRefused: phones would be shown two different lists.
    """
    head, before = signed.get(manifest.seq), signed.get(manifest.seq - 1)
    if head is not None and head != manifest.head().hash:
        raise AuditRefused(manifest.seq, ["another batch with this number was signed before"])
    if before is not None and before != manifest.previous:
        raise AuditRefused(manifest.seq, ["it does not follow the batch that was signed before it"])


def _whole(bundle: AuditBundle, region: int) -> Manifest:
    """The manifest, once all batches of the bundle are what they claim and form one chain."""
    try:
        manifests = [_manifest_of(batch, region) for batch in (*bundle.earlier, bundle.batch)]
    except ProtocolError as error:
        raise AuditRefused(0, [f"a batch of the bundle cannot be read: {error}"]) from None
    for before, after in itertools.pairwise(manifests):
        if after.seq != before.seq + 1 or after.previous != before.head().hash:
            raise AuditRefused(manifests[-1].seq, ["the earlier batches do not lead to this one"])
    return manifests[-1]


def _manifest_of(batch: BundledBatch, region: int) -> Manifest:
    manifest = decode_manifest(batch.manifest + b"\0").manifest
    if manifest.region != region:
        raise WrongRegion(f"batch {manifest.seq} is of region {manifest.region}, not {region}")
    check_body(manifest, batch.body)
    decode_body(batch.body)
    return manifest


def _due_keys(
    uploads: Sequence[bytes], time: int, certificate_key: Ed25519PublicKey, findings: list[str]
) -> set[PublicKey]:
    due: set[PublicKey] = set()
    commitments, teks = set[bytes](), set[bytes]()
    for number, data in enumerate(uploads, start=1):
        try:
            certificate, slots = _opened(data, time, certificate_key)
        except (ProtocolError, Refused) as error:
            findings.append(f"upload {number} of the bundle would not be accepted: {error}")
            continue
        new = {slot.tek for slot in slots}
        if certificate.commitment in commitments or len(new) < len(slots) or new & teks:
            findings.append(f"upload {number} of the bundle repeats a certificate or a key")
        commitments.add(certificate.commitment)
        teks |= new
        due |= {
            (slot.rolling_start, slot.period, slot.tek)
            for slot in slots
            if over_at(slot.rolling_start, slot.period) <= time
        }
    return due


def _opened(
    data: bytes, time: int, certificate_key: Ed25519PublicKey
) -> tuple[Certificate, Sequence[PublishedSlot]]:
    upload = decode_upload(data)
    if upload is None:
        raise UploadError("it is cover traffic, which has no keys")
    # When the upload came is not kept; that its certificate was signed before the batch must be so.
    certificate = verify_certificate(upload.certificate, certificate_key, 0)
    if certificate.expires_at - CERTIFICATE_LIFE_S > time:
        raise CertificateForged("its certificate was signed after the batch")
    return certificate, check_opening(upload, certificate)


def _keys_of(body: bytes) -> Iterator[PublicKey]:
    for section in decode_body(body):
        for tek in section.teks:
            yield section.rolling_start, section.rolling_period, tek


def _name(key: PublicKey) -> str:
    start, period, tek = key
    return hashlib.sha256(b"BZ1-AUDIT" + leaf_of(tek, start, period)).hexdigest()[:16]
