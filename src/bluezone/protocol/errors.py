"""Errors of the protocol: one family, a stable code each, a sentence for the person who reads it.

ProtocolError
├── KeyMaterialError             a key, period or interval that cannot exist
├── AdvertisementError           bytes from the air
│   ├── NotBluezone              another product's advertisement: normal, ignored
│   └── MalformedAdvertisement   claims to be ours and is not well formed
├── PlaceError                   a position outside the earth's coordinates
├── CodeError                    a verification code that was mistyped
├── SwabTextError                the text of a phone's QR code at the swab
├── CertificateError
│   ├── CertificateMalformed, CertificateForged, CertificateExpired
├── UploadError                  a publish request that is not 4096 well formed bytes
├── RedemptionError              a redemption request or an answer
├── BatchError
│   ├── BatchBodyError           the list of diagnosis keys
│   ├── AuditBundleError         what the auditor is given of a batch
│   ├── ManifestMalformed, SignatureForeign, TooFewSigners, WrongRegion, SequenceGap, PreviousMismatch,
│   │   TimeWentBack, BodyMismatch, SplitView
│   └── IndexMalformed           the index of batches
├── ConfigurationError           the signed configuration
│   ├── ConfigurationMalformed, ConfigurationWrongRegion, ConfigurationTooFewSigners,
│   │   ConfigurationOld, ConfigurationExpired
├── SignedTimeError              an answer of the time service
└── RegionFileError              region.toml
"""

from __future__ import annotations

from typing import ClassVar


class ProtocolError(Exception):
    """Something from outside does not follow the protocol."""

    code: ClassVar[str] = "protocol"


class KeyMaterialError(ProtocolError):
    """A key, a rolling period or an interval lies outside what the protocol allows."""

    code = "key-material"


class AdvertisementError(ProtocolError):
    """Bytes from the air that are not a Bluezone advertisement."""

    code = "advertisement"


class NotBluezone(AdvertisementError):
    """The advertisement carries no service data of this region's service UUID."""

    code = "advertisement-not-ours"


class MalformedAdvertisement(AdvertisementError):
    """The advertisement claims our service UUID, but its bytes are not well formed."""

    code = "advertisement-malformed"


class PlaceError(ProtocolError):
    """A position that does not exist on the earth."""

    code = "place"


class CodeError(ProtocolError):
    """The verification code was mistyped: it does not have 14 digits, or its check digit is wrong."""

    code = "code-mistyped"


class SwabTextError(ProtocolError):
    """What was scanned at the swab is not the code that a phone shows there."""

    code = "swab-text"


class CertificateError(ProtocolError):
    """The certificate cannot be used."""

    code = "certificate"


class CertificateMalformed(CertificateError):
    """The certificate is not 109 bytes of the expected form."""

    code = "certificate-malformed"


class CertificateForged(CertificateError):
    """The certificate was not signed by this region's health authority."""

    code = "certificate-forged"


class CertificateExpired(CertificateError):
    """The certificate's 24 hours are over: ask the health authority for a new code."""

    code = "certificate-expired"


class UploadError(ProtocolError):
    """A publish request that is not 4096 well formed bytes."""

    code = "upload-malformed"


class RedemptionError(ProtocolError):
    """A redemption request or its answer is not well formed."""

    code = "redemption-malformed"


class BatchError(ProtocolError):
    """A batch of diagnosis keys cannot be used."""

    code = "batch"


class BatchBodyError(BatchError):
    """The list of diagnosis keys is not well formed."""

    code = "batch-body-malformed"


class ManifestMalformed(BatchError):
    """The manifest of a batch is not well formed."""

    code = "manifest-malformed"


class SignatureForeign(BatchError):
    """A signature that was handed over is not one of this batch by this role."""

    code = "manifest-signature-foreign"


class AuditBundleError(BatchError):
    """What the auditor was given of a batch is not well formed."""

    code = "audit-bundle"


class TooFewSigners(BatchError):
    """Fewer than two of the three signing roles signed the manifest."""

    code = "manifest-too-few-signers"


class WrongRegion(BatchError):
    """The batch belongs to another region."""

    code = "manifest-wrong-region"


class SequenceGap(BatchError):
    """The batch is not the next one of the chain."""

    code = "manifest-sequence"


class PreviousMismatch(BatchError):
    """The batch does not continue the chain that this phone has followed."""

    code = "manifest-previous"


class TimeWentBack(BatchError):
    """The batch claims to be older than the one before it."""

    code = "manifest-time-back"


class BodyMismatch(BatchError):
    """The list of keys is not the one that was signed."""

    code = "batch-body-mismatch"


class SplitView(BatchError):
    """Two different signed manifests carry one number: somebody shows different lists to different people."""

    code = "manifest-split-view"


class IndexMalformed(BatchError):
    """The index of batches is not well formed."""

    code = "batch-index-malformed"


class ConfigurationError(ProtocolError):
    """A configuration of the region cannot be used; the one before stays in force."""

    code = "configuration"


class ConfigurationMalformed(ConfigurationError):
    """The configuration is not well formed, or a number in it cannot be."""

    code = "configuration-malformed"


class ConfigurationWrongRegion(ConfigurationError):
    """The configuration belongs to another region."""

    code = "configuration-wrong-region"


class ConfigurationTooFewSigners(ConfigurationError):
    """Fewer than two of the three configuration keys signed it."""

    code = "configuration-too-few-signers"


class ConfigurationOld(ConfigurationError):
    """The configuration is older than the one that is in force."""

    code = "configuration-old"


class ConfigurationExpired(ConfigurationError):
    """The configuration's time is over."""

    code = "configuration-expired"


class SignedTimeError(ProtocolError):
    """The answer of the time service cannot be trusted."""

    code = "signed-time"


class RegionFileError(ProtocolError):
    """The region file is incomplete or contradicts itself."""

    code = "region-file"
