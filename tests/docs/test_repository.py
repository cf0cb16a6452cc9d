"""What may lie in the repository: no registry host, no lock file, no data dump, no name that says nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.repository import ROOT, project_files, relative, source_modules

# Written with brackets so that this file does not name what it looks for.
_REGISTRY_HOST = re.compile(
    r"pypi[.]org|pythonhoste[d][.]org|registr[y][.]npmjs|registr[y][.]yarnpkg|(?:deb|security|ftp)[.]debian[.]org"
    r"|archive[.]ubuntu[.]com|proxy[.]golang[.]org|static[.]crates[.]io|index[.]crates[.]io|conda[.]anaconda[.]org",
    re.I,
)
_LOCK_FILES = {
    "uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock", "package-lock.json", "yarn.lock",
    "pnpm-lock.yaml", "Cargo.lock", "go.sum", "requirements.lock",
}  # fmt: skip
_EMPTY_NAMES = {
    "common", "core", "model", "models", "type", "types", "util", "utils", "helper", "helpers", "manager",
    "managers", "misc", "shared", "base_classes",
}  # fmt: skip
_RECORDINGS = {".sqlite", ".sqlite3", ".db", ".pcap", ".pcapng", ".btsnoop", ".onnx", ".mp4", ".wav", ".pyc"}
_LARGEST_FILE = 1_500_000
_REQUIRED = (
    "README.md",
    "LICENSE",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "Makefile",
    ".ci/run",
    ".importlinter",
)


def text_of(path: Path) -> str:
    """The file as text; bytes that are no text become replacement signs."""
    return path.read_bytes().decode("utf-8", errors="replace")


def test_no_file_names_a_registry_host() -> None:
    naming = [relative(path) for path in project_files() if _REGISTRY_HOST.search(text_of(path))]
    assert not naming, naming


def test_no_lock_file_is_kept() -> None:
    assert not [relative(path) for path in project_files() if path.name in _LOCK_FILES]


def test_no_module_has_a_name_that_says_nothing() -> None:
    parts = {part for p in source_modules() for part in p.relative_to(ROOT).with_suffix("").parts}
    assert not parts & _EMPTY_NAMES


def test_no_recording_database_or_large_file_is_kept() -> None:
    wrong = [p for p in project_files() if p.suffix in _RECORDINGS or p.stat().st_size > _LARGEST_FILE]
    assert not [relative(path) for path in wrong]


@pytest.mark.parametrize("name", _REQUIRED)
def test_the_files_a_newcomer_looks_for_are_there(name: str) -> None:
    path = ROOT / name
    assert path.is_file()
    assert path.stat().st_size > 0


def test_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text


def test_registry_hosts_are_noticed() -> None:
    assert _REGISTRY_HOST.search("https://files." + "python" + "hosted.org/x")
    assert not _REGISTRY_HOST.search("https://example.org/pypi")
