"""A finished kit is looked at again: nothing may lack, be listed twice or lie beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.outreach.kit import checking
from bluezone.outreach.kit.checking import KitReport, check_kit, listing_faults
from bluezone.outreach.kit.checks import Subject
from bluezone.outreach.kit.items import catalogue
from bluezone.outreach.kit.job import BuiltFile
from bluezone.outreach.kit.manifest import Manifest, Missing, describe, write_manifest
from bluezone.outreach.kit.unit_file import load_unit
from tests.unit.outreach.kit.conftest import EXAMPLE

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
FACTS = load_unit(EXAMPLE).facts()
Change = Callable[[Manifest], Manifest]


def listed(*languages: str) -> Manifest:
    """What a whole kit lists."""
    files = tuple(
        BuiltFile(item.id, f"{item.id}/{plan.name_in(language)}", 5, "0" * 64)
        for item in catalogue()
        for language in item.languages_for(languages)
        for plan in item.files
    )
    return Manifest(FACTS, languages, files)


def without(path: str) -> Change:
    """A file is not listed."""
    return lambda kit: replace(kit, files=tuple(one for one in kit.files if one.path != path))


@pytest.mark.parametrize("languages", [("vi",), ("en",), ("vi", "en")])
def test_a_whole_kit_lacks_nothing(languages: tuple[str, ...]) -> None:
    assert list(listing_faults(listed(*languages))) == []


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (without("poster/poster-a2-en.png"), ["poster/poster-a2-en.png is missing in the manifest"]),
        (
            lambda kit: replace(kit, files=(*kit.files, kit.files[0])),
            ["index/index-vi.pdf is listed 2 times"],
        ),
        (
            lambda kit: replace(kit, files=(replace(kit.files[0], item="faq"), *kit.files[1:])),
            ["index/index-vi.pdf is listed for faq; it belongs to index"],
        ),
        (
            lambda kit: replace(kit, files=(*kit.files, BuiltFile("faq", "faq/more.pdf", 1, ""))),
            ["faq/more.pdf is none of the files that this kit should have"],
        ),
        (
            lambda kit: replace(kit, missing=(Missing("faq", "vi", "item-failed", "it broke"),)),
            [
                "faq (vi) is missing: it broke",
                "faq/faq-vi.pdf is none of the files that this kit should have",
            ],
        ),
        (
            lambda kit: replace(
                without("faq/faq-vi.pdf")(kit), missing=(Missing("faq", "vi", "item-failed", "it broke"),)
            ),
            ["faq (vi) is missing: it broke"],
        ),
        (
            lambda kit: replace(kit, languages=("vi", "en", "fr")),
            ["the manifest names no languages, or other ones than vi, en"],
        ),
    ],
)
def test_what_the_manifest_lacks_or_has_besides_is_said(change: Change, faults: list[str]) -> None:
    assert list(listing_faults(change(listed("vi", "en")))) == faults


def test_one_file_under_fourteen_names_is_no_kit() -> None:
    kit = Manifest(FACTS, ("vi",), tuple(BuiltFile(one.id, "faq/faq-vi.pdf", 5, "") for one in catalogue()))
    faults = list(listing_faults(kit))
    assert len([one for one in faults if one.endswith("is missing in the manifest")]) == 38
    assert "faq/faq-vi.pdf is listed 14 times" in faults


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[KitReport, set[str]]]:
    """A signed kit of five bytes a file; checks it, and says which files were looked into."""
    entries = []
    for one in listed("vi").files:
        path = tmp_path / one.path
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"paper")
        entries.append(describe(one.item, path, tmp_path))
    write_manifest(tmp_path, Manifest(FACTS, ("vi",), tuple(entries)), KEY)
    seen: set[str] = set()

    def look(subject: Subject) -> list[str]:
        seen.add(subject.path.name)
        return []

    monkeypatch.setattr(checking, "check_file", look)
    return lambda: (check_kit(tmp_path, KEY.public_key(), lambda _share: None), seen)


def test_every_file_is_looked_into(check: Callable[[], tuple[KitReport, set[str]]]) -> None:
    report, seen = check()
    assert report == KitReport(39, 14, ())
    assert len(seen) == 39


def test_a_file_that_is_not_the_one_that_was_built_is_not_looked_into(
    check: Callable[[], tuple[KitReport, set[str]]], tmp_path: Path
) -> None:
    (tmp_path / "faq" / "faq-vi.pdf").write_bytes(b"other")
    (tmp_path / "standee" / "standee-80x180-vi.pdf").unlink()
    report, seen = check()
    assert report.faults == (
        "faq/faq-vi.pdf was changed after the kit was built",
        "standee/standee-80x180-vi.pdf is not there",
    )
    assert len(seen) == 37


def test_what_lies_beside_the_kit_is_named(
    check: Callable[[], tuple[KitReport, set[str]]], tmp_path: Path
) -> None:
    for name in ("kit.pub", "SHA256SUMS", ".DS_Store", "Thumbs.db"):
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / ".build").mkdir()
    (tmp_path / ".build" / "built.json").write_text("", encoding="utf-8")
    assert check()[0].faults == ()
    (tmp_path / "leaflet" / "leaflet-a5-en.pdf").write_text("", encoding="utf-8")
    (tmp_path / "more\x1b[2J.pdf").write_text("", encoding="utf-8")
    assert check()[0].faults == (
        r"'more\x1b[2J.pdf' lies in the folder, and the manifest does not list it",
        "leaflet/leaflet-a5-en.pdf lies in the folder, and the manifest does not list it",
    )
    for number in range(30):
        (tmp_path / "poster" / f"{number}.pdf").write_text("", encoding="utf-8")
    faults = check()[0].faults
    assert len(faults) == 21
    assert faults[-1] == "more files lie in the folder that the manifest does not list"
