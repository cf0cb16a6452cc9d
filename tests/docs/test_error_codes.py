"""Every error has its own code and sentence, and docs/errors.md lists them all."""

from __future__ import annotations

import ast
import re

from tests.docs.error_codes import (
    PAGE,
    Row,
    code_source,
    declared,
    error_classes,
    family,
    rendered,
    rows,
    words,
)

_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def all_rows() -> list[Row]:
    """Every code of the package."""
    return [row for cls in error_classes() for row in rows(cls)]


def test_every_error_has_a_code() -> None:
    # The root of a family whose members take their code when raised is never raised itself.
    silent = [c for c in error_classes() if not rows(c) and not (code_source(c) and family(c) is c)]
    assert not [f"{cls.__module__}.{cls.__name__}" for cls in silent]


def test_every_code_is_a_stable_word() -> None:
    assert not [row for row in all_rows() if not _KEBAB.fullmatch(row.code)]


def test_no_two_errors_share_a_code() -> None:
    owners: dict[str, set[str]] = {}
    for row in all_rows():
        owners.setdefault(row.code, set()).add(row.cls.__name__)
    assert not {code: names for code, names in owners.items() if len(names) > 1}


def test_every_error_has_a_sentence_for_the_reader() -> None:
    assert not [row for row in all_rows() if len(row.sentence) < 10]
    docstrings = [row for cls in error_classes() for row in declared(cls)]
    assert not [row for row in docstrings if row.sentence[-1:] not in {".", ":", "?"}]


def test_errors_page_lists_exactly_these() -> None:
    assert PAGE.read_text(encoding="utf-8") == rendered(), "run `make docs`"


def test_the_walk_finds_the_protocol_family() -> None:
    names = {cls.__name__ for cls in error_classes()}
    assert {"ProtocolError", "MalformedAdvertisement", "TooFewSigners"} <= names


def test_words_shows_what_is_filled_in() -> None:
    assert words(ast.parse("f'{n} bytes of {limit}.'", mode="eval").body) == "… bytes of …."
