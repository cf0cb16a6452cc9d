"""Each route page has the end-to-end test of its number, and names it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.repository import ROOT, relative

PAGES = ROOT / "docs" / "routes"
TESTS = ROOT / "tests" / "routes"


def numbered(paths: list[Path], pattern: str) -> dict[int, Path]:
    """Number -> file, for the files whose name carries one."""
    found = ((re.match(pattern, path.name), path) for path in paths)
    return {int(match.group(1)): path for match, path in found if match}


def route_pages() -> dict[int, Path]:
    """The pages by number: docs/routes/1-from-air-to-store.md."""
    return numbered(sorted(PAGES.glob("*.md")), r"(\d+)[-.]")


def route_tests() -> dict[int, Path]:
    """The tests by number: tests/routes/test_1_from_air_to_store.py."""
    return numbered(sorted(TESTS.glob("test_*.py")), r"test_(?:route_)?(\d+)")


def test_pages_and_tests_have_the_same_numbers() -> None:
    assert set(route_pages()) == set(route_tests())
    assert {1, 2} <= set(route_pages())


def test_each_page_names_its_test() -> None:
    for number, page in route_pages().items():
        assert relative(route_tests()[number]) in page.read_text(encoding="utf-8"), relative(page)
