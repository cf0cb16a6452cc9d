"""The kits that can be fetched: one folder for each unit, as `bluezone kit build` leaves them.

Decides which of them are shown, and that a file is only given away while it is what its manifest says. A
file is found by the name that stands in a manifest, never by a path that a visitor wrote.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bluezone.outreach.kit.errors import KitError
from bluezone.outreach.kit.job import BuiltFile
from bluezone.outreach.kit.manifest import NAME, PROOFS, Manifest
from bluezone.outreach.notation import is_short_name, is_telephone
from bluezone.outreach.site.errors import KitElsewhere, KitUnreadable, SiteError
from bluezone.outreach.site.printed_address import addresses_of, leads_to_unit
from bluezone.outreach.site.proofs import read_proofs

MAX_KITS = 20_000
LOOK_AGAIN_S = 10.0
# With the kits of a whole country a look takes a while: it may take at most a fiftieth of the time.
_LOOKING_SHARE = 50
_BLOCK = 1 << 18
_MAX_FILES = 500
_SHA256 = re.compile(r"[0-9a-f]{64}")
# What a file's name may be made of: it becomes part of an address and of a name in a zip.
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*){0,5}")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kit:
    """One unit's kit.

    Attributes:
        unit_id: as it stands in addresses.
        kind: of the unit.
        names: language to the unit's exact name.
        parents: language to the office above it.
        address: that its materials print.
        national_hotline, province_hotline: as they are printed.
        languages: in which its materials are.
        folder: where it lies.
        files: path below the folder to the finished file.
        missing: item and language of what could not be made.
        proofs: name to content of the manifest, the checksums and, if they were checked, the signatures.
        digest: of these, 16 hex digits; changes when anything of the kit does.
        is_signed: whether the signatures were checked.
    """

    unit_id: str
    kind: str
    names: Mapping[str, str]
    parents: Mapping[str, str]
    address: str
    national_hotline: str
    province_hotline: str
    languages: tuple[str, ...]
    folder: Path
    files: Mapping[str, BuiltFile]
    missing: frozenset[tuple[str, str]]
    proofs: Mapping[str, bytes]
    digest: str
    is_signed: bool

    @property
    def name(self) -> str:
        """The unit's name in Vietnamese, if it has one."""
        return self.name_in("vi")

    def name_in(self, language: str) -> str:
        """The unit's name in a language, or in the one that it has."""
        return self.names.get(language) or next(iter(self.names.values()))

    def parent_in(self, language: str) -> str:
        """The name of the office above it, or ""."""
        return self.parents.get(language) or next(iter(self.parents.values()), "")

    @property
    def total_bytes(self) -> int:
        """Of all files."""
        return sum(file.bytes for file in self.files.values())


class KitShelf:
    """All kits below one folder, as they were when somebody last looked.

    Args:
        folder: that holds a folder for each unit; None: no kits.
        key: whose signature each manifest must carry; None: not asked.
        address: of this site without closing stroke, to which each kit's QR code must lead; None: not asked.
        monotonic: seconds that never run back.

    Attributes:
        kits: every kit that can be shown, by the id of its unit.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        key: Ed25519PublicKey | None,
        address: str | None,
        monotonic: Callable[[], float],
    ) -> None:
        self.folder = folder
        self.key = key
        self._address = address
        self._monotonic = monotonic
        self._look_at = monotonic()
        self._read: dict[Path, tuple[tuple[int, ...], Kit | None]] = {}
        self._hidden: dict[Path, Path] = {}
        self.kits: Mapping[str, Kit] = {}
        self._verified: dict[Path, tuple[tuple[int, ...], str]] = {}

    @property
    def is_due(self) -> bool:
        """Whether it is time to look again."""
        return self._monotonic() >= self._look_at

    def look(self) -> None:
        """Looks for new, changed and removed kits; with those of a whole country it takes a while."""
        began = self._monotonic()
        self._look_at = began + LOOK_AGAIN_S
        self._read_folders()
        ended = self._monotonic()
        self._look_at = ended + max(LOOK_AGAIN_S, _LOOKING_SHARE * (ended - began))

    def verified_path(self, kit: Kit, file: BuiltFile) -> Path | None:
        """Where a file lies, if it is still what the manifest says; reads it whole when it is new."""
        path = kit.folder / file.path
        try:
            real = path.resolve(strict=True)
            stat = real.stat()
            if (
                not real.is_relative_to(kit.folder.resolve())
                or not real.is_file()
                or stat.st_size != file.bytes
            ):
                return None
            state = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            if self._verified.get(real) != (state, file.sha256):
                if _sha256(real) != file.sha256:
                    log.warning("kit-file-changed", unit=kit.unit_id, path=file.path)
                    return None
                self._verified[real] = (state, file.sha256)
        except OSError:
            return None
        return real

    def _read_folders(self) -> None:
        read: dict[Path, tuple[tuple[int, ...], Kit | None]] = {}
        kits: dict[str, Kit] = {}
        hidden: dict[Path, Path] = {}
        for folder in self._folders():
            stamp = _stamp(folder)
            known = self._read.get(folder)
            kit = known[1] if known and known[0] == stamp else self._open(folder)
            read[folder] = (stamp, kit)
            if kit is not None and kits.setdefault(kit.unit_id, kit) is not kit:
                hidden[folder] = kits[kit.unit_id].folder
        for folder, shown in hidden.items():
            if self._hidden.get(folder) != shown:  # said once, not at every look
                reason = f"the folder {shown.name} holds a kit of the same unit, and that one is shown"
                log.warning("kit-left-out", folder=folder.name, code="site-kit-twice", reason=reason)
        self._read, self._hidden, self.kits = read, hidden, kits

    def _folders(self) -> list[Path]:
        if self.folder is None or not self.folder.exists():
            return []
        try:
            below = sorted(one for one in self.folder.iterdir() if (one / NAME).is_file())
        except OSError as error:
            log.warning("kits-unreadable", reason=error.strerror)
            return []
        return below[:MAX_KITS]

    def _open(self, folder: Path) -> Kit | None:
        try:
            kit = read_kit(folder, self.key)
            if self._address is not None:
                _check_address(kit, self._address)
        except (SiteError, KitError) as error:
            log.warning("kit-left-out", folder=folder.name, code=error.code, reason=str(error))
            return None
        return kit


def read_kit(folder: Path, key: Ed25519PublicKey | None) -> Kit:
    """Reads a kit's manifest and believes nothing in it that it cannot check.

    Args:
        folder: of the kit.
        key: whose signatures it must carry; None: not asked.

    Raises:
        KitError: the manifest is damaged, or it or the checksums were not signed with this key.
        KitUnreadable: a file is not there, or an entry breaks a rule.
    """
    proofs = read_proofs(folder, key)
    unit = proofs.manifest.unit
    unit_id = _text(unit, "id", 40)
    if not is_short_name(unit_id):
        raise KitUnreadable(
            f"the id {unit_id!r} of the unit is not made of small letters, digits and hyphens"
        )
    names = _names(unit, "name")
    if not names:
        raise KitUnreadable("the unit has no name")
    return Kit(
        unit_id=unit_id,
        kind=_text(unit, "kind", 20),
        names=names,
        parents=_names(unit, "parent"),
        address=_text(unit, "address", 200),
        national_hotline=_telephone(unit, "national_hotline"),
        province_hotline=_telephone(unit, "province_hotline"),
        languages=tuple(one for one in ("vi", "en") if one in proofs.manifest.languages),
        folder=folder,
        files=_files(proofs.manifest),
        missing=frozenset((str(one.item), str(one.language)) for one in proofs.manifest.missing),
        proofs=proofs.content,
        digest=proofs.digest,
        is_signed=key is not None,
    )


def pieces_of(path: Path, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The bytes of a file from `start` to `end` (exclusive), in pieces."""
    with path.open("rb") as file:
        file.seek(start)
        left = None if end is None else end - start
        while block := file.read(_BLOCK if left is None else min(_BLOCK, left)):
            yield block
            left = None if left is None else left - len(block)


def _check_address(kit: Kit, site: str) -> None:
    if not leads_to_unit(kit.address, kit.unit_id, site):
        right = " or ".join(addresses_of(kit.unit_id, site))
        raise KitElsewhere(
            f"its materials lead to {kit.address}: write {right} as unit.address, and build the kit again"
        )


def _files(manifest: Manifest) -> dict[str, BuiltFile]:
    if len(manifest.files) > _MAX_FILES:
        raise KitUnreadable(f"the kit has more than {_MAX_FILES} files")
    for file in manifest.files:
        if file.path in PROOFS:
            raise KitUnreadable(f"{file.path} cannot be one of the files")
        if not _PATH.fullmatch(file.path) or len(file.path) > 200:
            raise KitUnreadable(f"the name {file.path[:80]!r} of a file is not plain letters, digits, . _ -")
        if not _SHA256.fullmatch(file.sha256) or file.bytes < 0 or not isinstance(file.item, str):
            raise KitUnreadable(f"{file.path}: length or checksum is malformed")
    return {file.path: file for file in manifest.files}


def _stamp(folder: Path) -> tuple[int, ...]:
    stamps: list[int] = []
    for name in PROOFS:
        try:
            stat = (folder / name).stat()
            stamps += [stat.st_ino, stat.st_size, stat.st_mtime_ns]
        except OSError:
            stamps.append(-1)
    return tuple(stamps)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    for block in pieces_of(path):
        digest.update(block)
    return digest.hexdigest()


def _text(unit: Mapping[str, Any], entry: str, longest: int) -> str:
    value = unit.get(entry)
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
        raise KitUnreadable(f"{entry} of the unit is missing, too long or no text")
    return value


def _telephone(unit: Mapping[str, Any], entry: str) -> str:
    value = _text(unit, entry, 20)
    if not is_telephone(value):
        raise KitUnreadable(f"{entry} of the unit is no telephone number")
    return value


def _names(unit: Mapping[str, Any], entry: str) -> dict[str, str]:
    value = unit.get(entry)
    if not isinstance(value, dict):
        raise KitUnreadable(f"{entry} of the unit is missing")
    return {language: _text(value, language, 120) for language in ("vi", "en") if language in value}
