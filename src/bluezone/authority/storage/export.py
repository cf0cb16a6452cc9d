"""Writes the published files from the database, and repairs them.

Decides the order: a batch becomes visible only when both of its files are there. Runs inside a
transaction of the database, so that two processes never write the index in the wrong order.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection

from bluezone.authority.domain.retention import cutoffs
from bluezone.authority.errors import ChainForked, ObjectMissing
from bluezone.authority.storage import batches, configurations
from bluezone.authority.storage.objects import Objects
from bluezone.authority.storage.retention import forget
from bluezone.protocol.batch_index import INDEX_FORMAT, BatchIndex
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


def export(conn: Connection, objects: Objects, region: int, *, now: int, verify: bool = False) -> None:
    """Writes what is not written yet, deletes what is past its time, then writes index and configuration.

    Args:
        conn: a transaction.
        objects: where the files go.
        region: u16.
        now: seconds UTC.
        verify: also compare every file that was written earlier with what was signed; for the start.
    """
    for seq in forget(conn, cutoffs(now)):
        objects.delete(manifest_name(seq))
        objects.delete(body_name(seq))
    for manifest, exported in batches.manifests(conn):
        signed = decode_manifest(manifest).manifest
        if exported and (not verify or _is_whole(objects, signed.seq, manifest, signed.body_hash)):
            continue
        built = batches.rebuild(conn, signed.seq)
        _ensure(objects, body_name(signed.seq), built.body)
        _ensure(objects, manifest_name(signed.seq), built.manifest)
        batches.mark_exported(conn, signed.seq)
    configuration = configurations.newest(conn)
    if configuration is not None:
        _replace_if_other(objects, CONFIGURATION_NAME, configuration)
    offered = batches.exported_range(conn)
    if offered is not None:
        index = BatchIndex(format=INDEX_FORMAT, region=region, first=offered[0], last=offered[1])
        _replace_if_other(objects, INDEX_NAME, index.encode())


def _ensure(objects: Objects, name: str, data: bytes) -> None:
    # The number was free when the batch was signed, so other bytes under it are a write that a crash cut off.
    if not objects.put_new(name, data):
        _replace_if_other(objects, name, data)


def _replace_if_other(objects: Objects, name: str, data: bytes) -> None:
    if not objects.exists(name) or objects.read(name) != data:
        objects.replace(name, data)


def _is_whole(objects: Objects, seq: int, manifest: bytes, body_hash: bytes) -> bool:
    try:
        same = objects.read(manifest_name(seq)) == manifest
        return same and hashlib.sha256(objects.read(body_name(seq))).digest() == body_hash
    except ObjectMissing:
        return False
