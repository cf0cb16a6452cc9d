"""The unit file: for whom a kit is made, as a TOML file that an officer writes.

Decides what may stand in it and what each entry becomes. A name that does not fit a layout and a character
that the typeface lacks are found later, item by item, so that what can be made is made.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bluezone.outreach.kit.errors import UnitFileInvalid, UnitUnreadable
from bluezone.outreach.kit.naming import TERRITORIES, committee_of, is_territory
from bluezone.outreach.notation import NATIONAL_HOTLINE, is_short_name, is_telephone

MAX_FILE_LENGTH = 16_384
MAX_NAME_LENGTH = 120
MAX_ADDRESS_LENGTH = 80  # A longer one makes a QR code whose squares are too small at 1 m.
LANGUAGES = ("vi", "en")
VOICE_REGIONS = ("north", "central", "south")
KINDS = ("commune", "ward", "zone", "town", "city", "district", "province", "office", "school", "unit")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]*)*")
_ENTRIES = {
    "unit": {"id", "kind", "name", "parent", "issuer", "logo", "address", "languages"},
    "hotline": {"national", "province"},
    "voice": {"recording", "piper", "region"},
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of local government as its materials name it.

    Attributes:
        id: short name for files and addresses, such as `gia-nghia`.
        kind: one of `KINDS`.
        name: language to the exact name.
        parent: language to the name of the office above it.
        address: the official https address that the QR code leads to.
        national_hotline: telephone number as it is printed.
        province_hotline: the province's own, as it is printed.
        languages: in which materials are made.
        logo: a picture file, if the unit has one.
        recording: a WAV that replaces the synthetic voice of the loudspeaker spot.
        piper_voice: a voice file (.onnx) of the operator's that replaces espeak-ng.
        voice_region: one of `VOICE_REGIONS`: whose accent and number words are spoken.
        issuer: language to the body that signs its letters; empty for the one that follows from its kind.
    """

    id: str
    kind: str
    name: Mapping[str, str]
    parent: Mapping[str, str]
    address: str
    national_hotline: str
    province_hotline: str
    languages: tuple[str, ...] = LANGUAGES
    logo: Path | None = None
    recording: Path | None = None
    piper_voice: Path | None = None
    voice_region: str = VOICE_REGIONS[0]
    issuer: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown_address(self) -> str:
        """The address as people read it: without scheme and closing stroke."""
        return self.address.removeprefix("https://").rstrip("/")

    def name_in(self, language: str) -> str:
        """The name in a language; in another one where it has none."""
        return self.name.get(language, next(iter(self.name.values())))

    def parent_in(self, language: str) -> str:
        """The name of the office above, likewise."""
        return self.parent.get(language, next(iter(self.parent.values())))

    def issuer_in(self, language: str) -> str:
        """The body that signs letters: a ward's is its People's Committee, an office is its own."""
        if self.issuer:
            return self.issuer.get(language, next(iter(self.issuer.values())))
        name = self.name_in(language)
        return committee_of(name, language) if self.kind in TERRITORIES else name

    def superior_in(self, language: str) -> str:
        """The body above the issuer, which stands over it on a letter."""
        parent = self.parent_in(language)
        return committee_of(parent, language) if is_territory(parent) else parent

    def facts(self) -> dict[str, object]:
        """What a manifest says about the unit, and what checks compare with."""
        return {
            "id": self.id,
            "kind": self.kind,
            "name": dict(self.name),
            "parent": dict(self.parent),
            "address": self.address,
            "national_hotline": self.national_hotline,
            "province_hotline": self.province_hotline,
        }


def load_unit(path: Path) -> Unit:
    """Reads a unit file.

    Raises:
        UnitUnreadable: it is not there, or too long.
        UnitFileInvalid: an entry breaks a rule.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_LENGTH + 1)
    except OSError as error:
        raise UnitUnreadable(
            f"the unit file {path} cannot be read ({error.strerror}): "
            "copy examples/gia-nghia.toml and fill it in"
        ) from None
    return parse_unit(content, path.parent)


def parse_unit(content: bytes, folder: Path) -> Unit:
    """Reads the bytes of a unit file.

    Args:
        content: TOML in UTF-8, at most `MAX_FILE_LENGTH` bytes.
        folder: from which the names of other files in it count.

    Raises:
        UnitFileInvalid: an entry breaks a rule; the sentence names it.
    """
    tables = _tables(content)
    unit, hotline, voice = tables["unit"], tables["hotline"], tables["voice"]
    languages = _languages(unit.get("languages", list(LANGUAGES)))
    return Unit(
        id=_id(unit),
        kind=_kind(unit),
        name=_names(unit, "name", languages),
        parent=_names(unit, "parent", languages),
        issuer=_names(unit, "issuer", languages) if "issuer" in unit else {},
        address=_address(unit),
        national_hotline=_telephone(hotline, "national", NATIONAL_HOTLINE),
        province_hotline=_telephone(hotline, "province", None),
        languages=languages,
        logo=_file(unit, "logo", folder, (".png", ".jpg", ".jpeg", ".svg")),
        recording=_file(voice, "recording", folder, (".wav",)),
        piper_voice=_file(voice, "piper", folder, (".onnx",)),
        voice_region=_region(voice),
    )


def _tables(content: bytes) -> dict[str, dict[str, Any]]:
    if len(content) > MAX_FILE_LENGTH:
        raise UnitFileInvalid(f"the unit file is longer than {MAX_FILE_LENGTH} bytes")
    try:
        # A byte order mark is what Windows' Notepad puts first.
        document = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UnitFileInvalid("the unit file is not UTF-8 text; save it as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UnitFileInvalid(f"the unit file is not TOML: {error}") from None
    unknown = [name for name in document if name not in _ENTRIES]
    tables = {name: document.get(name, {}) for name in _ENTRIES}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise UnitFileInvalid(f"[{name}] must be a table")
        unknown += [f"{name}.{entry}" for entry in table if entry not in _ENTRIES[name]]
    if unknown:
        raise UnitFileInvalid(f"unknown in the unit file: {', '.join(map(repr, sorted(unknown)[:5]))}")
    return tables


def _line(value: object, what: str, longest: int) -> str:
    """One line without control characters, composed (NFC): a Vietnamese letter is one character."""
    if not isinstance(value, str) or not value.strip():
        raise UnitFileInvalid(f"{what} is missing or no text")
    text = unicodedata.normalize("NFC", " ".join(value.split()))
    if len(text) > longest:
        raise UnitFileInvalid(f"{what} has {len(text)} characters; at most {longest} fit")
    if bad := sorted({f"U+{ord(c):04X}" for c in text if unicodedata.category(c)[0] == "C"}):
        raise UnitFileInvalid(f"{what} holds invisible characters ({', '.join(bad[:5])}); type it anew")
    return text


def _id(unit: Mapping[str, Any]) -> str:
    text = _line(unit.get("id"), "unit.id", 40)
    if not is_short_name(text):
        raise UnitFileInvalid(
            f"unit.id {text!r} is not of the form: small letters, digits and hyphens, such as gia-nghia"
        )
    return text


def _kind(unit: Mapping[str, Any]) -> str:
    kind = _line(unit.get("kind"), "unit.kind", 20)
    if kind not in KINDS:
        raise UnitFileInvalid(f"unit.kind {kind!r} is none of {', '.join(KINDS)}")
    return kind


def _region(voice: Mapping[str, Any]) -> str:
    region = _line(voice.get("region", VOICE_REGIONS[0]), "voice.region", 20)
    if region not in VOICE_REGIONS:
        raise UnitFileInvalid(f"voice.region {region!r} is none of {', '.join(VOICE_REGIONS)}")
    return region


def _languages(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or any(one not in LANGUAGES for one in value):
        raise UnitFileInvalid(f"unit.languages must list one or more of {', '.join(LANGUAGES)}")
    return tuple(language for language in LANGUAGES if language in value)


def _names(unit: Mapping[str, Any], entry: str, languages: tuple[str, ...]) -> dict[str, str]:
    value = unit.get(entry)
    if isinstance(value, str):
        value = dict.fromkeys(languages, value)
    if not isinstance(value, dict) or any(one not in LANGUAGES for one in value):
        raise UnitFileInvalid(f'unit.{entry} must be a name, or names such as {{ vi = "...", en = "..." }}')
    return {
        language: _line(value.get(language), f"unit.{entry}.{language}", MAX_NAME_LENGTH)
        for language in LANGUAGES
        if language in languages or language in value
    }


def _address(unit: Mapping[str, Any]) -> str:
    text = _line(unit.get("address"), "unit.address", MAX_ADDRESS_LENGTH)
    try:
        parts = urlsplit(text)
        plain = (
            parts.scheme == "https"
            and not parts.query
            and not parts.fragment
            and parts.netloc == parts.hostname
        )
    except ValueError:
        plain = False
    if not plain or not _HOST.fullmatch(parts.netloc) or not _PATH.fullmatch(parts.path):
        raise UnitFileInvalid(
            f"unit.address {text!r} must be the official address, such as "
            "https://bluezone.example/gia-nghia: https, small letters, no user name, port or question mark"
        )
    return text


def _telephone(hotline: Mapping[str, Any], entry: str, otherwise: str | None) -> str:
    text = _line(hotline.get(entry, otherwise), f"hotline.{entry}", 20)
    if not is_telephone(text):
        raise UnitFileInvalid(f"hotline.{entry} {text!r} is no telephone number, such as {NATIONAL_HOTLINE}")
    return text


def _file(table: Mapping[str, Any], entry: str, folder: Path, suffixes: tuple[str, ...]) -> Path | None:
    if entry not in table:
        return None
    name = _line(table[entry], entry, 200)
    if Path(name).suffix.lower() not in suffixes:
        raise UnitFileInvalid(f"{entry} {name!r} must be a file that ends in {', '.join(suffixes)}")
    return folder / name
