"""Building: everything or what changed, failures that leave the rest alone, stopping and going on."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.outreach.kit import one_item
from bluezone.outreach.kit.build import Order, build_kit
from bluezone.outreach.kit.built_before import BuiltBefore, alone_in
from bluezone.outreach.kit.checks import Subject
from bluezone.outreach.kit.errors import ItemFailed, OutputUnusable, ProgramMissing
from bluezone.outreach.kit.items import catalogue
from bluezone.outreach.kit.job import Job, Report
from bluezone.outreach.kit.manifest import Manifest, read_manifest
from bluezone.outreach.kit.sound.program import run
from bluezone.outreach.kit.unit_file import Unit, load_unit
from tests.unit.outreach.kit.conftest import EXAMPLE, MakeUnit, logo_once

OTHER_NUMBER = '"0261 000 0000"'
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


class Scribe:
    """A builder that writes its item's name into every file, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.built: list[str] = []
        self.material = b"first"
        self.fails: dict[str, Exception] = {}
        self.forgets: set[str] = set()
        self.told: list[str] = []
        self.on_build: Callable[[Job], None] = lambda _job: None

    def inputs(self, job: Job) -> Iterable[bytes]:
        """Whatever the test says."""
        yield self.material

    def build(self, job: Job, report: Report) -> None:
        """Writes, or fails as the test says."""
        self.built.append(f"{job.item.id}-{job.language}")
        self.on_build(job)
        report(0.5)
        if job.item.id in self.fails:
            raise self.fails[job.item.id]
        for plan in job.item.files:
            if job.item.id not in self.forgets:
                job.path(plan.name).write_bytes(f"{job.item.id} {len(job.others)}".encode())


@pytest.fixture
def scribe(monkeypatch: pytest.MonkeyPatch) -> Scribe:
    """A builder for every item; only presence and size of its files are checked."""

    def check(subject: Subject) -> Iterable[str]:
        return [] if subject.path.is_file() else [f"{subject.path.name} was not made"]

    monkeypatch.setattr(one_item, "check_file", check)
    monkeypatch.setattr("bluezone.outreach.kit.build.load_logo", logo_once)
    return Scribe()


@pytest.fixture
def build(scribe: Scribe, tmp_path: Path) -> Callable[..., Manifest]:
    """Builds a kit with the scribe."""

    def build_now(unit: Unit | None = None, stop: threading.Event | None = None, **more: object) -> Manifest:
        scribe.built.clear()
        scribe.told.clear()
        order = Order(
            unit or load_unit(EXAMPLE),
            tmp_path / "kit",
            KEY,
            tmp_path / "cache",
            workers=1,
            find_builder=lambda _item: scribe,
            **more,  # type: ignore[arg-type]
        )
        shares: list[float] = []
        manifest = build_kit(order, shares.append, stop or threading.Event(), scribe.told.append)
        assert shares == sorted(shares)
        assert read_manifest(tmp_path / "kit", KEY.public_key()) == manifest
        return manifest

    return build_now


def items_of(manifest: Manifest) -> set[str]:
    """The different items that a kit has."""
    return {entry.item for entry in manifest.files}


def test_all_fourteen_are_built(build: Callable[..., Manifest], scribe: Scribe, tmp_path: Path) -> None:
    manifest = build()
    assert len(items_of(manifest)) == 14
    assert not manifest.missing
    assert scribe.built[-2:] == ["index-vi", "index-en"], "the index speaks of the others, so it is last"
    assert (tmp_path / "kit" / "poster" / "poster-a3-vi.pdf").is_file()
    assert not (tmp_path / "kit" / ".build" / "work").exists()
    others = int((tmp_path / "kit" / "index" / "index-vi.pdf").read_text(encoding="utf-8").split()[1])
    assert others == len([one for one in manifest.files if one.item != "index"])


def test_nothing_is_built_twice(build: Callable[..., Manifest], scribe: Scribe) -> None:
    first = build()
    assert build() == first
    assert scribe.built == []


def test_what_changed_is_built_again(build: Callable[..., Manifest], scribe: Scribe, tmp_path: Path) -> None:
    build()
    (tmp_path / "kit" / "faq" / "faq-vi.pdf").write_text("scribbled on", encoding="utf-8")
    build()
    assert scribe.built == ["faq-vi"]
    scribe.material = b"second"
    build()
    assert len(scribe.built) == sum(len(item.languages) for item in catalogue())


def test_a_changed_unit_changes_every_item(
    build: Callable[..., Manifest], scribe: Scribe, make_unit: MakeUnit
) -> None:
    build()
    count = len(build(make_unit(province=OTHER_NUMBER)).files)
    assert len(scribe.built) == 27
    assert count == len(build(make_unit(province=OTHER_NUMBER)).files)


def test_one_language_only(build: Callable[..., Manifest]) -> None:
    manifest = build(languages=("en",))
    assert len(items_of(manifest)) == 14, "what is made in one language only is there all the same"
    assert manifest.languages == ("en",)
    assert not [one for one in manifest.files if "-vi." in one.path and one.item != "audio"]


def test_only_some_items(build: Callable[..., Manifest], scribe: Scribe) -> None:
    manifest = build(only=frozenset({"poster"}))
    assert items_of(manifest) == {"poster"}
    assert set(scribe.built) == {"poster-vi", "poster-en"}
    assert {one.code for one in manifest.missing} == {"not-asked-for"}
    build()
    assert not [name for name in scribe.built if name.startswith("poster")]
    assert items_of(build(only=frozenset({"poster"}))) == {item.id for item in catalogue()}


def test_a_failure_leaves_the_others_alone(
    build: Callable[..., Manifest], scribe: Scribe, tmp_path: Path
) -> None:
    build()
    scribe.material = b"second"
    scribe.fails = {"audio": ProgramMissing("install espeak-ng"), "poster": ZeroDivisionError("a mistake")}
    manifest = build()
    assert len(items_of(manifest)) == 12
    said = {(one.item, one.code) for one in manifest.missing}
    assert said == {("audio", "program-missing"), ("poster", "item-failed")}
    assert "a mistake" in next(one.why for one in manifest.missing if one.item == "poster")
    assert not (tmp_path / "kit" / "poster" / "poster-a3-vi.pdf").exists(), "no old file beside a new kit"
    scribe.fails = {}
    assert not build().missing
    assert {name.split("-")[0] for name in scribe.built} == {"audio", "poster", "index"}


def test_a_forgotten_file_refuses_its_item(build: Callable[..., Manifest], scribe: Scribe) -> None:
    scribe.forgets = {"faq"}
    manifest = build()
    assert {(one.item, one.code) for one in manifest.missing} == {("faq", "item-refused")}
    assert "faq-vi.pdf was not made" in manifest.missing[-1].why + manifest.missing[0].why


def test_stopped_and_going_on(build: Callable[..., Manifest], scribe: Scribe) -> None:
    stop = threading.Event()
    scribe.on_build = lambda _job: stop.set() if len(scribe.built) == 5 else None
    manifest = build(stop=stop)
    assert {one.code for one in manifest.missing} == {"build-stopped"}
    done = {f"{one.item}" for one in manifest.files}
    assert len(scribe.built) == 5
    scribe.on_build = lambda _job: None
    assert not build().missing
    assert len(scribe.built) == 27 - 4
    assert done


def test_a_stop_during_a_program_is_a_stop(build: Callable[..., Manifest], scribe: Scribe) -> None:
    stop = threading.Event()

    def encode(_job: Job) -> None:
        threading.Timer(0.3, stop.set).start()
        run([sys.executable, "-c", "import time; time.sleep(60)"], "encoding", limit_s=50)

    scribe.on_build = encode
    manifest = build(stop=stop)
    assert {one.code for one in manifest.missing} == {"build-stopped"}
    assert len(scribe.built) == 1


def test_a_stop_takes_nothing_out_that_is_up_to_date(build: Callable[..., Manifest]) -> None:
    stop = threading.Event()
    stop.set()
    assert build() == build(stop=stop)


def test_what_is_out_of_date_is_put_aside(
    build: Callable[..., Manifest], scribe: Scribe, make_unit: MakeUnit, tmp_path: Path
) -> None:
    kit = tmp_path / "kit"
    build()
    assert scribe.told == []
    manifest = build(make_unit(province=OTHER_NUMBER), only=frozenset({"faq"}))
    assert items_of(manifest) == {"faq"}
    lying = {path.relative_to(kit).as_posix() for path in kit.glob("[!.]*/*")}
    assert lying == {"faq/faq-vi.pdf", "faq/faq-en.pdf"}, "nothing with the old number is there to be printed"
    assert (kit / ".build" / "old" / "leaflet" / "leaflet-a5-vi.pdf").is_file()
    assert len(scribe.told) == 1
    assert f"Put aside into {kit / '.build' / 'old'}" in scribe.told[0]
    assert "index/index-vi.pdf" in scribe.told[0]
    assert scribe.told[0].endswith(" and 68 more.")


def test_what_was_put_aside_comes_back_when_it_fits(
    build: Callable[..., Manifest], scribe: Scribe, make_unit: MakeUnit, tmp_path: Path
) -> None:
    first = build()
    assert not [one for one in build(languages=("en",)).files if "-vi.pdf" in one.path]
    assert not (tmp_path / "kit" / "faq" / "faq-vi.pdf").exists()
    assert build() == first
    assert {name.rpartition("-")[0] for name in scribe.built} == {"index"}, "its text names the other items"
    build(make_unit(province=OTHER_NUMBER), languages=("en",))
    build(make_unit(province=OTHER_NUMBER))
    assert "faq-vi" in scribe.built, "what does not fit stays where it is"


def test_what_somebody_wrote_is_never_lost(
    build: Callable[..., Manifest], scribe: Scribe, tmp_path: Path
) -> None:
    letter = tmp_path / "kit" / "templates" / "letter-vi.docx"
    build()
    for text in ("filled in", "filled in again"):
        letter.write_text(text, encoding="utf-8")
        build()
        assert letter.read_bytes() == b"templates 0"
        assert scribe.told == [
            f"Put aside into {tmp_path / 'kit' / '.build' / 'changed'} (changed by hand):"
            " templates/letter-vi.docx."
        ]
    kept = sorted((tmp_path / "kit" / ".build" / "changed" / "templates").iterdir())
    assert [path.name for path in kept] == ["letter-vi-2.docx", "letter-vi.docx"]
    assert [path.read_text(encoding="utf-8") for path in kept] == ["filled in again", "filled in"]
    scribe.material = b"second"
    build()
    assert scribe.told == [], "what is as it was built is only made anew"


def test_a_full_disk_is_said(
    build: Callable[..., Manifest], scribe: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    scribe.fails = {"faq": full, "poster": PermissionError(errno.EACCES, "Permission denied", "/x/film")}
    said = {one.item: (one.code, one.why) for one in build().missing}
    sentence = f"the disk of {tmp_path / 'kit'} is full: make room and run the same command again"
    assert said["faq"] == ("kit-output", sentence)
    assert said["poster"][1].startswith("/x/film cannot be written (Permission denied): take another folder")

    def write(*_: object) -> None:
        raise full

    monkeypatch.setattr("bluezone.outreach.kit.build.write_manifest", write)
    with pytest.raises(OutputUnusable, match="is full: make room"):
        build()


def test_what_cannot_be_recorded_is_not_in_the_kit(
    build: Callable[..., Manifest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(BuiltBefore, "keep", keep)
    manifest = build()
    assert (manifest.files, {one.code for one in manifest.missing}) == ((), {"kit-output"})
    assert not [path for path in (tmp_path / "kit").rglob("*-vi*") if path.is_file()]


def test_a_cache_that_cannot_be_made_is_said(scribe: Scribe, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for cache in (tmp_path / "file" / "cache", Path("/proc/nope")):
        order = Order(load_unit(EXAMPLE), tmp_path / "kit", KEY, cache, find_builder=lambda _item: scribe)
        with pytest.raises(OutputUnusable, match=f"{cache} cannot be written"):
            build_kit(order, lambda _share: None, threading.Event())


def test_a_missing_logo_is_a_note(build: Callable[..., Manifest], make_unit: MakeUnit) -> None:
    manifest = build(make_unit(logo='"nowhere.png"'))
    assert len(items_of(manifest)) == 14
    assert "nowhere.png is not there" in manifest.notes[0]
    assert "delete the line" in manifest.notes[0]


def test_unknown_characters_stop_what_is_printed(build: Callable[..., Manifest], make_unit: MakeUnit) -> None:
    manifest = build(make_unit(name='"Xã 北嘉義"'))
    assert items_of(manifest) == {"audio"}
    assert {one.code for one in manifest.missing} == {"glyph-missing"}
    assert "U+5317" in manifest.missing[0].why


def test_two_builds_in_one_folder_do_not_mix(build: Callable[..., Manifest], tmp_path: Path) -> None:
    with alone_in(tmp_path / "kit"), pytest.raises(OutputUnusable, match="another build works in"):
        build()
    build()


def test_a_folder_that_cannot_be_made_is_said(build: Callable[..., Manifest], tmp_path: Path) -> None:
    (tmp_path / "kit").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputUnusable, match="cannot be written"):
        build()


def test_errors_of_items_are_one_family() -> None:
    assert issubclass(ProgramMissing, ItemFailed)
