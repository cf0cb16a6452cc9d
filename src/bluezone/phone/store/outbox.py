"""What a diagnosis needs to survive a crash: commitments, and the one upload that is not answered yet.

Decides nothing about which keys go; it keeps an upload and the marks on its keys in one transaction, so
that a phone which dies in between sends the identical bytes again, or never began. Cover is kept like a
real upload until it is answered, so that second tries look alike too. Source: docs/protocol.md, section 5.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import sqlcipher3

from bluezone.phone.diagnosis import Commitment
from bluezone.phone.errors import UploadPending
from bluezone.phone.store.vault import transaction

_PENDING = "pending-upload"
_REDEEMING = "redeeming"
_SHOWN = "shown-at-swab"
_SENT = "sent-with"


class Outbox:
    """Commitments and the pending upload.

    Args:
        db: the open ledger, whose tables exist.
    """

    def __init__(self, db: sqlcipher3.Connection) -> None:
        self._db = db

    def save_commitment(self, commitment: Commitment, oldest: int, code: bytes = b"") -> None:
        """Keeps a commitment, and erases those made before `oldest` (seconds UTC).

        Args:
            commitment: to keep.
            oldest: seconds UTC.
            code: the verification code that will be bound to it, 8 bytes, if one is known.
        """
        with transaction(self._db):
            content = msgspec.msgpack.encode(commitment)
            self._db.execute("INSERT OR REPLACE INTO commitment VALUES (?, ?)", (commitment.made_at, content))
            self.forget_before(oldest)
            if code:
                self._save(_REDEEMING, code + commitment.hash())

    def forget_before(self, oldest: int) -> None:
        """Erases the commitments that were made before `oldest` (seconds UTC)."""
        self._db.execute("DELETE FROM commitment WHERE made_at < ?", (oldest,))

    def commitments(self) -> list[Commitment]:
        """Commitments that are still kept, newest first."""
        rows = self._db.execute("SELECT content FROM commitment ORDER BY made_at DESC")
        return [msgspec.msgpack.decode(row[0], type=Commitment) for row in rows]

    def commitment_for(self, code: bytes) -> Commitment | None:
        """The commitment that this code (8 bytes) was already presented with, if any.

        The authority binds a code to the first commitment it sees, so a second attempt after a lost
        answer must come with the same one.
        """
        kept = self._fact(_REDEEMING)
        if kept is None or kept[: len(code)] != code:
            return None
        return next((one for one in self.commitments() if one.hash() == kept[len(code) :]), None)

    def show(self, commitment: Commitment, oldest: int) -> None:
        """Keeps a commitment and remembers it as the one whose QR code is shown; see `save_commitment`."""
        self.save_commitment(commitment, oldest)
        self._save(_SHOWN, commitment.hash())

    def shown(self) -> Commitment | None:
        """The commitment whose QR code was shown last, until its keys are published or it is forgotten."""
        kept = self._fact(_SHOWN)
        return next((one for one in self.commitments() if one.hash() == kept), None)

    def prepare(self, upload: bytes, starts: Iterable[int]) -> None:
        """Keeps an upload of 4096 bytes and marks its keys as published, before it is sent.

        Args:
            upload: as it will be sent.
            starts: rolling_start of each key in it; none for cover.

        Raises:
            UploadPending: an earlier one is not answered yet; nothing was changed.
        """
        with transaction(self._db):
            if self.pending() is not None:
                raise UploadPending("an earlier upload of this phone has had no answer yet; it goes first")
            self._save(_PENDING, upload)
            self._mark(starts, published=True)

    def pending(self) -> bytes | None:
        """The upload that was prepared and not answered, 4096 bytes."""
        return self._fact(_PENDING)

    def accepted(self, upload: bytes, commitment_hash: bytes, sent_count: int) -> None:
        """This upload was taken: nothing is left to send. Nothing happens unless it is the pending one.

        Args:
            upload: as it was prepared.
            commitment_hash: C, 32 bytes, whose certificate is used up by it.
            sent_count: keys in it.
        """
        with transaction(self._db):
            if self.pending() == upload:
                self._drop(_PENDING)
                self._drop(_SHOWN)
                self._save(_SENT, commitment_hash + bytes([sent_count]))

    def sent_with(self, commitment_hash: bytes) -> int:
        """How many keys the last accepted upload had, if it opened this commitment (C, 32 bytes); else 0."""
        kept = self._fact(_SENT)
        return kept[-1] if kept is not None and kept[:-1] == commitment_hash else 0

    def dismiss(self, upload: bytes, unpublished_starts: Iterable[int] = ()) -> None:
        """This upload is not sent again: it was refused for good, or is cover.

        Nothing happens unless it is the pending one.

        Args:
            upload: as it was prepared.
            unpublished_starts: rolling_start of keys that may be published with another certificate.
        """
        with transaction(self._db):
            if self.pending() == upload:
                self._drop(_PENDING)
                self._mark(unpublished_starts, published=False)

    def _fact(self, name: str) -> bytes | None:
        row = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return bytes(row[0]) if row else None

    def _save(self, name: str, value: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    def _drop(self, name: str) -> None:
        self._db.execute("DELETE FROM fact WHERE name = ?", (name,))

    def _mark(self, starts: Iterable[int], *, published: bool) -> None:
        rows = [(int(published), start) for start in starts]
        self._db.executemany("UPDATE own_key SET published = ? WHERE start = ?", rows)
