"""The authority's own keys: certificate, time, three that sign batches, three that sign configurations.

Decides their files (PEM, readable by the owner only, never overwritten) and that they are the keys of
the region file. One key signs one kind of message only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from bluezone.authority.domain.samples import SAMPLE_SECRET_LENGTH
from bluezone.authority.errors import KeyFileError, NotEnoughSigners
from bluezone.protocol.manifest import REQUIRED_SIGNERS
from bluezone.protocol.region import ROLES, Region

CONFIGURATION_PREFIX = "configuration_"
KEY_NAMES = ("certificate", "time", *ROLES, *(CONFIGURATION_PREFIX + role for role in ROLES))


@dataclass(frozen=True, slots=True)
class AuthorityKeys:
    """Private keys; `signers` holds those roles whose key is here, at least two.

    `configuration_signers` likewise, but as many as are here: the service itself needs none of them.
    `samples` is no signing key: 32 bytes under which ids of samples are hashed.
    """

    certificate: Ed25519PrivateKey
    time: Ed25519PrivateKey
    signers: Mapping[str, Ed25519PrivateKey]
    samples: bytes
    configuration_signers: Mapping[str, Ed25519PrivateKey]

    def __repr__(self) -> str:
        return f"AuthorityKeys(signers={sorted(self.signers)})"


def draw_keys(random_bytes: Callable[[int], bytes]) -> AuthorityKeys:
    """New keys, all three signers included, from 9 x 32 random bytes."""
    drawn = {name: Ed25519PrivateKey.from_private_bytes(random_bytes(32)) for name in KEY_NAMES}
    signers = {role: drawn[role] for role in ROLES}
    others = {role: drawn[CONFIGURATION_PREFIX + role] for role in ROLES}
    secret = random_bytes(SAMPLE_SECRET_LENGTH)
    return AuthorityKeys(drawn["certificate"], drawn["time"], signers, secret, others)


def region_of(
    keys: AuthorityKeys,
    *,
    name: str,
    number: int,
    address: str,
    service_uuid: int = 0x4E56,
    utc_offset_minutes: int = 420,
    hotline: str = "",
) -> Region:
    """What phones are told about an authority with these keys, all three signers present."""
    return Region(
        name=name,
        number=number,
        address=address,
        service_uuid=service_uuid,
        utc_offset_minutes=utc_offset_minutes,
        hotline=hotline,
        certificate_key=keys.certificate.public_key(),
        time_key=keys.time.public_key(),
        signers={role: key.public_key() for role, key in keys.signers.items()},
        configuration_signers={role: key.public_key() for role, key in keys.configuration_signers.items()},
    )


def with_key(region: Region, name: str, key: Ed25519PublicKey) -> Region:
    """What phones are told after one key was replaced; everything else stays.

    Args:
        region: as phones know it.
        name: one of `KEY_NAMES`.
        key: that takes the place of the old one.
    """
    if name == "certificate":
        return replace(region, certificate_key=key)
    if name == "time":
        return replace(region, time_key=key)
    if name.startswith(CONFIGURATION_PREFIX):
        role = name.removeprefix(CONFIGURATION_PREFIX)
        return replace(region, configuration_signers={**region.configuration_signers, role: key})
    return replace(region, signers={**region.signers, name: key})


def write_key(path: Path, key: Ed25519PrivateKey) -> None:
    """Writes a key file that only its owner can read.

    Raises:
        FileExistsError: a key is never overwritten.
    """
    _write_private(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def write_secret(path: Path, secret: bytes) -> None:
    """Writes a secret that is no signing key, as hex digits; otherwise like `write_key`."""
    _write_private(path, secret.hex().encode() + b"\n")


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def load_keys(files: Mapping[str, Path], region: Region) -> AuthorityKeys:
    """Reads the keys of a service.

    Args:
        files: every name of `KEY_NAMES`, and `samples`, to its key file.
        region: what phones were told; each key must be the one that stands there.

    Raises:
        KeyFileError: a key is missing, unreadable, open to others or not the region's.
        NotEnoughSigners: fewer than two signers are here.
    """
    certificate = load_key(files["certificate"], region.certificate_key)
    time = load_key(files["time"], region.time_key)
    signers = {role: load_key(files[role], region.signers[role]) for role in ROLES if files[role].exists()}
    if len(signers) < REQUIRED_SIGNERS:
        missing = ", ".join(str(files[role]) for role in ROLES if role not in signers)
        raise NotEnoughSigners(
            f"batches are signed by at least {REQUIRED_SIGNERS} of {', '.join(ROLES)}, "
            f"but only {len(signers)} of these keys is here; missing: {missing}"
        )
    others = {
        role: load_key(files[CONFIGURATION_PREFIX + role], region.configuration_signers[role])
        for role in ROLES
        if files[CONFIGURATION_PREFIX + role].exists()
    }
    return AuthorityKeys(certificate, time, signers, _load_secret(files["samples"]), others)


def _read_private(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFileError(f"other users can read {path}; run: chmod 600 {path}")
        return path.read_bytes()
    except OSError:
        raise KeyFileError(f"the key file {path} cannot be read") from None


def _load_secret(path: Path) -> bytes:
    try:
        secret = bytes.fromhex(_read_private(path).decode("ascii"))
    except ValueError:
        secret = b""
    if len(secret) != SAMPLE_SECRET_LENGTH:
        raise KeyFileError(f"{path} does not hold {SAMPLE_SECRET_LENGTH} bytes as hex digits")
    return secret


def load_key(path: Path, expected: Ed25519PublicKey) -> Ed25519PrivateKey:
    """Reads one key file.

    Raises:
        KeyFileError: missing, unreadable, open to others, or another key than `expected`.
    """
    content = _read_private(path)
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyFileError(f"{path} is not a private key in PEM form") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path} is not an Ed25519 key")
    if key.public_key() != expected:
        raise KeyFileError(
            f"{path} is not the key of the region file: phones would not accept its signatures"
        )
    return key
