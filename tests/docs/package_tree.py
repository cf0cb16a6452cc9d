"""Writes the package tree of docs/architecture.md from what is really in src/bluezone.

Decides how the tree is drawn: one line per folder and module, with the first sentence of its
docstring. `python -m tests.docs.package_tree --write` renews the page; a test compares it.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from tests.docs.repository import ROOT, SOURCE, parsed, project_files, replace_between

PAGE = ROOT / "docs" / "architecture.md"
START = "<!-- package tree, written by: make docs -->"
END = "<!-- end of package tree -->"


def purpose(path: Path) -> str:
    """The first sentence of a module's docstring; empty when there is none."""
    text = " ".join((ast.get_docstring(parsed(path)) or "").split("\n\n")[0].split())
    return text.split(". ")[0].rstrip(".")


def entries(folder: Path) -> list[Path]:
    """What the tree shows of a folder: its modules first, then the folders that hold project files."""
    inside = [path.relative_to(folder) for path in project_files() if path.is_relative_to(folder)]
    modules = sorted(p for p in inside if len(p.parts) == 1 and p.suffix == ".py" and p.name != "__init__.py")
    folders = sorted({Path(p.parts[0]) for p in inside if len(p.parts) > 1})
    return [folder / p for p in (*modules, *folders)]


def unopened(folder: Path) -> str:
    """What is said of a folder that is no package."""
    inside = [path for path in project_files() if path.is_relative_to(folder)]
    return "scripts, loaded by their path" if any(p.suffix == ".py" for p in inside) else "data files"


def rows(folder: Path, depth: int = 1) -> list[tuple[str, str]]:
    """Indented name and purpose of everything below a folder. Only packages are opened."""
    found = []
    for path in entries(folder):
        start = path / "__init__.py" if path.is_dir() else path
        text = purpose(start) if start.is_file() else unopened(path)
        found.append(("  " * depth + path.name + ("/" if path.is_dir() else ""), text))
        if path.is_dir() and start.is_file():
            found += rows(path, depth + 1)
    return found


def drawn() -> str:
    """The whole tree as a fenced block."""
    lines = [("src/bluezone/", purpose(SOURCE / "__init__.py")), *rows(SOURCE)]
    width = max(len(name) for name, _ in lines) + 2
    return "\n".join(["```text", *(f"{name:<{width}}{text}".rstrip() for name, text in lines), "```"])


def renewed(page: str) -> str:
    """The page with today's tree."""
    return replace_between(page, START, END, drawn())


def main() -> int:
    """Renew the page with --write; otherwise print the tree."""
    if "--write" in sys.argv[1:]:
        PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        sys.stdout.write(drawn() + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
