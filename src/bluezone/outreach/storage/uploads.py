"""Keeps files that were sent until somebody takes their rows over, or a day has passed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from bluezone.outreach.storage.tables import uploads


@dataclass(frozen=True, slots=True)
class Upload:
    """One file.

    Attributes:
        upload_id: random.
        kind: what it is for: "units" or "reports".
        actor: who sent it; nobody else may take it over.
        name: as the browser gave it.
        content: bytes.
        made_at: when it was sent, seconds UTC.
        edition: of the units, which a new list of them was compared with; 0 for reports.
    """

    upload_id: str
    kind: str
    actor: str
    name: str
    content: bytes
    made_at: int
    edition: int = 0


def add(conn: Connection, upload: Upload) -> None:
    """Keeps a file in place of the same person's earlier one of this kind."""
    conn.execute(uploads.delete().where(uploads.c.actor == upload.actor, uploads.c.kind == upload.kind))
    kept: dict[str, object] = {"upload_id": upload.upload_id, "kind": upload.kind, "actor": upload.actor}
    kept |= {"edition": upload.edition}
    conn.execute(
        uploads.insert(),
        {**kept, "name": upload.name[:200], "made_at": upload.made_at, "content": upload.content},
    )


def find(conn: Connection, upload_id: str, actor: str) -> Upload | None:
    """The file of an id, when this person sent it."""
    own = (uploads.c.upload_id == upload_id) & (uploads.c.actor == actor)
    row = conn.execute(select(uploads).where(own)).one_or_none()
    if row is None:
        return None
    return Upload(row.upload_id, row.kind, row.actor, row.name, row.content, row.made_at, row.edition)


def drop(conn: Connection, upload_id: str) -> None:
    """Forgets a file."""
    conn.execute(uploads.delete().where(uploads.c.upload_id == upload_id))


def forget(conn: Connection, made_before: int) -> None:
    """Forgets every file that was sent before an instant."""
    conn.execute(uploads.delete().where(uploads.c.made_at < made_before))
