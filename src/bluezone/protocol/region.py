"""The region file: a phone's only root of trust, written by `bluezone authority init`.

Decides what stands in it and refuses a file that is incomplete or contradicts itself. Leaves reading
and writing files to the callers. Source: docs/protocol.md, section 1.
"""

from __future__ import annotations

import ipaddress
import tomllib
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bluezone.protocol.errors import RegionFileError

ROLES = ("health_authority", "operator", "auditor")
MAX_REGION_FILE = 65536

_Key = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class SignerKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Public keys of three signers, 64 hex digits each."""

    health_authority: _Key
    operator: _Key
    auditor: _Key


class _RegionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    number: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)]
    address: Annotated[str, msgspec.Meta(max_length=500)]
    service_uuid: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{4}$")]
    utc_offset_minutes: Annotated[int, msgspec.Meta(ge=-840, le=840)]
    hotline: Annotated[str, msgspec.Meta(max_length=50)]
    certificate_key: _Key
    time_key: _Key
    signers: SignerKeys
    configuration_signers: SignerKeys


@dataclass(frozen=True, slots=True)
class Region:
    """What a phone knows and believes about its health authority.

    Attributes:
        name: for people.
        number: u16.
        address: base URL of the service; HTTPS, except on loopback.
        service_uuid: the 16-bit UUID on the air.
        utc_offset_minutes: of the region's civil date.
        hotline: telephone number shown with every alert.
        certificate_key, time_key: Ed25519 public keys.
        signers: role to Ed25519 public key, the three batch signers.
        configuration_signers: the same for what signs configurations; other keys.
    """

    name: str
    number: int
    address: str
    service_uuid: int
    utc_offset_minutes: int
    hotline: str
    certificate_key: Ed25519PublicKey
    time_key: Ed25519PublicKey
    signers: dict[str, Ed25519PublicKey]
    configuration_signers: dict[str, Ed25519PublicKey]


def parse_region(text: str) -> Region:
    """Reads the text of a region file.

    Raises:
        RegionFileError: not TOML, a field missing or wrong, one key in two roles, or plain HTTP off loopback.
    """
    if len(text) > MAX_REGION_FILE:
        raise RegionFileError(f"a region file has at most {MAX_REGION_FILE} characters")
    try:
        file = msgspec.convert(tomllib.loads(text), type=_RegionFile)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RegionFileError(f"the region file is not TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise RegionFileError(f"the region file is not complete: {error}") from None
    both = (file.signers, file.configuration_signers)
    written = [
        file.certificate_key,
        file.time_key,
        *(key for one in both for key in msgspec.structs.astuple(one)),
    ]
    keys = [bytes.fromhex(key) for key in written]
    if len(set(keys)) != len(keys):
        raise RegionFileError("one key stands in two roles of the region file; each role needs its own")
    _check_address(file.address)
    return Region(
        name=file.name,
        number=file.number,
        address=file.address.rstrip("/"),
        service_uuid=int(file.service_uuid, 16),
        utc_offset_minutes=file.utc_offset_minutes,
        hotline=file.hotline,
        certificate_key=_public_key(file.certificate_key),
        time_key=_public_key(file.time_key),
        signers=_public_keys(file.signers),
        configuration_signers=_public_keys(file.configuration_signers),
    )


def format_region(region: Region) -> str:
    """The text of a region file."""
    return f"""# Bluezone region file: a phone's only root of trust.
# Hand it out over a channel that people trust.
name = {_quoted(region.name)}
number = {region.number}
address = {_quoted(region.address)}
service_uuid = "{region.service_uuid:04x}"
utc_offset_minutes = {region.utc_offset_minutes}
hotline = {_quoted(region.hotline)}
certificate_key = "{_hex(region.certificate_key)}"
time_key = "{_hex(region.time_key)}"

[signers]
{_written(region.signers)}

[configuration_signers]
{_written(region.configuration_signers)}
"""


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise RegionFileError(f"address {address!r} is not a URL: {error}") from None
    plain = address.isascii() and address.isprintable() and "@" not in parts.netloc
    if not host or not plain or parts.query or parts.fragment:
        raise RegionFileError(f"address {address!r} is not a plain URL with a host")
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)):
        return
    raise RegionFileError(f"address {address!r} must begin with https:// (plain http only on this machine)")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _public_key(hex_digits: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(hex_digits))
    except ValueError:
        raise RegionFileError(f"{hex_digits[:8]}… is not an Ed25519 public key") from None


def _public_keys(keys: SignerKeys) -> dict[str, Ed25519PublicKey]:
    return {role: _public_key(getattr(keys, role)) for role in ROLES}


def _written(keys: dict[str, Ed25519PublicKey]) -> str:
    return "\n".join(f'{role} = "{_hex(keys[role])}"' for role in ROLES)


def _hex(key: Ed25519PublicKey) -> str:
    return key.public_bytes_raw().hex()


def _quoted(text: str) -> str:
    # A JSON string without control characters is also a TOML basic string.
    return msgspec.json.encode(text).decode()
