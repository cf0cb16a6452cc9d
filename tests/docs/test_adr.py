"""Decisions are numbered without a gap and all have the same three parts."""

from __future__ import annotations

import re

from tests.docs.repository import ROOT

FOLDER = ROOT / "docs" / "adr"
_NAME = re.compile(r"(\d{4})-[a-z0-9-]+\.md")
_LONGEST = 60


def test_numbers_have_no_gap() -> None:
    matches = [_NAME.fullmatch(path.name) for path in sorted(FOLDER.glob("*.md"))]
    assert all(matches), [path.name for path in FOLDER.glob("*.md") if not _NAME.fullmatch(path.name)]
    assert [int(m.group(1)) for m in matches if m] == list(range(1, len(matches) + 1))


def test_every_decision_has_its_three_parts_and_is_short() -> None:
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Consequences"], path.name
        assert text.startswith(f"# {path.name[:4]} "), path.name
        assert len(text.splitlines()) <= _LONGEST, path.name
