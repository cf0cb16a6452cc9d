"""The published files as they are named and written; nothing here looks at the database.

Decides the order of the two files of a batch and repairs what a crash cut off. When they are written, and
what the index may name, is decided in `publishing`.
"""

from __future__ import annotations

import hashlib

from bluezone.authority.errors import ChainForked, ObjectMissing
from bluezone.authority.storage.objects import Objects
from bluezone.protocol.manifest import decode_manifest

INDEX_NAME = "index.json"
CONFIGURATION_NAME = "configuration"


def manifest_name(seq: int) -> str:
    """File name of the manifest of a batch."""
    return f"{seq:08d}.manifest"


def body_name(seq: int) -> str:
    """File name of the body of a batch."""
    return f"{seq:08d}.body"


def check_not_published(objects: Objects, seq: int) -> None:
    """That a number is free, before a batch is signed under it.

    Raises:
        ChainForked: a restored copy of the database would sign a second manifest with one number, which
            every phone has to take for an attack (section 6).
    """
    if objects.exists(manifest_name(seq)):
        raise ChainForked(
            f"batch {seq} is already published, but the database does not know it: it is an old copy. "
            "Restore the newest one; do not delete the published file."
        )


def write_batch(objects: Objects, manifest: bytes, body: bytes) -> None:
    """Writes both files of a batch, the manifest last."""
    seq = decode_manifest(manifest).manifest.seq
    # The number was free when the batch was signed, so other bytes under it are a write that a crash cut off.
    for name, data in ((body_name(seq), body), (manifest_name(seq), manifest)):
        if not objects.put_new(name, data):
            replace_if_other(objects, name, data)


def is_whole(objects: Objects, manifest: bytes) -> bool:
    """Whether both files of a batch are there, as they were signed."""
    signed = decode_manifest(manifest).manifest
    try:
        same = objects.read(manifest_name(signed.seq)) == manifest
        return same and hashlib.sha256(objects.read(body_name(signed.seq))).digest() == signed.body_hash
    except ObjectMissing:
        return False


def delete_batch(objects: Objects, seq: int) -> None:
    """Removes both files of a batch, if they exist."""
    objects.delete(manifest_name(seq))
    objects.delete(body_name(seq))


def replace_if_other(objects: Objects, name: str, data: bytes) -> bool:
    """Writes a file unless it has these bytes; whether it was written."""
    if objects.exists(name) and objects.read(name) == data:
        return False
    objects.replace(name, data)
    return True
