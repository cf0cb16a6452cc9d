"""The certificate: the health authority's signature on one set of keys. No identity is in it.

Decides its 109 bytes and what makes it valid. Leaves who may get one to authority/domain.
Source: docs/protocol.md, section 5.4.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bluezone.protocol.errors import CertificateExpired, CertificateForged, CertificateMalformed
from bluezone.protocol.interval import DAY_S

CERTIFICATE_LENGTH = 109
CERTIFICATE_LIFE_S = DAY_S
COMMITMENT_HASH_LENGTH = 32
_MAGIC = b"BZ1-TOK"
_FORM = struct.Struct("<7s32sHI")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the health authority signed.

    Attributes:
        commitment: C, 32 bytes.
        onset_day: first day of illness, days from 1970-01-01 to the local civil date, u16.
        expires_at: seconds UTC, u32; 24 hours after signing.
    """

    commitment: bytes
    onset_day: int
    expires_at: int

    def signed_bytes(self) -> bytes:
        """The 45 bytes that the signature covers."""
        return _FORM.pack(_MAGIC, self.commitment, self.onset_day, self.expires_at)


def sign_certificate(certificate: Certificate, key: Ed25519PrivateKey) -> bytes:
    """The 109 bytes that a phone sends along with its keys."""
    content = certificate.signed_bytes()
    return content + key.sign(content)


def verify_certificate(data: bytes, key: Ed25519PublicKey, now: float) -> Certificate:
    """Checks form, signature and age, in this order.

    Args:
        data: 109 bytes.
        key: the region's certificate key.
        now: seconds UTC.

    Raises:
        CertificateMalformed, CertificateForged, CertificateExpired.
    """
    if len(data) != CERTIFICATE_LENGTH or data[:7] != _MAGIC:
        raise CertificateMalformed(f"a certificate has {CERTIFICATE_LENGTH} bytes and begins with {_MAGIC!r}")
    content, signature = data[: _FORM.size], data[_FORM.size :]
    try:
        key.verify(signature, content)
    except InvalidSignature:
        raise CertificateForged("this region's health authority did not sign this certificate") from None
    _, commitment, onset_day, expires_at = _FORM.unpack(content)
    if now >= expires_at:
        raise CertificateExpired("the certificate has expired; ask the health authority for a new code")
    return Certificate(commitment, onset_day, expires_at)
