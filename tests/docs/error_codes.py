"""Writes docs/errors.md: every error of the package, its stable code and its sentence.

Decides what counts as an error (every exception class defined in `bluezone`) and how the page looks.
A class either declares one `code`, or takes it where it is raised: then every such place is a row.
`python -m tests.docs.error_codes --write` renews the page; a test compares it.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple, get_type_hints

from tests.docs.repository import ROOT, import_everything, parsed, source_modules

PAGE = ROOT / "docs" / "errors.md"
HEAD = """# Errors

Every error that can cross a border has a code that never changes, so that a log line, a screen and a
bug report can name it, and a sentence for the person who reads it. Verification raises one of these;
it never returns a yes or no that somebody could forget to look at. An ellipsis (…) stands for what is
filled in when the error is raised.

This page is written from the code by `make docs`, and a test compares it.
"""


class Row(NamedTuple):
    """One code with the class that carries it and its sentence."""

    code: str
    cls: type[BaseException]
    sentence: str


def _below(parent: type[BaseException]) -> set[type[BaseException]]:
    children = set(parent.__subclasses__())
    return children.union(*(_below(child) for child in children))


def error_classes() -> list[type[BaseException]]:
    """Every exception class that the package defines, by module and line."""
    import_everything()
    ours = [cls for cls in _below(BaseException) if cls.__module__.split(".")[0] == "bluezone"]
    return sorted(ours, key=lambda cls: (cls.__module__, inspect.getsourcelines(cls)[1]))


def code_source(cls: type[BaseException]) -> type | None:
    """What the code of an instance is made from where it is raised: a text, an enum, or nothing."""
    hints = get_type_hints(cls.__init__) if "__init__" in vars(family(cls)) or "__init__" in vars(cls) else {}
    name, kind = next(iter(hints.items()), ("", None))
    if name == "code" or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind
    return None


def own_sentence(cls: type[BaseException]) -> str:
    """The first paragraph of the class's own docstring on one line."""
    text = inspect.cleandoc(cls.__dict__.get("__doc__") or "")
    return " ".join(text.split("\n\n")[0].split())


def declared(cls: type[BaseException]) -> list[Row]:
    """The row of the code in the class itself; an inherited code or sentence does not count."""
    code = cls.__dict__.get("code")
    return [Row(code, cls, own_sentence(cls))] if isinstance(code, str) else []


def words(node: ast.expr) -> str:
    """The text of a string in the code, an ellipsis for each part that is filled in later."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join("…" if isinstance(part, ast.FormattedValue) else words(part) for part in node.values)
    return "…"


def calls(cls: type[BaseException]) -> Iterator[tuple[str, str]]:
    """Code and sentence of every place in the package that makes an error of this class."""
    source = code_source(cls)
    for path in source_modules():
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.Call) or ast.unparse(node.func).split(".")[-1] != cls.__name__:
                continue
            first, *rest = node.args or [ast.Constant("")]
            code = words(first)
            if isinstance(first, ast.Attribute) and source is not None and issubclass(source, Enum):
                code = str(vars(cls(source[first.attr], ""))["code"])
            yield code, words(rest[0]) if rest else "…"


def given(cls: type[BaseException]) -> list[Row]:
    """The rows of the codes that a class is given when raised: each code once, with all its sentences."""
    found: dict[str, dict[str, None]] = {}
    for code, sentence in calls(cls):
        found.setdefault(code, {})[sentence] = None
    written = {code: " / ".join(text for text in texts if text != "…") for code, texts in found.items()}
    return [Row(code, cls, written[code] or own_sentence(cls)) for code in sorted(written)]


def rows(cls: type[BaseException]) -> list[Row]:
    """All codes of one class."""
    return declared(cls) or (given(cls) if code_source(cls) else [])


def family(cls: type[BaseException]) -> type[BaseException]:
    """The topmost class of the package that this one descends from."""
    return [base for base in cls.__mro__ if base.__module__.split(".")[0] == "bluezone"][-1]


def in_cell(text: str) -> str:
    """Text that may stand in a table."""
    return text.replace("|", r"\|")


def rendered() -> str:
    """The whole page."""
    families: dict[type[BaseException], list[Row]] = {}
    for cls in error_classes():
        families.setdefault(family(cls), []).extend(rows(cls))
    parts = [HEAD]
    for root in sorted(families, key=lambda cls: (cls.__module__, cls.__name__)):
        lines = [f"## {root.__name__}", "", f"Defined in `{root.__module__}`.", ""]
        lines += ["| code | class | sentence |", "|---|---|---|"]
        lines += [f"| `{r.code}` | `{r.cls.__name__}` | {in_cell(r.sentence)} |" for r in families[root]]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def main() -> int:
    """Renew the page with --write; otherwise print it."""
    if "--write" in sys.argv[1:]:
        PAGE.write_text(rendered(), encoding="utf-8")
    else:
        sys.stdout.write(rendered())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
