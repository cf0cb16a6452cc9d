"""Pure modules stay pure in the ways that an import rule cannot see, and every module is placed.

Source: docs/architecture.md, "Import rules". The lists are those of .importlinter.
"""

from __future__ import annotations

import ast
import configparser
from pathlib import Path

from tests.docs.repository import ROOT, dotted, parsed, relative, source_modules

_CLOCK_CALLS = {"now", "utcnow", "today", "fromtimestamp", "monotonic", "perf_counter", "time_ns"}
_ENVIRONMENT = {"environ", "getenv", "putenv"}
# A time zone named nowhere would be the machine's own: the same input, another answer.
_LOCAL_TIME = {"fromtimestamp"}


def contract(name: str, field: str) -> list[str]:
    """The modules that a contract of .importlinter lists."""
    rules = configparser.ConfigParser()
    rules.read(ROOT / ".importlinter", encoding="utf-8")
    return rules[f"importlinter:contract:{name}"][field].split()


def pure_modules() -> list[Path]:
    """The files of every module that must be pure."""
    listed = contract("pure", "source_modules")
    return [
        path
        for path in source_modules()
        if any(dotted(path) == name or dotted(path).startswith(f"{name}.") for name in listed)
    ]


def attribute_calls(tree: ast.Module, names: set[str]) -> list[ast.Call]:
    """Calls such as `datetime.now(...)`: an attribute of one of these names."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
    ]


def asks_the_clock(tree: ast.Module) -> list[int]:
    """Lines that ask what time it is. Converting an instant with a named zone does not."""
    return [
        call.lineno
        for call in attribute_calls(tree, _CLOCK_CALLS)
        if not (
            ast.unparse(call.func).split(".")[-1] in _LOCAL_TIME and len(call.args) + len(call.keywords) > 1
        )
    ]


def reads_environment(tree: ast.Module) -> bool:
    """Whether a module touches the process environment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _ENVIRONMENT:
            return True
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            return any(alias.name in _ENVIRONMENT for alias in node.names)
    return False


def test_pure_modules_never_ask_the_clock() -> None:
    asking = [f"{relative(path)}:{line}" for path in pure_modules() for line in asks_the_clock(parsed(path))]
    assert not asking, asking


def test_every_module_of_the_phone_is_listed_as_pure_or_as_its_edge() -> None:
    placed = set(contract("pure", "source_modules")) | set(contract("phone-edge", "forbidden_modules"))
    modules = {dotted(path) for path in source_modules() if dotted(path).startswith("bluezone.phone.")}
    assert not {name for name in modules if not any(name == p or name.startswith(f"{p}.") for p in placed)}


def test_environment_is_read_only_in_settings_modules() -> None:
    reading = [
        path for path in source_modules() if path.stem != "settings" and reads_environment(parsed(path))
    ]
    assert not [relative(path) for path in reading]


def test_impurity_is_noticed() -> None:
    assert asks_the_clock(ast.parse("datetime.now(UTC)")) == [1]
    assert asks_the_clock(ast.parse("datetime.fromtimestamp(x)")) == [1]
    assert asks_the_clock(ast.parse("datetime.fromtimestamp(x, tz=UTC)")) == []
    assert reads_environment(ast.parse("import os\nos.environ['A']"))
    assert reads_environment(ast.parse("from os import getenv"))
    assert not reads_environment(ast.parse("import os\nos.fsync(3)"))
