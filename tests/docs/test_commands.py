"""Every `bluezone ...` and `make ...` line that a page quotes exists, with its options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from tests.docs.repository import ROOT, pages, quoted_code, relative

_SHELL_END = re.compile(r"\s(?:\||&&|\|\||;|>|2>|#|&)(?:\s|$)|[;·]")
_PREFIX = re.compile(r"^\s*(?:\$ )?(?:[A-Z_]+=\S+ )*(?:time )?(?:uv run )?(?:\.venv/bin/)?")
_PLACEHOLDER = re.compile(r"^(\.\.\.|…|<.*|\[.*|COMMAND|GROUP)$")


def cli() -> click.Group:
    """The root of the command line."""
    main = import_module("bluezone.cli.main").main
    assert isinstance(main, click.Group)
    return main


def quoted(program: str, text: str) -> Iterator[list[str]]:
    """The arguments of every quoted line of a page that runs this program."""
    for line in quoted_code(text):
        for part in _SHELL_END.split(line):
            words = _PREFIX.sub("", part).strip()
            if words.startswith(f"{program} "):  # alone it is the name of the package, not a command
                yield shlex.split(words)[1:]


def wrong_command(root: click.Group, words: list[str]) -> str | None:
    """What is wrong with a command line, or None: an unknown command or an unknown option."""
    command: click.Command = root
    context = click.Context(root, info_name="bluezone")
    options = {"--help"} | _options(root)
    for word in words:
        if _PLACEHOLDER.match(word):
            return None
        if word.startswith("-") and word != "-":
            if word.split("=")[0] not in options and not re.fullmatch(r"-\d+(\.\d+)?", word):
                return f"bluezone {' '.join(words)}: no option {word}"
        elif isinstance(command, click.Group):
            found = command.get_command(context, word)
            if found is None:
                return f"bluezone {' '.join(words)}: no command {word}"
            context = click.Context(found, info_name=word, parent=context)
            command, options = found, options | _options(found)
    return None


def _options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}


def make_targets() -> set[str]:
    """Every target of the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+):", text, re.M))


@pytest.mark.parametrize("page", pages(), ids=relative)
def test_every_quoted_command_exists(page: Path) -> None:
    lines = list(quoted("bluezone", page.read_text(encoding="utf-8")))
    wrong = [reason for words in lines if (reason := wrong_command(cli(), words))] if lines else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", pages(), ids=relative)
def test_every_quoted_make_target_exists(page: Path) -> None:
    targets = [word for words in quoted("make", page.read_text(encoding="utf-8")) for word in words]
    wrong = [word for word in targets if re.fullmatch(r"[a-z0-9-]+", word) and word not in make_targets()]
    assert not wrong, wrong


def test_every_make_target_says_what_it_does() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"^([a-z0-9-]+):.* ## \S", text, re.M)) == make_targets()
    assert {"setup", "demo", "test", "test-all", "check", "fix", "bench", "docs"} <= make_targets()


def test_wrong_commands_are_noticed() -> None:
    @click.group()
    def root() -> None: ...

    @root.command()
    @click.option("--once", is_flag=True)
    def demo(once: bool) -> None: ...

    text = "`uv run bluezone demo --once | cat`\n\n```sh\n$ bluezone demo --twice\nbluezone demos\n```\n"
    lines = list(quoted("bluezone", text))
    assert sorted(lines) == [["demo", "--once"], ["demo", "--twice"], ["demos"]]
    assert sum(wrong_command(root, words) is not None for words in lines) == 2
