"""Everything public says what it is for, and nothing leaves an open end."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.repository import parsed, project_files, relative, source_modules

_OPEN_END = re.compile(r"#.*\b(?:TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
_Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public(body: list[ast.stmt]) -> Iterator[_Definition]:
    """The public classes and functions among these statements."""
    for node in body:
        if isinstance(node, _Definition) and not node.name.startswith("_"):
            yield node


def is_port(node: ast.ClassDef) -> bool:
    """Whether a class is a Protocol, whose methods are promises to every implementation."""
    return any("Protocol" in ast.unparse(base) for base in node.bases)


def undocumented(tree: ast.Module) -> list[str]:
    """Public things of a module that have no docstring; of a port, its methods too."""
    found = []
    for node in public(tree.body):
        if not ast.get_docstring(node):
            found.append(node.name)
        if isinstance(node, ast.ClassDef) and is_port(node):
            found += [f"{node.name}.{m.name}" for m in public(node.body) if not ast.get_docstring(m)]
    return found


def test_everything_public_has_a_docstring() -> None:
    silent = [f"{relative(path)}: {name}" for path in source_modules() for name in undocumented(parsed(path))]
    assert not silent, "\n".join(silent)


def test_no_open_end_is_left() -> None:
    def open_ends(path: Path) -> list[str]:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [f"{relative(path)}:{n}" for n, line in enumerate(lines, 1) if _OPEN_END.search(line)]

    ours = [p for p in project_files() if p.suffix == ".py" and not relative(p).startswith("tests/docs/")]
    assert not [place for path in ours for place in open_ends(path)]


def test_missing_docstrings_are_noticed() -> None:
    tree = ast.parse('class P(Protocol):\n    "A port."\n    def f(self): ...\ndef g(): ...\ndef _h(): ...')
    assert undocumented(tree) == ["P.f", "g"]
