"""The tree on the architecture page is the tree on disk, in both directions."""

from __future__ import annotations

import pytest

from tests.docs.package_tree import END, PAGE, START, entries, purpose, renewed
from tests.docs.repository import SOURCE, project_files, relative, replace_between, source_modules


def test_architecture_page_shows_the_real_tree() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == renewed(page), "run `make docs`: modules came, went or changed their first sentence"


def test_every_module_says_in_its_first_sentence_what_it_is_for() -> None:
    silent = [relative(path) for path in source_modules() if not purpose(path)]
    assert not silent, silent


def test_a_tree_that_differs_is_noticed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page != page.replace("protocol/", "protocols/", 1)
    assert renewed(replace_between(page, START, END, "an old tree")) == renewed(page)
    assert SOURCE / "protocol" in entries(SOURCE)
    with pytest.raises(ValueError, match="marker"):
        renewed("a page without markers")


def test_every_folder_of_modules_is_a_package() -> None:
    # Alembic loads its scripts by path; everything else is imported by a name that must be its own.
    python = [path for path in project_files() if path.suffix == ".py" and "migrations" not in path.parts]
    folders = {path.parent for path in python if relative(path).startswith(("src/bluezone/", "tests/"))}
    assert not [relative(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()]
