"""What the auditor is given of one batch: manifest, body, filler secret, accepted uploads, earlier batches.

Decides the file between the operator and the auditor, and its limits. It holds which keys came together:
it goes to the auditor only and is deleted after use. Leaves judging to authority/domain/audit.
Source: docs/protocol.md, section 6.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from bluezone.protocol.batch import MAX_BODY_LENGTH
from bluezone.protocol.errors import AuditBundleError
from bluezone.protocol.manifest import MANIFEST_LENGTH
from bluezone.protocol.upload import UPLOAD_LENGTH

BUNDLE_FORMAT = "bz1-audit-1"
FILLER_SECRET_LENGTH = 32
MAX_BUNDLE_LENGTH = 8 * MAX_BODY_LENGTH
_MAX_UPLOADS = 1_000_000
_MAX_EARLIER = 1000

_Upload = Annotated[bytes, msgspec.Meta(min_length=UPLOAD_LENGTH, max_length=UPLOAD_LENGTH)]
_Manifest = Annotated[bytes, msgspec.Meta(min_length=MANIFEST_LENGTH, max_length=MANIFEST_LENGTH)]
_Body = Annotated[bytes, msgspec.Meta(max_length=MAX_BODY_LENGTH)]
_Secret = Annotated[bytes, msgspec.Meta(min_length=FILLER_SECRET_LENGTH, max_length=FILLER_SECRET_LENGTH)]


class BundledBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A batch: the 87 bytes of its manifest, and its body."""

    manifest: _Manifest
    body: _Body


class AuditBundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that explains one batch.

    Attributes:
        format: `bz1-audit-1`.
        batch: the one to be signed.
        secret: s, 32 bytes: makes its filler.
        uploads: of 4096 bytes each: every accepted one that has a key in this batch.
        earlier: the batches before this one that hold other keys of these uploads, without a gap.
    """

    format: str
    batch: BundledBatch
    secret: _Secret
    uploads: Annotated[tuple[_Upload, ...], msgspec.Meta(max_length=_MAX_UPLOADS)]
    earlier: Annotated[tuple[BundledBatch, ...], msgspec.Meta(max_length=_MAX_EARLIER)]

    def __repr__(self) -> str:
        return f"AuditBundle({len(self.uploads)} uploads)"

    def encode(self) -> bytes:
        """The JSON document, bytes in base 64."""
        return msgspec.json.encode(self)


def decode_bundle(data: bytes) -> AuditBundle:
    """Takes a bundle apart; nothing in it is believed yet.

    Raises:
        AuditBundleError: too long, not JSON of the known format, or a part of another length.
    """
    if len(data) > MAX_BUNDLE_LENGTH:
        raise AuditBundleError(f"a bundle has at most {MAX_BUNDLE_LENGTH} bytes, not {len(data)}")
    try:
        bundle = msgspec.json.decode(data, type=AuditBundle)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise AuditBundleError(f"the bundle is not well formed: {error}") from None
    if bundle.format != BUNDLE_FORMAT:
        raise AuditBundleError(f"the bundle is not of format {BUNDLE_FORMAT}")
    return bundle
