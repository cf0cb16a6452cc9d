"""The house budget: no file, function or class that a newcomer cannot hold in the head.

Source: docs/architecture.md, "Size budget". An exception is a line `budget-exception: path reason`
in an ADR, and is itself refused when it is no longer needed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.docs.repository import ROOT, parsed, project_files, relative, source_modules

MODULE_MEDIAN, MODULE_USUAL, MODULE_CAP = 150, 350, 500
FUNCTION_USUAL, FUNCTION_CAP = 30, 60
PUBLIC_METHODS_CAP = 12
USUAL_SHARE = 0.9
_EXCEPTION = re.compile(r"^budget-exception: (\S+) (\S.*)$", re.M)


def exceptions() -> dict[str, str]:
    """Path -> reason, from every ADR."""
    found: dict[str, str] = {}
    for page in sorted((ROOT / "docs" / "adr").glob("*.md")):
        found.update(_EXCEPTION.findall(page.read_text(encoding="utf-8")))
    return found


def line_count(path: Path) -> int:
    """Lines of a file, blank ones included."""
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Name and length in lines, docstring included, of every function in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def classes(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Name and number of different public methods of every class in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            methods = {m.name for m in node.body if isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef)}
            yield node.name, sum(not name.startswith("_") for name in methods)


def over_budget(path: Path) -> list[str]:
    """Every cap that one source module breaks, as a sentence."""
    found = []
    if (lines := line_count(path)) > MODULE_CAP:
        found.append(f"{relative(path)} has {lines} lines; the cap is {MODULE_CAP}")
    found += [
        f"{relative(path)}: {name} has {lines} lines; the cap is {FUNCTION_CAP}"
        for name, lines in functions(parsed(path))
        if lines > FUNCTION_CAP
    ]
    found += [
        f"{relative(path)}: class {name} has {count} public methods; the cap is {PUBLIC_METHODS_CAP}"
        for name, count in classes(parsed(path))
        if count > PUBLIC_METHODS_CAP
    ]
    return found


def share_within(values: list[int], limit: int) -> float:
    """The share of values that do not pass the limit."""
    return sum(value <= limit for value in values) / len(values)


def test_no_module_function_or_class_passes_its_cap() -> None:
    allowed = exceptions()
    broken = [
        line for path in source_modules() if relative(path) not in allowed for line in over_budget(path)
    ]
    assert not broken, "\n".join(broken)


def test_modules_are_small_as_a_rule() -> None:
    sizes = {relative(p): line_count(p) for p in source_modules() if p.name != "__init__.py"}
    large = sorted(name for name, lines in sizes.items() if lines > MODULE_USUAL)
    assert median(sizes.values()) <= MODULE_MEDIAN
    assert share_within(list(sizes.values()), MODULE_USUAL) >= USUAL_SHARE, large


def test_functions_are_small_as_a_rule() -> None:
    lengths = [lines for path in source_modules() for _, lines in functions(parsed(path))]
    assert share_within(lengths, FUNCTION_USUAL) >= USUAL_SHARE


def test_no_test_file_passes_the_cap() -> None:
    tests = [p for p in project_files() if p.suffix == ".py" and relative(p).startswith("tests/")]
    large = [f"{relative(p)}: {line_count(p)}" for p in tests if line_count(p) > MODULE_CAP]
    assert not large, large


@pytest.mark.parametrize("path", sorted(exceptions()) or [""])
def test_every_exception_is_still_needed(path: str) -> None:
    if path:
        assert over_budget(ROOT / path), f"{path} keeps the budget: remove its line from the ADR"


def test_the_measures_see_what_they_should() -> None:
    source = "class Big:\n" + "".join(f"    def m{i}(self):\n        pass\n" for i in range(13))
    tree = ast.parse(source + "def long():\n" + "    x = 1\n" * 60)
    assert list(classes(tree)) == [("Big", 13)]
    assert ("long", 61) in list(functions(tree))
    assert _EXCEPTION.findall("budget-exception: src/bluezone/x.py a table\n") == [
        ("src/bluezone/x.py", "a table")
    ]
