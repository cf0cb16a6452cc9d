"""Every sentence on a screen exists in Vietnamese and in English.

Templates mark their messages with gettext calls; a catalogue is `<lang>/LC_MESSAGES/<name>.po`
anywhere in the package.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from tests.docs.repository import SOURCE, project_files, relative

LANGUAGES = ("vi", "en")
_TEMPLATE_SUFFIXES = {".html", ".jinja", ".j2"}


def messages_in(template: bytes) -> set[str]:
    """The message ids of one template."""
    found = extract("jinja2.ext:babel_extract", BytesIO(template), options={"encoding": "utf-8"})
    return {ids if isinstance(ids, str) else ids[0] for _, ids, _, _ in found}


def translated(language: str) -> set[str]:
    """The ids that a language's catalogues translate, in every plural form, without doubt marks."""
    ids: set[str] = set()
    for path in project_files():
        if path.suffix == ".po" and language in path.relative_to(path.parents[2]).parts:
            with path.open("rb") as file:
                catalogue = read_po(file, locale=language)
            for message in catalogue:
                forms = message.string if isinstance(message.string, tuple | list) else [message.string]
                if message.id and all(forms) and not message.fuzzy:
                    ids.add(message.id if isinstance(message.id, str) else message.id[0])
    return ids


def used() -> dict[str, set[Path]]:
    """Message id -> templates that use it."""
    found: dict[str, set[Path]] = {}
    for path in project_files():
        if path.is_relative_to(SOURCE) and path.suffix in _TEMPLATE_SUFFIXES:
            for message in messages_in(path.read_bytes()):
                found.setdefault(message, set()).add(path)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    known = translated(language)
    missing = [
        f"{message!r} in {relative(min(paths))}" for message, paths in used().items() if message not in known
    ]
    assert not missing, "\n".join(missing)


def test_messages_are_found() -> None:
    assert messages_in(b"<p>{{ _('contact-history') }}</p>{% trans %}scanning{% endtrans %}") == {
        "contact-history",
        "scanning",
    }
