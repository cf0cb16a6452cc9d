"""The catalogue: the fourteen items, the files of each, how each file is printed and how large it may be.

The table is `items.toml`; here it gets a form. Who makes an item is in `registry`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bluezone.outreach.kit.unit_file import LANGUAGES


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file of an item.

    Attributes:
        name: of the file; `{lang}` stands for the language.
        limit_bytes: the most it may have.
        size: language to its size and form in words, for the index.
        how_to_print: language to what to tell the printer; empty for what is not printed.
        has_qr: whether a QR code with the official address is on it.
        qr_pages: how many of its first pages carry the code.
        qr_distance_m: from how far a telephone must read the code, metres.
        safe_mm: how far text stays from the cut edge, millimetres.
        ppi: of a picture when it is printed, pixels per inch; 0 for screens.
        says: facts of the unit that must stand in it: name, address, national_hotline, province_hotline.
    """

    name: str
    limit_bytes: int
    size: Mapping[str, str]
    how_to_print: Mapping[str, str]
    has_qr: bool
    qr_pages: int
    qr_distance_m: float
    safe_mm: float
    ppi: int
    says: tuple[str, ...]

    def name_in(self, language: str) -> str:
        """The name of the file in a language."""
        return self.name.replace("{lang}", language)


@dataclass(frozen=True, slots=True)
class Item:
    """One of the fourteen items.

    Attributes:
        id: as the manifest says it, and the folder of its files.
        number: 1 to 14, the order of the catalogue.
        title: language to its title.
        where: language to where it is used.
        files: that it consists of, in every language.
        languages: in which it can be made.
        is_printed: whether the unit's texts are set in our typeface on it.
        is_last: whether it speaks of the other items, so that it is made after them.
        effort: rough share of the work, seconds on one core; for the progress bar only.
    """

    id: str
    number: int
    title: Mapping[str, str]
    where: Mapping[str, str]
    files: tuple[FilePlan, ...]
    languages: tuple[str, ...]
    is_printed: bool
    is_last: bool
    effort: float

    def languages_for(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """The languages in which the item is made; its own when none of the wanted ones is possible."""
        return tuple(one for one in self.languages if one in wanted) or self.languages


@cache
def catalogue() -> tuple[Item, ...]:
    """All items in their order."""
    text = files("bluezone.outreach.kit").joinpath("items.toml").read_text(encoding="utf-8")
    return tuple(_item(number, row) for number, row in enumerate(tomllib.loads(text)["item"], 1))


def find_item(item_id: str) -> Item | None:
    """The item of an id, if there is one."""
    return next((item for item in catalogue() if item.id == item_id), None)


def _item(number: int, row: dict[str, Any]) -> Item:
    return Item(
        id=row["id"],
        number=number,
        title=row["title"],
        where=row["where"],
        files=tuple(_file(one) for one in row["file"]),
        languages=tuple(row.get("languages", LANGUAGES)),
        is_printed=row.get("printed", True),
        is_last=row.get("last", False),
        effort=float(row["effort"]),
    )


def _file(row: dict[str, Any]) -> FilePlan:
    return FilePlan(
        name=row["name"],
        limit_bytes=row["limit_kb"] * 1024,
        size=row["size"],
        how_to_print=row.get("print", dict.fromkeys(LANGUAGES, "")),
        has_qr=row.get("qr", True),
        qr_pages=row.get("qr_pages", 1),
        qr_distance_m=float(row.get("qr_distance_m", 0.3)),
        safe_mm=float(row.get("safe_mm", 0)),
        ppi=row.get("ppi", 0),
        says=tuple(row.get("says", ("name", "address", "national_hotline", "province_hotline"))),
    )
