"""The repository as data for the tests of this folder: its files, its modules, its pages.

Decides which files belong to the project (what git tracks or would track). Leaves every rule about
them to the tests.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src" / "bluezone"
_NOT_OURS = {".git", ".venv", "__pycache__", "node_modules", "out", "build", "dist", "site"}


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that git tracks or would add; without git, every file outside the known outputs."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
        names = [ROOT / name for name in listed.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [path for path in ROOT.rglob("*") if not _is_output(path)]
    return tuple(sorted(path for path in names if path.is_file()))


def _is_output(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any(p in _NOT_OURS or p.endswith(("_cache", ".egg-info")) or p == ".hypothesis" for p in parts)


def relative(path: Path) -> str:
    """The path as a person writes it: from the root, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


def pages() -> list[Path]:
    """Every Markdown page."""
    return [path for path in project_files() if path.suffix == ".md"]


def source_modules() -> list[Path]:
    """Every Python module of the package `bluezone`."""
    return [path for path in project_files() if path.suffix == ".py" and path.is_relative_to(SOURCE)]


def dotted(path: Path) -> str:
    """The name a source module is imported by."""
    parts = list(path.relative_to(SOURCE.parent).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=relative(path))


def import_everything() -> None:
    """Import every module of the package, so that all its classes exist."""
    package = importlib.import_module("bluezone")
    for module in pkgutil.walk_packages(package.__path__, "bluezone."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def without_code(text: str) -> str:
    """The page with fenced blocks and inline code blanked out, line numbers kept."""
    text = re.sub(
        r"^(```|~~~).*?^\1", lambda block: "\n" * block.group().count("\n"), text, flags=re.M | re.S
    )
    return re.sub(r"`[^`\n]+`", "", text)


def quoted_code(text: str) -> Iterator[str]:
    """Every line of a fenced block and every inline code of a page."""
    for block in re.finditer(r"^(```|~~~)[^\n]*\n(.*?)^\1", text, flags=re.M | re.S):
        yield from block.group(2).replace("\\\n", " ").splitlines()
    outside = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.M | re.S)
    for inline in re.finditer(r"`([^`\n]+)`", outside):
        yield inline.group(1)


def replace_between(page: str, start: str, end: str, generated: str) -> str:
    """The page with everything between two marker lines replaced; ValueError when a marker is missing."""
    if start not in page or end not in page:
        raise ValueError(f"the page has lost its marker {start!r} or {end!r}")
    head, rest = page.split(start, 1)
    _, tail = rest.split(end, 1)
    return f"{head}{start}\n{generated}\n{end}{tail}"
