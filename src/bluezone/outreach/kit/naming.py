"""How a unit is named beside its own name: in running text, and as the body that issues a letter.

Decides by Decree 30/2020/ND-CP, appendix II: the kind of a unit is written small before a name (phường Bắc
Gia Nghĩa) and large before a number (Phường 1). That a ward or province issues letters as its People's
Committee is the default of a unit file that names no `issuer`. By the same appendix a ward that bears a
person's name keeps its capital; no rule finds those, so such a unit writes its issuer itself.
"""

from __future__ import annotations

import re

TERRITORIES = frozenset({"commune", "ward", "zone", "town", "city", "district", "province"})
_KINDS = "tỉnh|thành phố|quận|huyện|thị xã|thị trấn|xã|phường|đặc khu"
# Not Tỉnh ủy or Tỉnh đoàn, which are bodies of their own.
_TERRITORY = re.compile(rf"(?P<kind>{_KINDS}) (?!(?:ủy|uỷ|đoàn|đội|hội)\b)", re.IGNORECASE)
_KEEPS_CAPITAL = re.compile(r"\d|[IVX]+\b|Hồ Chí Minh\b")
_ENGLISH_TERRITORY = re.compile(r"\b(?:Province|City|District|Town|Township|Commune|Ward|Zone)$")
_COMMITTEE = re.compile(r"(?:ủy ban|uỷ ban|ubnd|people's committee|people’s committee)\b", re.IGNORECASE)


def inline_name(name: str, language: str) -> str:
    """A name as it stands within a sentence.

    Args:
        name: of a unit, as its file says it.
        language: of the sentence.
    """
    found = _territory(name)
    if language != "vi" or not found or _KEEPS_CAPITAL.match(name, found.end()):
        return name
    return found["kind"].lower() + name[found.end("kind") :]


def is_territory(name: str) -> bool:
    """Whether a name says by itself that it is a province, a ward and so on."""
    return bool(_territory(name) or _ENGLISH_TERRITORY.search(name))


def committee_of(name: str, language: str) -> str:
    """The People's Committee of a territory; what is named as one stays as it is.

    Args:
        name: of the territory.
        language: of the letter.
    """
    if _COMMITTEE.match(name):
        return name
    if language == "vi":
        return f"Ủy ban nhân dân {inline_name(name, language)}"
    return f"People's Committee of {name}"


def _territory(name: str) -> re.Match[str] | None:
    found = _TERRITORY.match(name)
    # What follows is a name or a number only when it looks like one.
    return found if found and not name[found.end() : found.end() + 1].islower() else None
