"""The words: the same tree in both languages, only known facts, only what the typeface can show."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import bluezone.outreach.kit
from bluezone.outreach.kit.glyphs import uncovered
from bluezone.outreach.kit.items import catalogue
from bluezone.outreach.kit.registry import MODULES
from bluezone.outreach.kit.unit_file import load_unit
from bluezone.outreach.kit.wording import frequent_questions, questions, words_for
from tests.unit.outreach.kit.conftest import EXAMPLE, MakeUnit

TEXTS = files("bluezone.outreach.kit").joinpath("texts")
FACTS = {
    *("name", "parent", "name_inline", "parent_inline", "issuer", "superior"),
    *("address", "hotline", "province_hotline"),
}


def source(name: str) -> str:
    """One file of words."""
    return TEXTS.joinpath(name).read_text(encoding="utf-8")


def shape(tree: Any) -> Any:
    """A tree with every text replaced by its type."""
    if isinstance(tree, dict):
        return {name: shape(one) for name, one in tree.items()}
    return [shape(one) for one in tree] if isinstance(tree, list) else type(tree)


def leaves(tree: Any) -> list[str]:
    """Every text of a tree."""
    if isinstance(tree, dict):
        return [text for one in tree.values() for text in leaves(one)]
    return [text for one in tree for text in leaves(one)] if isinstance(tree, list) else [str(tree)]


def test_both_languages_have_the_same_texts() -> None:
    unit = load_unit(EXAMPLE)
    vi, en = (words_for(language, unit) for language in ("vi", "en"))
    vi.pop("media"), en.pop("media")
    assert shape(vi) == shape(en)


@pytest.mark.parametrize("name", sorted(one.name for one in TEXTS.iterdir()))
def test_only_known_facts_are_filled_in(name: str) -> None:
    assert set(re.findall(r"\{(\w+)\}", source(name))) - {"title", "text", "q", "a"} <= FACTS


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_text_can_be_shown(language: str) -> None:
    unit = load_unit(EXAMPLE)
    texts = leaves(words_for(language, unit))
    texts += [part for one in questions(language, unit) for part in (one.question, *one.answer)]
    assert uncovered(" ".join(texts)) == []
    assert not [text for text in texts if "{" in text]


def test_questions_are_the_same_in_both_languages() -> None:
    facts = dict.fromkeys(FACTS, "x")
    vi, en = (frequent_questions(language, facts) for language in ("vi", "en"))
    assert [one.id for one in vi] == [one.id for one in en]
    assert 24 <= len(vi) <= 30
    assert len({one.id for one in vi}) == len(vi)


def test_the_limits_are_told() -> None:
    answers = {one.id: " ".join(one.answer) for one in questions("vi", load_unit(EXAMPLE))}
    assert "Chưa có ứng dụng cho Android và iPhone" in answers["devices"]
    assert "1900\u00a09095" in answers["alert"]


def test_a_brace_in_a_name_stays_one(make_unit: MakeUnit) -> None:
    unit = make_unit(name='"Xã {hotline} %s {0}"')
    assert words_for("vi", unit)["call"]["from"].startswith("Xã {hotline} %s {0} ·")


def test_there_are_fourteen_items_and_each_has_a_builder() -> None:
    ids = [item.id for item in catalogue()]
    assert len(ids) == len(set(ids)) == 14
    assert set(MODULES) == set(ids)
    assert [item.id for item in catalogue() if item.is_last] == ["index"]


def test_no_two_files_have_one_name() -> None:
    names = [f"{item.id}/{plan.name}" for item in catalogue() for plan in item.files]
    assert len(names) == len(set(names))
    assert all("{lang}" in name for name in names)


def test_the_catalogue_speaks_both_languages() -> None:
    tree = tomllib.loads(files("bluezone.outreach.kit").joinpath("items.toml").read_text(encoding="utf-8"))
    for item in tree["item"]:
        for texts in (item["title"], item["where"], *(one["size"] for one in item["file"])):
            assert set(texts) == {"vi", "en"}
            assert not uncovered("".join(texts.values()))


PACKAGE = Path(bluezone.outreach.kit.__file__).parent
# Part of a path that is the name of a file or an item, not written out where the text is read.
NAMED_ELSEWHERE = {item.id for item in catalogue()} | {
    plan.name.split("-")[0] for item in catalogue() for plan in item.files
}


def paths(tree: dict[str, Any], *above: str) -> Iterator[tuple[str, ...]]:
    """The path of every text, or list of texts, of a tree."""
    for name, one in tree.items():
        if isinstance(one, dict):
            yield from paths(one, *above, name)
        else:
            yield (*above, name)


def is_read(path: tuple[str, ...], modules: Sequence[str], layouts: str) -> bool:
    """Whether a module quotes every part of a path, or a layout says it as a whole."""
    parts = [part for part in path if part not in NAMED_ELSEWHERE]
    if re.search(rf"\bw\.{re.escape('.'.join(path))}\b", layouts):
        return True
    return any(all(re.search(f"['\"]{part}['\"]", module) for part in parts) for module in modules)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_text_is_used(language: str) -> None:
    # Modules that read words; others quote names of their own.
    sources = [path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py"))]
    modules = [source for source in sources if re.search(r"\bwords(\[|:| =)", source)]
    layouts = "\n".join(path.read_text("utf-8") for path in sorted((PACKAGE / "typst").glob("*.typ")))
    tree = words_for(language, load_unit(EXAMPLE))
    unused = [".".join(path) for path in paths(tree) if not is_read(path, modules, layouts)]
    assert unused == []
