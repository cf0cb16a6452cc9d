"""Both catalogues hold exactly the messages that pages use, with the same values to fill in."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import bluezone
from bluezone.outreach.site.install_file import STATES
from bluezone.phone.ui.screen import PROBLEM_KEYS
from bluezone.sim.demo.plan import Kind
from bluezone.sim.demo.result import Verdict
from bluezone.sim.demo.story import Step
from bluezone.web.language import LANGUAGES, words_of
from bluezone.web.page import _KNOWN_FAILURES

SOURCE = Path(bluezone.__file__).parent
FACES = (SOURCE / "web", SOURCE / "phone" / "ui", SOURCE / "sim" / "demo", SOURCE / "outreach")
# What speaks at the terminal in the words of a catalogue.
TELLERS = (SOURCE / "sim" / "campaign" / "run.py", SOURCE / "cli" / "outreach_demo.py")
# Its words are in `texts/`; what looks like a key there is the name of a file.
KIT = SOURCE / "outreach" / "kit"
_KEY = re.compile(r"[a-z][a-z-]*(?:\.[a-z0-9_-]+)+")
# A key whose end is put on in a template: 'office.told.' ~ told
_PREFIX = re.compile(r"['\"]([a-z][a-z.-]*\.)['\"] ~")
_FILE = (".html", ".css", ".js", ".svg", ".po", ".typ", ".toml", ".xlsx", ".docx", ".pdf")
_QUOTED = re.compile(rf"'({_KEY.pattern})'")
# Keys that are put together from a value: the family and every value there is.
FAMILIES = {
    "language": LANGUAGES,
    "kind": tuple(Kind),
    "story": tuple(Step),
    "happening": ("confirmed", "published", "alerted"),
    "site.state": STATES,
    "pace": ("0", "10", "60", "300", "max"),
    "failure": ("400", "500", *map(str, _KNOWN_FAILURES)),
}


def quoted_in_templates() -> set[str]:
    """Every quoted text of a template that looks like a key."""
    texts = (path.read_text("utf-8") for face in FACES for path in face.rglob("*.html"))
    return {found for text in texts for found in _QUOTED.findall(text)}


def literals_in_python() -> set[str]:
    """Every text literal of these packages that looks like a key."""
    faces = (path for face in FACES for path in face.rglob("*.py") if KIT not in path.parents)
    paths = (*faces, *TELLERS)
    trees = (ast.parse(path.read_text("utf-8")) for path in paths)
    literals = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text for text in literals if isinstance(text, str) and _KEY.fullmatch(text)}


def composed() -> set[str]:
    """Keys that templates put together."""
    made = {f"{family}.{value}" for family, values in FAMILIES.items() for value in values}
    made |= {f"story.{step}.button" for step in Step}
    outcomes = {
        Verdict.RIGHT: ("warned", "silent"),
        Verdict.BORDERLINE: ("warned", "silent"),
        Verdict.WAITING: ("silent",),
        Verdict.MISSED: ("silent",),
        Verdict.FALSE: ("warned",),
    }
    return made | {f"verdict.{verdict}.{outcome}" for verdict, ends in outcomes.items() for outcome in ends}


def prefixes() -> set[str]:
    """Beginnings of keys whose end is a value: `f"field.{name}"`, and the same in templates."""
    texts = (path.read_text("utf-8") for path in (SOURCE / "outreach").rglob("*.html"))
    found = {prefix for text in texts for prefix in _PREFIX.findall(text)}
    for path in [*(SOURCE / "outreach").rglob("*.py"), *(SOURCE / "web").rglob("*.py"), *TELLERS]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                start = str(node.values[0].value)
                found |= {start} if re.fullmatch(r"[a-z][a-z.-]*\.", start) else set()
    return found


def values() -> set[str]:
    """Everything that may be put at the end of a key: literals, names of fields, columns of data files."""
    found: set[str] = set()
    for path in [*(SOURCE / "outreach").rglob("*.py"), *(SOURCE / "web").rglob("*.py"), *TELLERS]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
                found.add(str(node.value))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(node.target.id)
    for path in (SOURCE / "outreach").rglob("*.html"):
        found |= set(re.findall(r"'([a-z_-]+)'", path.read_text("utf-8")))
    for path in (SOURCE / "outreach").rglob("*.toml"):
        found |= set(re.findall(r"^([a-z_]+) =", path.read_text("utf-8"), re.MULTILINE))
    return found


def put_together() -> set[str]:
    """Keys of the catalogues that begin like a key in use and end with values."""
    starts, ends = prefixes(), values()
    known = set(words_of("vi").messages) | set(words_of("en").messages)
    return {
        key
        for key in known
        for start in starts
        if key.startswith(start)
        and (key[len(start) :] in ends or ends.issuperset(key[len(start) :].split(".")))
    }


def used() -> set[str]:
    """Every key that some page may show."""
    known = set(words_of("vi").messages) | set(words_of("en").messages)
    families = {key.split(".")[0] for key in known}
    quoted = {key for key in quoted_in_templates() | literals_in_python() if key.split(".")[0] in families}
    files = {key for key in quoted if key.endswith(_FILE)}
    return (quoted - files) | composed() | put_together() | set(PROBLEM_KEYS.values())


def fields(message: str) -> set[str]:
    """The values that a message takes."""
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_in_use_is_translated(language: str) -> None:
    assert not used() - set(words_of(language).messages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_left_over(language: str) -> None:
    assert not set(words_of(language).messages) - used()


@pytest.mark.parametrize("key", sorted(words_of("vi").messages))
def test_both_languages_take_the_same_values(key: str) -> None:
    forms = [form for language in LANGUAGES for form in words_of(language).messages[key]]
    assert all(form.strip() for form in forms)
    assert len({frozenset(fields(form)) for form in forms}) == 1


def test_vietnamese_is_written_with_its_signs() -> None:
    plain = [
        key
        for key, (form, *_) in words_of("vi").messages.items()
        if len(form) > 20 and form.isascii() and not key.startswith("language.")
    ]
    assert not plain
