"""The downloads of the program: a folder that proves itself before anything of it is offered.

Decides whether every file matches `SHA256SUMS`, and whether `SHA256SUMS` was signed with the key that lies
beside it: the same two checks that visitors are asked to repeat. The form of that file is sha256sum's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bluezone.outreach.kit.errors import KitKeyInvalid
from bluezone.outreach.kit.signing import load_public_key
from bluezone.outreach.site.errors import ReleaseInvalid
from bluezone.outreach.site.shelf import pieces_of
from bluezone.web.bounded_file import FileUnusable, read_at_most

SUMS, SIGNATURE, KEY = "SHA256SUMS", "SHA256SUMS.sig", "bluezone.pem"
LOOK_AGAIN_S = 60.0
_MAX_SUMS, _MAX_FILES = 20_000, 50
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._+-]{0,150})")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Download:
    """One file.

    Attributes:
        name: of the file.
        bytes: its length.
        sha256: 64 hex digits.
    """

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    """A folder of downloads that was found whole.

    Attributes:
        folder: where it lies.
        files: that are offered.
        fingerprint: SHA-256 of the public key (DER), in groups of four.
    """

    folder: Path
    files: tuple[Download, ...]
    fingerprint: str
    proofs: tuple[str, ...] = (SUMS, SIGNATURE, KEY)

    def name_ending(self, suffix: str) -> str:
        """The name of the first file with this ending, or ""."""
        return next((file.name for file in self.files if file.name.endswith(suffix)), "")

    def path_of(self, name: str) -> Path | None:
        """Where a file that is offered lies; None for any other name."""
        return self.folder / name if name in {*self.proofs, *(file.name for file in self.files)} else None


def read_release(folder: Path) -> Release:
    """Reads and checks a folder of downloads.

    Raises:
        ReleaseInvalid: a file is missing, changed, or the checksums are not signed.
    """
    try:
        text = _read(folder / SUMS, _MAX_SUMS)
        signature = _read(folder / SIGNATURE, 64)
        key = load_public_key(folder / KEY)
        key.verify(signature, text)
    except KitKeyInvalid as error:
        raise ReleaseInvalid(str(error)) from None
    except InvalidSignature:
        raise ReleaseInvalid(f"{folder / SIGNATURE} is not the signature of {SUMS} by {KEY}") from None
    files = tuple(_download(folder, line) for line in text.decode("ascii", "replace").splitlines())
    if not files or len(files) > _MAX_FILES:
        raise ReleaseInvalid(f"{folder / SUMS} must name 1 to {_MAX_FILES} files")
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    return Release(folder, files, " ".join(digest[at : at + 4] for at in range(0, 64, 4)))


class ReleaseShelf:
    """The release of a folder, as it was when somebody last looked.

    Args:
        folder: of the downloads; None: nothing is offered.
        monotonic: seconds that never run back.

    Attributes:
        release: what is offered; None while the folder does not prove itself.
    """

    def __init__(self, folder: Path | None, *, monotonic: Callable[[], float]) -> None:
        self.release: Release | None = None
        self._folder = folder
        self._monotonic = monotonic
        self._look_at = monotonic()
        self._stamp: tuple[tuple[str, int, int], ...] | None = None

    @property
    def is_due(self) -> bool:
        """Whether it is time to look again."""
        return self._monotonic() >= self._look_at

    def look(self) -> None:
        """Looks at the folder, and reads every file when one was changed; that may take seconds."""
        self._look_at = self._monotonic() + LOOK_AGAIN_S
        if self._folder is None or not self._folder.exists():
            self.release, self._stamp = None, None
            return
        try:
            states = [(one.name, one.stat()) for one in sorted(self._folder.iterdir())]
            stamp = tuple((name, state.st_size, state.st_mtime_ns) for name, state in states)
            if stamp != self._stamp:
                self.release, self._stamp = None, stamp
                self.release = read_release(self._folder)
        except OSError as error:
            self.release, self._stamp = None, None
            log.warning("release-left-out", reason=str(error))
        except ReleaseInvalid as error:  # until a file is changed, it would be the same again
            log.warning("release-left-out", reason=str(error))


def _download(folder: Path, line: str) -> Download:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ReleaseInvalid(f"{folder / SUMS}: {line[:80]!r} is not a checksum, two spaces and a file name")
    sha256, name = match.groups()
    path = folder / name
    digest, length = hashlib.sha256(), 0
    try:
        for piece in pieces_of(path):
            digest.update(piece)
            length += len(piece)
    except OSError as error:
        raise ReleaseInvalid(f"{path} cannot be read: {error.strerror}") from None
    if digest.hexdigest() != sha256:
        raise ReleaseInvalid(f"{path} is not what {SUMS} says")
    return Download(name, length, sha256)


def _read(path: Path, longest: int) -> bytes:
    try:
        return read_at_most(path, longest)
    except FileUnusable as error:
        raise ReleaseInvalid(str(error)) from None
