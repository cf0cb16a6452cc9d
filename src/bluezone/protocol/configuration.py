"""The signed configuration: risk rules and key windows, changed for a whole region without a new program.

Decides its bytes, who must have signed it, and when a phone takes it: never an older version, never after
its time. Leaves fetching, keeping the version and applying it to the phone, writing to the authority.

    "BZ1-CNF"[7] | length u16 | JSON[length] | n u8 | n x (key_id[8] | signature[64])

Signed over everything before n, by two of the three configuration keys; those keys sign nothing else.
Source: docs/protocol.md, section 6 (signatures, tek_period); the shape follows The Update Framework.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bluezone.protocol.errors import (
    ConfigurationExpired,
    ConfigurationMalformed,
    ConfigurationOld,
    ConfigurationTooFewSigners,
    ConfigurationWrongRegion,
)
from bluezone.protocol.interval import DAY_S, INTERVAL_S, INTERVALS_PER_DAY, MAX_U32
from bluezone.protocol.manifest import (
    KEY_ID_LENGTH,
    MAX_SIGNATURES,
    REQUIRED_SIGNERS,
    SIGNATURE_LENGTH,
    key_id_of,
)
from bluezone.protocol.region import Region

CONFIGURATION_FORMAT = "bz1-configuration-1"
CONFIGURATION_ADDRESS = "/v1/configuration"
MAX_CONTENT_LENGTH = 2048
MAX_LIFE_S = 366 * DAY_S
# Keys may be drawn for the running window and 18 after it, 76 hours at most (section 5.1); a phone that gets
# the configuration within 20 hours has then drawn none beyond the switch.
SWITCH_NOTICE_S = 96 * 3600
_MAGIC = b"BZ1-CNF"
_HEAD = struct.Struct("<7sH")
_PAIR_LENGTH = KEY_ID_LENGTH + SIGNATURE_LENGTH
MAX_CONFIGURATION_LENGTH = _HEAD.size + MAX_CONTENT_LENGTH + 1 + MAX_SIGNATURES * _PAIR_LENGTH

_Seconds = Annotated[int, msgspec.Meta(ge=0, le=2**40)]


class RiskNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The numbers of the risk rule; what they mean is told in phone/risk.

    Attributes:
        near_level_db: dB.
        alert_s, span_s, rhythm_s: seconds.
        longest_half_gap: share of the rhythm.
    """

    near_level_db: Annotated[float, msgspec.Meta(ge=-60, le=20)] = -5.0
    alert_s: Annotated[float, msgspec.Meta(ge=60, le=DAY_S)] = 900.0
    span_s: Annotated[float, msgspec.Meta(ge=600, le=14 * DAY_S)] = 86_400.0
    rhythm_s: Annotated[float, msgspec.Meta(ge=10, le=3600)] = 60.0
    longest_half_gap: Annotated[float, msgspec.Meta(ge=0.1, le=10)] = 2 / 3


class SensingNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How nearness is judged; what it means is told in phone/risk and phone/exposure.

    Attributes:
        rule: `level` counts scans at `near_level_db` or nearer; `window` counts ten-minute windows by the
            probability that they were within 2 m.
        near_probability: a window counts from this probability on.
        intercept_db: added to every level of this deployment, measured with two of its phones, dB.
    """

    rule: Literal["level", "window"] = "level"
    near_probability: Annotated[float, msgspec.Meta(ge=0.01, le=0.99)] = 0.5
    intercept_db: Annotated[float, msgspec.Meta(ge=-30, le=30)] = 0.0


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is in force in a region.

    Attributes:
        format: `bz1-configuration-1`.
        region: u16.
        version: 1, 2, 3 ...; never goes back.
        issued_at, expires_at: seconds UTC; not taken once it has expired, kept if it was taken before.
        tek_period: length of key windows: 24 intervals, or 144 in surge mode.
        tek_period_from: the interval from which it holds, a UTC midnight; before it, the other length.
        risk: numbers of the risk rule.
        sensing: how nearness is judged. Where it is absent (every file signed before it existed) the
            level rule holds without an intercept, and the bytes are those of before.
    """

    format: str
    region: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)]
    version: Annotated[int, msgspec.Meta(ge=1, le=MAX_U32)]
    issued_at: _Seconds
    expires_at: _Seconds
    tek_period: Literal[24, 144] = 24
    tek_period_from: Annotated[int, msgspec.Meta(ge=0, le=MAX_U32)] = 0
    risk: RiskNumbers = RiskNumbers()
    sensing: SensingNumbers | msgspec.UnsetType = msgspec.UNSET

    def content(self) -> bytes:
        """The canonical JSON document."""
        return msgspec.json.encode(self)


@dataclass(frozen=True, slots=True)
class SignedConfiguration:
    """A configuration with its signatures: key id (8 bytes) to Ed25519 signature (64 bytes)."""

    configuration: Configuration
    signatures: tuple[tuple[bytes, bytes], ...]

    def encode(self) -> bytes:
        """The bytes of the file."""
        pairs = b"".join(key_id + signature for key_id, signature in self.signatures)
        return _signed_bytes(self.configuration) + bytes([len(self.signatures)]) + pairs


def switch_interval(issued_at: int) -> int:
    """The first interval of another key window: the first UTC midnight at least 96 hours after issuing."""
    day = -(-(issued_at + SWITCH_NOTICE_S) // DAY_S)
    return day * INTERVALS_PER_DAY


def sign_configuration(
    configuration: Configuration, keys: Sequence[Ed25519PrivateKey]
) -> SignedConfiguration:
    """Signs with each key; signatures come in ascending order of key id."""
    content = _signed_bytes(configuration)
    pairs = sorted((key_id_of(key.public_key()), key.sign(content)) for key in keys)
    return SignedConfiguration(configuration, tuple(pairs))


def decode_configuration(data: bytes) -> SignedConfiguration:
    """Takes a configuration apart; nothing is verified yet.

    Raises:
        ConfigurationMalformed: wrong lengths, not the canonical JSON of this format, a number out of range,
            or signatures out of order or repeated.
    """
    if not _HEAD.size < len(data) <= MAX_CONFIGURATION_LENGTH or data[:7] != _MAGIC:
        raise ConfigurationMalformed("this is not a configuration")
    length = _HEAD.unpack_from(data)[1]
    content, rest = data[_HEAD.size : _HEAD.size + length], data[_HEAD.size + length :]
    if length > MAX_CONTENT_LENGTH or not rest or len(rest) != 1 + rest[0] * _PAIR_LENGTH:
        raise ConfigurationMalformed("the length of the configuration does not fit its parts")
    pairs = tuple(
        (rest[at : at + KEY_ID_LENGTH], rest[at + KEY_ID_LENGTH : at + _PAIR_LENGTH])
        for at in range(1, len(rest), _PAIR_LENGTH)
    )
    if any(first[0] >= second[0] for first, second in itertools.pairwise(pairs)):
        raise ConfigurationMalformed("signatures are repeated or not in ascending order of key id")
    return SignedConfiguration(_decode_content(content), pairs)


def accept_configuration(data: bytes, region: Region, known_version: int | None, now: float) -> Configuration:
    """What a phone takes: form, region, signatures, version and time, in this order.

    Args:
        data: as fetched, bounded here.
        region: from the region file.
        known_version: of the configuration that the phone has; None when it has none. The same again is
            accepted.
        now: trusted time, seconds UTC.

    Raises:
        ConfigurationMalformed, ConfigurationWrongRegion, ConfigurationTooFewSigners, ConfigurationOld,
        ConfigurationExpired.
    """
    signed = decode_configuration(data)
    found = signed.configuration
    if found.region != region.number:
        raise ConfigurationWrongRegion(
            f"the configuration is of region {found.region}, this phone is of {region.number}"
        )
    verify_configuration(signed, region.configuration_signers)
    if known_version is not None and found.version < known_version:
        raise ConfigurationOld(f"version {found.version} is older than version {known_version}")
    if now >= found.expires_at:
        raise ConfigurationExpired(f"version {found.version} of the configuration has expired")
    return found


def verify_configuration(
    signed: SignedConfiguration, roles: Mapping[str, Ed25519PublicKey]
) -> frozenset[str]:
    """The roles whose signature is right, at least two. Unknown key ids are ignored.

    Raises:
        ConfigurationTooFewSigners: fewer than two.
    """
    by_id = {key_id_of(key): (role, key) for role, key in roles.items()}
    content, good = _signed_bytes(signed.configuration), set()
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
        raise ConfigurationTooFewSigners(
            f"configuration {signed.configuration.version}: {len(good)} of the {REQUIRED_SIGNERS} "
            "signatures needed"
        )
    return frozenset(good)


def _signed_bytes(configuration: Configuration) -> bytes:
    content = configuration.content()
    return _HEAD.pack(_MAGIC, len(content)) + content


def _decode_content(content: bytes) -> Configuration:
    try:
        found = msgspec.json.decode(content, type=Configuration)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationMalformed(f"the configuration is not well formed: {error}") from None
    if found.format != CONFIGURATION_FORMAT:
        raise ConfigurationMalformed(f"the configuration is not of format {CONFIGURATION_FORMAT}")
    # One document, one form: what is signed again must be the bytes that were signed.
    if found.content() != content:
        raise ConfigurationMalformed("the configuration is not in its canonical form")
    if not 0 < found.expires_at - found.issued_at <= MAX_LIFE_S:
        raise ConfigurationMalformed("a configuration holds for more than no time and at most 366 days")
    if found.tek_period_from % INTERVALS_PER_DAY or found.tek_period_from > 2**40 // INTERVAL_S:
        raise ConfigurationMalformed("key windows change their length at a UTC midnight")
    return found
