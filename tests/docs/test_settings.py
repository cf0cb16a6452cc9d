"""Every environment variable that the code reads is explained, and every explained one is read."""

from __future__ import annotations

import re

from tests.docs.repository import ROOT, pages, project_files, relative, source_modules

_VARIABLE = re.compile(r"\bBLUEZONE_[A-Z][A-Z0-9_]*[A-Z0-9]\b")


def variables_in(texts: list[str]) -> set[str]:
    """The names of our variables in some texts."""
    return {name for text in texts for name in _VARIABLE.findall(text)}


def test_documented_settings_are_the_real_ones() -> None:
    code = variables_in([path.read_text(encoding="utf-8") for path in source_modules()])
    tests = [p for p in project_files() if relative(p).startswith("tests/") and p.suffix == ".py"]
    elsewhere = [(ROOT / "Makefile"), (ROOT / ".ci" / "run"), *tests]
    read = code | variables_in([path.read_text(encoding="utf-8") for path in elsewhere])
    explained = variables_in([path.read_text(encoding="utf-8") for path in pages()])
    assert code <= explained, f"not explained on any page: {sorted(code - explained)}"
    assert explained <= read, f"explained, but read by nothing: {sorted(explained - read)}"


def test_variables_are_found() -> None:
    assert variables_in(["x = env['BLUEZONE_HOME']", "BLUEZONE_ alone"]) == {"BLUEZONE_HOME"}
