"""The manifest: what was changed is found, nobody else can sign, nothing outside of the kit is named."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.outreach.kit.errors import KitDamaged, KitKeyInvalid, SignatureInvalid
from bluezone.outreach.kit.manifest import (
    CHECK_LINES,
    Manifest,
    Missing,
    changed_files,
    describe,
    read_manifest,
    write_manifest,
)
from bluezone.outreach.kit.signing import (
    load_public_key,
    load_signing_key,
    make_key,
    public_path,
    public_pem,
)
from bluezone.outreach.kit.unit_file import load_unit
from tests.unit.outreach.kit.conftest import EXAMPLE

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """A kit of one file."""
    (tmp_path / "poster").mkdir()
    path = tmp_path / "poster" / "a.pdf"
    path.write_bytes(b"paper")
    entry = describe("poster", path, tmp_path)
    missing = Missing("audio", "vi", "program-missing", "install espeak-ng")
    manifest = Manifest(load_unit(EXAMPLE).facts(), ("vi",), (entry,), (missing,), ("a note",))
    write_manifest(tmp_path, manifest, KEY)
    return tmp_path


def test_what_is_written_is_read(kit: Path) -> None:
    manifest = read_manifest(kit, KEY.public_key())
    assert manifest.files[0].path == "poster/a.pdf"
    assert manifest.files[0].bytes == 5
    assert manifest.missing[0].why == "install espeak-ng"
    assert manifest.encode() == (kit / "manifest.json").read_bytes()
    assert not list(changed_files(kit, manifest))


def test_the_promised_form(kit: Path) -> None:
    document = json.loads((kit / "manifest.json").read_bytes())
    assert set(document["files"][0]) == {"item", "path", "bytes", "sha256"}


def test_a_changed_file_is_named(kit: Path) -> None:
    manifest = read_manifest(kit)
    (kit / "poster" / "a.pdf").write_bytes(b"other")
    assert [sentence for _, sentence in changed_files(kit, manifest)] == [
        "poster/a.pdf was changed after the kit was built"
    ]
    (kit / "poster" / "a.pdf").unlink()
    assert [sentence for _, sentence in changed_files(kit, manifest)] == ["poster/a.pdf is not there"]


def test_what_lies_elsewhere_is_not_read(kit: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    manifest, path = read_manifest(kit), kit / "poster" / "a.pdf"
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "a.pdf"
    elsewhere.write_bytes(path.read_bytes())
    for there in (elsewhere, Path("/dev/zero")):
        path.unlink()
        path.symlink_to(there)
        assert [sentence for _, sentence in changed_files(kit, manifest)] == ["poster/a.pdf is not there"]


def test_another_key_did_not_sign(kit: Path) -> None:
    with pytest.raises(SignatureInvalid, match="was not signed with this key"):
        read_manifest(kit, Ed25519PrivateKey.generate().public_key())


def test_one_changed_letter_is_noticed(kit: Path) -> None:
    path = kit / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b"a.pdf", b"b.pdf"))
    with pytest.raises(SignatureInvalid):
        read_manifest(kit, KEY.public_key())


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(format="other"),
        lambda d: d["files"][0].update(path="../../etc/passwd"),
        lambda d: d["files"][0].update(path="/etc/passwd"),
        lambda d: d["files"][0].update(path=""),
        lambda d: d["files"][0].update(bytes="many"),
        lambda d: d["files"][0].update(more=1),
        lambda d: d.pop("missing"),
        lambda d: d.update(unit={}),
        lambda d: d["unit"].update(name={}),
        lambda d: d["unit"].update(address=7),
        lambda d: d.update(files=3),
        lambda d: d["files"][0].update(item=["x"]),
        lambda d: d["files"][0].update(path="poster/a\0.pdf"),
        lambda d: d["files"][0].update(path="poster/\ud800.pdf"),
        lambda d: d["files"][0].update(path=7),
        lambda d: d["files"][0].update(sha256=7),
        lambda d: d["files"][0].update(bytes=True),
        lambda d: d["missing"][0].update(why=7),
        lambda d: d["missing"][0].update(item=["audio"]),
        lambda d: d.update(languages="vi"),
        lambda d: d.update(languages=[["vi"]]),
        lambda d: d.update(notes=[{}]),
        lambda d: d["unit"]["name"].update(vi=["x"]),
    ],
)
def test_a_hostile_manifest_is_refused(kit: Path, change: object) -> None:
    path = kit / "manifest.json"
    document = json.loads(path.read_bytes())
    change(document)  # type: ignore[operator]
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(KitDamaged, match="is not a manifest"):
        read_manifest(kit)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"null", b"[" * 100_000])
def test_what_is_no_manifest_is_refused(kit: Path, content: bytes) -> None:
    (kit / "manifest.json").write_bytes(content)
    with pytest.raises(KitDamaged):
        read_manifest(kit)


def test_no_kit_is_said(tmp_path: Path) -> None:
    with pytest.raises(KitDamaged, match="cannot be read"):
        read_manifest(tmp_path)


def test_keys_are_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "kit.key"
    key = make_key(path)
    assert path.stat().st_mode & 0o077 == 0
    assert load_signing_key(path).private_bytes_raw() == key.private_bytes_raw()
    assert load_public_key(public_path(path)) == key.public_key()
    with pytest.raises(KitKeyInvalid, match="cannot be made"):
        make_key(path)
    path.chmod(0o644)
    with pytest.raises(KitKeyInvalid, match="chmod 600"):
        load_signing_key(path)


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kit.key"
    with pytest.raises(KitKeyInvalid, match="bluezone kit keygen"):
        load_signing_key(path)
    path.write_text("hello", encoding="utf-8")
    path.chmod(0o600)
    for load in (load_signing_key, load_public_key):
        with pytest.raises(KitKeyInvalid, match="in PEM form"):
            load(path)


def verdict(kit: Path) -> tuple[bool, bool]:
    """What the two lines that every kit shows say: whether the signature holds, whether the files do."""
    if not shutil.which("openssl") or not shutil.which("sha256sum"):
        pytest.skip("no openssl or sha256sum on the PATH")
    (kit / "kit.pub").write_bytes(public_pem(KEY.public_key()))
    signature, files = (
        subprocess.run(line.split(), cwd=kit, capture_output=True, check=False) for line in CHECK_LINES
    )
    return signature.returncode == 0, files.returncode == 0


def test_openssl_and_sha256sum_check_a_kit(kit: Path) -> None:
    assert verdict(kit) == (True, True)
    sums = (kit / "SHA256SUMS").read_text()
    assert [line[66:] for line in sums.splitlines()] == ["manifest.json", "poster/a.pdf"]


@pytest.mark.parametrize("name", ["manifest.json", "poster/a.pdf"])
def test_who_changes_a_file_and_its_checksum_cannot_sign_that(kit: Path, name: str) -> None:
    before = hashlib.sha256((kit / name).read_bytes()).hexdigest()
    (kit / name).write_bytes(b"another hotline")
    assert verdict(kit) == (True, False)
    sums = kit / "SHA256SUMS"
    sums.write_text(sums.read_text().replace(before, hashlib.sha256(b"another hotline").hexdigest()))
    assert verdict(kit) == (False, True)


@pytest.mark.parametrize(
    "name",
    [
        "docs/how-to/make-a-kit.md",
        "docs/how-to/make-a-kit.vi.md",
        "src/bluezone/outreach/kit/typst/index.typ",
    ],
)
def test_the_same_two_lines_stand_wherever_they_are_shown(name: str) -> None:
    text = Path(name).read_text(encoding="utf-8")
    assert all(line in text for line in CHECK_LINES)
