"""Which kits are shown: only those whose manifest keeps every rule and, with a key, is signed with it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from structlog.testing import capture_logs

from bluezone.clock import ManualClock
from bluezone.outreach.kit.errors import KitDamaged, SignatureInvalid
from bluezone.outreach.kit.manifest import PROOFS
from bluezone.outreach.site.errors import KitUnreadable
from bluezone.outreach.site.shelf import LOOK_AGAIN_S, Kit, KitShelf, read_kit
from tests.unit.outreach.site.sample import ADDRESS, make_kit

FILES = {"poster/poster-a3-vi.pdf": b"%PDF"}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def changed(home: Path, change: Any) -> Path:
    """The kit with another manifest."""
    document = json.loads((home / "manifest.json").read_text())
    change(document)
    (home / "manifest.json").write_text(json.dumps(document))
    return home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A kit."""
    return make_kit(tmp_path, KEY, files=FILES)


def test_a_kit_is_read(home: Path) -> None:
    kit = read_kit(home, KEY.public_key())
    assert (kit.unit_id, kit.name_in("en"), kit.parent_in("vi")) == (
        "gia-nghia",
        "Bac Gia Nghia Ward",
        "Tỉnh Lâm Đồng",
    )
    assert (kit.total_bytes, kit.missing, kit.is_signed) == (4, frozenset({("video-30", "vi")}), True)
    assert not read_kit(home, None).is_signed


HOSTILE = {
    "no id": lambda d: d["unit"].pop("id"),
    "id with a stroke": lambda d: d["unit"].update(id="a/b"),
    "id with dots": lambda d: d["unit"].update(id=".."),
    "id in capitals": lambda d: d["unit"].update(id="Gia-Nghia"),
    "id of a kilobyte": lambda d: d["unit"].update(id="a" * 1000),
    "id that is a number": lambda d: d["unit"].update(id=7),
    "no name": lambda d: d["unit"].update(name={}),
    "name that is a list": lambda d: d["unit"].update(name=["x"]),
    "name of a kilobyte": lambda d: d["unit"].update(name={"vi": "x" * 1000}),
    "name that turns the line": lambda d: d["unit"].update(name={"vi": "x\u202ey"}),
    "telephone that is a word": lambda d: d["unit"].update(province_hotline="javascript:x"),
    "path upwards": lambda d: d["files"][0].update(path="../secret"),
    "path from the root": lambda d: d["files"][0].update(path="/etc/passwd"),
    "path with a hidden name": lambda d: d["files"][0].update(path="poster/.ssh"),
    "path with a space": lambda d: d["files"][0].update(path="poster/a b.pdf"),
    "path with a quote": lambda d: d["files"][0].update(path='poster/a".pdf'),
    "path with a new line": lambda d: d["files"][0].update(path="poster/a\nb.pdf"),
    "path of great depth": lambda d: d["files"][0].update(path="a/" * 20 + "b"),
    "checksum too short": lambda d: d["files"][0].update(sha256="ab"),
    "length below zero": lambda d: d["files"][0].update(bytes=-1),
    "item that is a list": lambda d: d["files"][0].update(item=[]),
    "the manifest among the files": lambda d: d["files"][0].update(path="manifest.json"),
    "the checksums among the files": lambda d: d["files"][0].update(path="SHA256SUMS"),
    "very many files": lambda d: d.update(files=d["files"] * 501),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_manifest_that_breaks_a_rule_is_refused(home: Path, change: Any) -> None:
    with pytest.raises((KitUnreadable, KitDamaged)):
        read_kit(changed(home, change), None)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"{" * 100_000, b" " * 1_100_000])
def test_what_is_no_manifest_is_refused(home: Path, content: bytes) -> None:
    (home / "manifest.json").write_bytes(content)
    with pytest.raises((KitUnreadable, KitDamaged)):
        read_kit(home, None)


def test_another_s_signature_is_refused(home: Path) -> None:
    other = Ed25519PrivateKey.generate().public_key()
    with pytest.raises(SignatureInvalid):
        read_kit(home, other)
    with pytest.raises(SignatureInvalid):
        read_kit(changed(home, lambda d: d["notes"].append("x")), KEY.public_key())


@pytest.mark.parametrize("name", ["manifest.json.sig", "SHA256SUMS.sig"])
def test_both_signatures_are_asked_for(home: Path, name: str) -> None:
    (home / name).write_bytes(KEY.sign(b"something else"))
    with pytest.raises(SignatureInvalid):
        read_kit(home, KEY.public_key())
    (home / name).unlink()
    with pytest.raises(KitUnreadable, match="build the kit again"):
        read_kit(home, KEY.public_key())
    os.mkfifo(home / name)
    with pytest.raises(KitUnreadable, match="is not a file"):
        read_kit(home, KEY.public_key())
    assert set(read_kit(home, None).proofs) == {"manifest.json", "SHA256SUMS"}


def test_what_is_kept_is_what_was_checked(home: Path) -> None:
    kit = read_kit(home, KEY.public_key())
    assert set(kit.proofs) == set(PROOFS)
    assert all(kit.proofs[name] == (home / name).read_bytes() for name in PROOFS)
    assert read_kit(home, None).digest != kit.digest, "the zip is another one"


def seen(shelf: KitShelf) -> Mapping[str, Kit]:
    """What the pages show: looked at again when it is time."""
    if shelf.is_due:
        shelf.look()
    return shelf.kits


def shelf_of(folder: Path) -> KitShelf:
    """A shelf of a site with a public address, without a key."""
    return KitShelf(folder, key=None, address=ADDRESS, monotonic=ManualClock().monotonic)


def test_one_bad_kit_does_not_hide_the_others(tmp_path: Path) -> None:
    make_kit(tmp_path, KEY, files=FILES)
    changed(make_kit(tmp_path, KEY, {"id": "bad"}, FILES), lambda d: d["unit"].update(id="b/d"))
    (tmp_path / "no-kit").mkdir()
    (tmp_path / "a-file").write_text("x")
    shelf = KitShelf(tmp_path, key=KEY.public_key(), address=ADDRESS, monotonic=ManualClock().monotonic)
    assert set(seen(shelf)) == {"gia-nghia"}


@pytest.mark.parametrize(
    "address",
    ["/gia-nghia", "/c/gia-nghia", "/gia-nghia/", "/GIA-NGHIA", "/C/Gia-Nghia"],
)
def test_a_kit_whose_code_leads_here_is_shown(tmp_path: Path, address: str) -> None:
    make_kit(tmp_path, KEY, {"address": ADDRESS + address}, FILES)
    assert set(seen(shelf_of(tmp_path))) == {"gia-nghia"}


@pytest.mark.parametrize(
    "address",
    [
        "https://look-alike.example/gia-nghia",
        "https://bluezone.example.look-alike.example/gia-nghia",
        "http://bluezone.example/gia-nghia",
        f"{ADDRESS}/quang-khe",
        f"{ADDRESS}/lam-dong/gia-nghia",
        f"{ADDRESS}/c/gia-nghia/kit",
        f"{ADDRESS}//gia-nghia",
        ADDRESS,
    ],
)
def test_a_kit_whose_code_leads_elsewhere_is_left_out_and_said(tmp_path: Path, address: str) -> None:
    make_kit(tmp_path, KEY, {"address": address}, FILES)
    with capture_logs() as said:
        assert not seen(shelf_of(tmp_path))
    assert said[0]["event"] == "kit-left-out"
    assert said[0]["code"] == "site-kit-elsewhere"
    assert f"{address}: write {ADDRESS}/gia-nghia or {ADDRESS}/c/gia-nghia" in said[0]["reason"]


def test_a_unit_named_like_a_page_prints_its_long_address(tmp_path: Path) -> None:
    make_kit(tmp_path, KEY, {"id": "faq"}, FILES)
    make_kit(tmp_path, KEY, {"id": "figures", "address": f"{ADDRESS}/c/figures"}, FILES)
    assert set(seen(shelf_of(tmp_path))) == {"figures"}


def test_a_second_folder_of_a_unit_is_said_once(tmp_path: Path) -> None:
    clock = ManualClock()
    shelf = KitShelf(tmp_path, key=None, address=ADDRESS, monotonic=clock.monotonic)
    make_kit(tmp_path, KEY, files=FILES).rename(tmp_path / "old")
    make_kit(tmp_path, KEY, files=FILES)
    with capture_logs() as said:
        for _ in range(3):
            assert seen(shelf)["gia-nghia"].folder.name == "gia-nghia"
            clock.advance(LOOK_AGAIN_S)
    assert [(one["folder"], one["code"]) for one in said] == [("old", "site-kit-twice")]
    assert "the folder gia-nghia holds a kit of the same unit" in said[0]["reason"]


def test_new_kits_appear_and_old_ones_go_without_a_restart(tmp_path: Path) -> None:
    clock = ManualClock()
    shelf = KitShelf(tmp_path, key=None, address=ADDRESS, monotonic=clock.monotonic)
    assert not seen(shelf)
    home = make_kit(tmp_path, KEY, files=FILES)
    assert not seen(shelf), "looked again too soon"
    clock.advance(LOOK_AGAIN_S)
    first = seen(shelf)["gia-nghia"]
    clock.advance(LOOK_AGAIN_S)
    assert seen(shelf)["gia-nghia"] is first, "read again although nothing changed"
    make_kit(tmp_path, KEY, files={**FILES, "faq/faq-vi.pdf": b"%PDF faq"})
    os.utime(home / "manifest.json", ns=(1, 1))
    clock.advance(LOOK_AGAIN_S)
    assert len(seen(shelf)["gia-nghia"].files) == 2
    (home / "manifest.json").unlink()
    clock.advance(LOOK_AGAIN_S)
    assert not seen(shelf)


@pytest.mark.parametrize("folder", [None, Path("/nowhere/at/all")])
def test_without_a_folder_there_are_no_kits(folder: Path | None) -> None:
    assert not seen(KitShelf(folder, key=None, address=ADDRESS, monotonic=ManualClock().monotonic))
