"""The one source of text: `texts/*.toml`, a file each for what is read, what is heard, and the questions.

Decides how facts of a unit come into a text: as `{name}`, `{parent}`, `{address}`, `{hotline}` and
`{province_hotline}`; within a sentence as `{name_inline}` and `{parent_inline}`; on letters as `{issuer}` and
`{superior}`; and nothing else. Every item takes its words from here; no layout has words of its own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bluezone.outreach.kit.naming import inline_name
from bluezone.outreach.kit.unit_file import Unit

# A telephone number or a name must not be broken over two lines.
_NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answer.

    Attributes:
        id: the same in every language, for addresses on a page.
        question: as a resident asks it.
        answer: paragraphs, plain text.
    """

    id: str
    question: str
    answer: tuple[str, ...]


def words_for(language: str, unit: Unit) -> dict[str, Any]:
    """All texts of a language with a unit's facts filled in: the tree of the TOML files.

    What is spoken and filmed is under `media`.
    """
    source = {**_read(f"{language}.toml"), "media": _read(f"media-{language}.toml")}
    filled = _each(source, _filler(_facts(language, unit)))
    assert isinstance(filled, dict)
    return filled


def mark_text(language: str) -> str:
    """The words for Bluezone's mark, where it cannot be seen."""
    text: str = _read(f"{language}.toml")["alt"]["mark"]
    return text


def questions(language: str, unit: Unit) -> tuple[Question, ...]:
    """The frequent questions with the facts of a unit filled in, in their order."""
    return frequent_questions(language, _facts(language, unit))


def frequent_questions(language: str, facts: Mapping[str, str]) -> tuple[Question, ...]:
    """The frequent questions, for who has no unit file.

    Args:
        language: one of the languages of the kit.
        facts: `name`, `parent`, `address`, `hotline`, `province_hotline`.
    """
    fill = _filler(facts)
    return tuple(
        Question(one["id"], fill(one["question"]), tuple(fill(part) for part in one["answer"]))
        for one in _read(f"faq-{language}.toml")["faq"]
    )


def _facts(language: str, unit: Unit) -> dict[str, str]:
    return {
        "name": unit.name_in(language),
        "parent": unit.parent_in(language),
        "name_inline": inline_name(unit.name_in(language), language),
        "parent_inline": inline_name(unit.parent_in(language), language),
        "issuer": unit.issuer_in(language),
        "superior": unit.superior_in(language),
        "address": unit.shown_address,
        "hotline": unit.national_hotline.replace(" ", _NO_BREAK),
        "province_hotline": unit.province_hotline.replace(" ", _NO_BREAK),
    }


def _filler(facts: Mapping[str, str]) -> Callable[[str], str]:
    # Not str.format, and in one go: a brace in a name must stay a brace.
    holes = re.compile("{(" + "|".join(map(re.escape, facts)) + ")}")
    return lambda text: holes.sub(lambda hole: facts[hole[1]], text)


def _each(tree: Any, change: Callable[[str], str]) -> Any:
    if isinstance(tree, str):
        return change(tree)
    if isinstance(tree, dict):
        return {name: _each(one, change) for name, one in tree.items()}
    return [_each(one, change) for one in tree] if isinstance(tree, list) else tree


@cache
def _read(name: str) -> dict[str, Any]:
    text = files("bluezone.outreach.kit").joinpath("texts", name).read_text(encoding="utf-8")
    return tomllib.loads(text)
