"""Keys that sign kits: made once by a command, kept in a file that only its owner can read."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from bluezone.outreach.kit.errors import KitKeyInvalid

_MAX_LENGTH = 4096


def public_path(path: Path) -> Path:
    """Where the public half of a key file lies: beside it."""
    return path.with_suffix(".pub")


def make_key(path: Path) -> Ed25519PrivateKey:
    """Makes a key file and, beside it, its public half.

    Raises:
        KitKeyInvalid: there is one already, or it cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise KitKeyInvalid(f"the key file {path} cannot be made: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public_path(path).write_bytes(public_pem(key.public_key()))
    return key


def public_pem(key: Ed25519PublicKey) -> bytes:
    """A public key as text that openssl reads."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def load_signing_key(path: Path) -> Ed25519PrivateKey:
    """Reads a key file.

    Raises:
        KitKeyInvalid: missing, open to others, or no Ed25519 key.
    """
    content = _read(path)
    if path.stat().st_mode & 0o077:
        raise KitKeyInvalid(f"other users can read {path}; run: chmod 600 {path}")
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KitKeyInvalid(f"{path} is not a private key in PEM form") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KitKeyInvalid(f"{path} is not an Ed25519 key")
    return key


def load_public_key(path: Path) -> Ed25519PublicKey:
    """Reads the public half of a key.

    Raises:
        KitKeyInvalid: missing, or no Ed25519 key.
    """
    try:
        key = load_pem_public_key(_read(path))
    except (ValueError, UnsupportedAlgorithm):
        raise KitKeyInvalid(f"{path} is not a public key in PEM form") from None
    if not isinstance(key, Ed25519PublicKey):
        raise KitKeyInvalid(f"{path} is not an Ed25519 key")
    return key


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_LENGTH)
    except OSError:
        raise KitKeyInvalid(
            f"the key file {path} cannot be read; make one with: bluezone kit keygen"
        ) from None
