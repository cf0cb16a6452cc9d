"""Every relative link, anchor and picture of every page leads somewhere inside the repository."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.docs.repository import ROOT, pages, project_files, relative, without_code

_INLINE = re.compile(r"!?\[(?:[^\[\]]|!?\[[^\]]*\]\([^)]*\))*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_PICTURE_IN_LINK = re.compile(r"!\[[^\]]*\]\(\s*<?([^)\s>]+)")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?\s*(?:\"[^\"]*\")?$", re.M)
_HTML = re.compile(r"<(?:img|a|source)\b[^>]*?\b(?:src|href|srcset)=\"([^\"]+)\"", re.I)
_HEADING = re.compile(r"^#{1,6} +(.+?)(?: +#+)?$", re.M)
_EXTERNAL = re.compile(r"^(https?|mailto|tel):", re.I)


def targets(text: str) -> set[str]:
    """Everything that a page links to or shows."""
    prose = without_code(text)
    patterns = (_INLINE, _PICTURE_IN_LINK, _REFERENCE, _HTML)
    return {target for pattern in patterns for target in pattern.findall(prose)}


def anchor(heading: str) -> str:
    """The anchor that a heading gets: lower case, no punctuation, blanks as hyphens."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.replace("`", ""))
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


@cache
def anchors(path: Path) -> frozenset[str]:
    """All anchors of a page; a repeated heading gets -1, -2 and so on."""
    text = re.sub(r"^(```|~~~).*?^\1", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    seen: dict[str, int] = {}
    found = set(re.findall(r"<a\s+(?:id|name)=\"([^\"]+)\"", text))
    for heading in _HEADING.findall(text):
        name = anchor(heading)
        found.add(f"{name}-{seen[name]}" if name in seen else name)
        seen[name] = seen.get(name, 0) + 1
    return frozenset(found)


def broken_links(page: Path, text: str) -> list[str]:
    """The links of a page that lead nowhere, each with its reason."""
    found = []
    for target in sorted(targets(text)):
        if _EXTERNAL.match(target):
            continue
        name, _, fragment = unquote(target).partition("#")
        place = (page.parent / name).resolve() if name else page
        if name.startswith("/") or not place.is_relative_to(ROOT):
            found.append(f"{target}: leaves the repository")
        elif not place.exists() or (place.is_file() and place not in project_files()):
            found.append(f"{target}: is not in the repository")
        elif fragment and place.suffix == ".md" and fragment not in anchors(place):
            found.append(f"{target}: {relative(place)} has no such heading")
    return found


@pytest.mark.parametrize("page", pages(), ids=relative)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = broken_links(page, page.read_text(encoding="utf-8"))
    assert not broken, "\n".join(broken)


def test_every_picture_of_the_documentation_is_shown_somewhere() -> None:
    shown = {
        (page.parent / unquote(target)).resolve()
        for page in pages()
        for target in targets(page.read_text(encoding="utf-8"))
        if not _EXTERNAL.match(target)
    }
    pictures = [path for path in project_files() if path.is_relative_to(ROOT / "docs" / "pictures")]
    assert pictures
    assert [relative(path) for path in pictures if path not in shown] == []


def test_broken_links_are_noticed() -> None:
    page = ROOT / "docs" / "architecture.md"
    assert len(broken_links(page, "[a](no-such.md) ![b](no.png) [c](#no-such-heading) [d](/etc/passwd)")) == 4
    assert not broken_links(page, "[a](glossary.md) [b](https://example.org/x) `[c](not-a-link.md)`")
    assert broken_links(page, '<img src="missing.png" alt="x">\n\n[x]: missing.md') != []
    assert anchor("Tests, and `make`: what (runs)") == "tests-and-make-what-runs"
