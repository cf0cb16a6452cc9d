"""What is fetched: files and parts of them, whole kits, previews; and that nothing else of the disk is."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from PIL import Image

from bluezone.outreach.kit.manifest import CHECK_LINES as CHECK_KIT
from bluezone.outreach.kit.manifest import NAME, PROOFS, SUMS_NAME
from bluezone.outreach.kit.signing import public_pem
from bluezone.outreach.site.pages import CHECK_LINES
from tests.unit.outreach.site.conftest import Folders
from tests.unit.outreach.site.sample import make_kit, make_pages, make_site

Client = TestClient[Litestar]
POSTER = "/c/gia-nghia/files/poster/poster-a3-vi.png"
ZIP = "/c/gia-nghia/bluezone-gia-nghia.zip"


def on_disk(folders: Folders, name: str = "poster/poster-a3-vi.png") -> bytes:
    """What was built."""
    return (folders.kits / "gia-nghia" / name).read_bytes()


def test_a_file_is_what_was_built(client: Client, folders: Folders) -> None:
    content = on_disk(folders)
    answer = client.get(POSTER)
    assert answer.content == content
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["content-disposition"] == 'attachment; filename="gia-nghia-poster-a3-vi.png"'
    assert answer.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'


def test_an_address_with_its_checksum_may_be_kept_for_a_year(client: Client, folders: Folders) -> None:
    digest = hashlib.sha256(on_disk(folders)).hexdigest()
    assert "immutable" in client.get(f"{POSTER}?v={digest[:12]}").headers["cache-control"]
    for wrong in ("", f"?v={digest[:3]}", "?v=000000000000", "?v="):
        assert client.get(POSTER + wrong).headers["cache-control"] == "public, max-age=60"


@pytest.mark.parametrize("address", [POSTER, ZIP, "/downloads/bluezone-0.1.0-py3-none-any.whl"])
def test_a_broken_download_goes_on_where_it_stopped(client: Client, address: str) -> None:
    whole = client.get(address)
    middle = len(whole.content) // 2
    first = client.get(address, headers={"Range": f"bytes=0-{middle - 1}"})
    rest = client.get(address, headers={"Range": f"bytes={middle}-", "If-Range": whole.headers["etag"]})
    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.content + rest.content == whole.content
    assert rest.headers["content-range"] == f"bytes {middle}-{len(whole.content) - 1}/{len(whole.content)}"
    changed = client.get(address, headers={"Range": f"bytes={middle}-", "If-Range": '"older"'})
    assert (changed.status_code, changed.content) == (200, whole.content)
    beyond = client.get(address, headers={"Range": f"bytes={len(whole.content)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(whole.content)}")
    assert client.get(address, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    head = client.head(address)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(whole.content)))


@pytest.mark.parametrize(
    "path",
    [
        "../../release/bluezone.pem", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "poster/../manifest.json",
        "poster", "manifest.json", "manifest.json.sig", "poster%2Fposter-a3-vi.png%00",
        "poster\\poster-a3-vi.png", "", "%ff", "POSTER/poster-a3-vi.png", "x" * 4000,
    ],
)  # fmt: skip
def test_only_names_of_the_manifest_can_be_asked_for(client: Client, path: str) -> None:
    assert client.get(f"/c/gia-nghia/files/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/downloads/../kits/gia-nghia/manifest.json", "/downloads/%2e%2e%2fkits", "/downloads/nothing",
     "/downloads/", "/typeface/x", "/share/vi.png", "/share/xx-000000000000.png",
     "/c/gia-nghia/bluezone-quang-khe.zip", "/c/..%2fgia-nghia/kit", "/c/gia-nghia/previews/../../x",
     "/c/gia-nghia/previews/nothing-vi.webp", "/c/gia-nghia/previews/templates-vi.webp"],
)  # fmt: skip
def test_nothing_else_exists(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_whole_kit_can_be_checked_without_this_program(
    client: Client, folders: Folders, tmp_path: Path
) -> None:
    """The two lines that the page shows, typed as they stand there."""
    if not shutil.which("openssl") or not shutil.which("sha256sum"):
        pytest.skip("no openssl or sha256sum on the PATH")
    with zipfile.ZipFile(io.BytesIO(client.get(ZIP).content)) as kit:
        kit.extractall(tmp_path)
    unpacked = tmp_path / "bluezone-gia-nghia"
    (unpacked / "kit.pub").write_bytes(client.get("/downloads/kit.pub").content)
    assert (unpacked / "kit.pub").read_bytes() == public_pem(folders.key.public_key())
    page = client.get("/c/gia-nghia/kit").text
    assert all(f"<code>{line}</code>" in page for line in CHECK_KIT)
    said = [run(line, unpacked) for line in CHECK_KIT]
    assert "Signature Verified Successfully" in said[0]
    assert said[1].count(": OK") == len(list(unpacked.rglob("*-*.*"))) + 1
    assert "manifest.json: OK" in said[1]


def test_a_forged_file_is_noticed_even_with_its_checksum(client: Client, tmp_path: Path) -> None:
    if not shutil.which("openssl") or not shutil.which("sha256sum"):
        pytest.skip("no openssl or sha256sum on the PATH")
    with zipfile.ZipFile(io.BytesIO(client.get(ZIP).content)) as kit:
        kit.extractall(tmp_path)
    unpacked = tmp_path / "bluezone-gia-nghia"
    (unpacked / "kit.pub").write_bytes(client.get("/downloads/kit.pub").content)
    leaflet, sums = unpacked / "leaflet" / "leaflet-a5-vi.pdf", unpacked / "SHA256SUMS"
    before = hashlib.sha256(leaflet.read_bytes()).hexdigest()
    leaflet.write_bytes(b"%PDF with another hotline")
    assert "leaflet/leaflet-a5-vi.pdf: FAILED" in run(CHECK_KIT[1], unpacked)
    after = hashlib.sha256(leaflet.read_bytes()).hexdigest()
    sums.write_text(sums.read_text().replace(before, after))
    assert "leaflet/leaflet-a5-vi.pdf: OK" in run(CHECK_KIT[1], unpacked)
    assert "Signature Verified Successfully" not in run(CHECK_KIT[0], unpacked)


@pytest.mark.parametrize("is_asked", [True, False], ids=["with a key", "without"])
def test_only_what_was_checked_is_in_the_zip(folders: Folders, tmp_path: Path, *, is_asked: bool) -> None:
    """Signatures are checked with a key; without one they could be anything that this machine can read."""
    home = make_kit(tmp_path / "kits", folders.key)
    secret = tmp_path / "secret"
    secret.write_bytes(b"password")
    pages = make_pages(tmp_path / "kits", None, key=folders.key if is_asked else None)
    with TestClient(make_site(pages), base_url="http://127.0.0.1:9") as client:
        page = client.get("/c/gia-nghia/kit").text
        for name in ("manifest.json.sig", "SHA256SUMS", "SHA256SUMS.sig"):
            (home / name).unlink()
            (home / name).symlink_to(secret)
        content = client.get(ZIP).content
    assert b"password" not in content
    with zipfile.ZipFile(io.BytesIO(content)) as kit:
        names = {name.removeprefix("bluezone-gia-nghia/") for name in kit.namelist()}
    assert {name for name in names if "/" not in name} == (set(PROOFS) if is_asked else {NAME, SUMS_NAME})
    assert ("chưa kiểm tra chữ ký" in page) is not is_asked
    assert (CHECK_KIT[0] in page) is is_asked


def test_the_program_can_be_checked_in_two_lines(client: Client, tmp_path: Path) -> None:
    """The two lines of the install page, typed as they stand there, on what the site gives away."""
    if not shutil.which("openssl") or not shutil.which("sha256sum"):
        pytest.skip("no openssl or sha256sum on the PATH")
    page = client.get("/install").text
    assert all(f"<code>{line}</code>" in page for line in CHECK_LINES)
    for name in (
        "bluezone-0.1.0-py3-none-any.whl",
        "region.toml",
        "SHA256SUMS",
        "SHA256SUMS.sig",
        "bluezone.pem",
    ):
        (tmp_path / name).write_bytes(client.get(f"/downloads/{name}").content)
    assert "Signature Verified Successfully" in run(CHECK_LINES[0], tmp_path)
    assert run(CHECK_LINES[1], tmp_path).count(": OK") == 2
    (tmp_path / "region.toml").write_bytes(b"another")
    assert "region.toml: FAILED" in run(CHECK_LINES[1], tmp_path)


def run(line: str, folder: Path) -> str:
    """What a shell says to a line."""
    done = subprocess.run(line, shell=True, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "is_tall"), [("poster-vi", True), ("leaflet-en", True), ("banner-vi", False)]
)
def test_previews_are_small(client: Client, name: str, is_tall: bool) -> None:
    address = f"/c/gia-nghia/previews/{name}.webp"
    shown = re.search(rf'src="({address}\?v=[0-9a-f]{{12}})"', client.get("/c/gia-nghia/kit").text)
    if name.endswith("-vi"):
        assert shown
        assert "immutable" in client.get(shown[1]).headers["cache-control"]
    answer = client.get(address)
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" not in answer.headers["cache-control"], "the address does not change with the picture"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.width <= 480
        assert picture.height <= 720
        assert (picture.height > picture.width) is is_tall
    assert len(answer.content) < 40_000


def test_a_file_that_was_changed_is_not_given_away(folders: Folders, tmp_path: Path) -> None:
    home = make_kit(tmp_path, folders.key)
    poster = home / "poster" / "poster-a3-vi.png"
    pages = make_pages(tmp_path, None, key=folders.key)
    with TestClient(make_site(pages), base_url="http://127.0.0.1:9") as client:
        assert client.get(POSTER).status_code == 200
        content = bytearray(poster.read_bytes())
        content[-1] ^= 1
        poster.write_bytes(content)
        assert client.get(POSTER).status_code == 404
        assert client.get(ZIP).status_code == 404
        poster.unlink()
        poster.symlink_to("/etc/hostname")
        assert client.get(POSTER).status_code == 404


def test_a_link_out_of_the_kit_is_not_followed(folders: Folders, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(b"%PDF secret")
    home = make_kit(tmp_path / "kits", folders.key, files={"poster/poster-a3-vi.pdf": secret.read_bytes()})
    file = home / "poster" / "poster-a3-vi.pdf"
    file.unlink()
    file.symlink_to(secret)
    pages = make_pages(tmp_path / "kits", None, key=folders.key)
    with TestClient(make_site(pages), base_url="http://127.0.0.1:9") as client:
        assert client.get("/c/gia-nghia/files/poster/poster-a3-vi.pdf").status_code == 404


def test_the_small_letters_hold_all_of_vietnamese(client: Client) -> None:
    from fontTools.ttLib import TTFont

    site = client.app.state.site
    for address in site.font_addresses.values():
        answer = client.get(address)
        assert answer.headers["content-type"] == "font/woff"
        assert "immutable" in answer.headers["cache-control"]
        assert len(answer.content) < 25_000
        known = TTFont(io.BytesIO(answer.content)).getBestCmap()
        wanted = "aăâeêioôơuưyđ" + "àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
        assert {ord(letter) for letter in wanted + wanted.upper() + "“”…–—·₫ 0123456789"} <= set(known)
    assert client.get(site.letters_sheet).text.count("@font-face") == 3
