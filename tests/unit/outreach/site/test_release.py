"""The downloads prove themselves or are not offered: every file, the checksums, the signature."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar.testing import TestClient

from bluezone.clock import ManualClock
from bluezone.outreach.site import release
from bluezone.outreach.site.errors import ReleaseInvalid
from bluezone.outreach.site.release import LOOK_AGAIN_S, Release, ReleaseShelf, read_release
from tests.unit.outreach.site.sample import make_pages, make_release, make_site

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
WHEEL = "bluezone-0.1.0-py3-none-any.whl"


def signed(folder: Path, sums: bytes) -> None:
    """Other checksums, rightly signed."""
    (folder / "SHA256SUMS").write_bytes(sums)
    (folder / "SHA256SUMS.sig").write_bytes(KEY.sign(sums))


def test_a_whole_folder_is_offered(tmp_path: Path) -> None:
    whole = read_release(make_release(tmp_path, KEY))
    assert [file.name for file in whole.files] == [WHEEL, "region.toml"]
    assert whole.name_ending(".whl") == WHEEL
    assert len(whole.fingerprint.split()) == 16
    assert whole.path_of("release.key") is None
    assert whole.path_of("SHA256SUMS.sig") == tmp_path / "SHA256SUMS.sig"


@pytest.mark.parametrize("name", [WHEEL, "SHA256SUMS", "SHA256SUMS.sig", "bluezone.pem"])
@pytest.mark.parametrize("damage", ["gone", "changed", "empty"])
def test_any_damage_takes_everything_off_the_shelf(tmp_path: Path, name: str, damage: str) -> None:
    file = make_release(tmp_path, KEY) / name
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(b"" if damage == "empty" else b"x" + file.read_bytes()[1:])
    with pytest.raises(ReleaseInvalid):
        read_release(tmp_path)


@pytest.mark.parametrize(
    "line",
    ["{0}  ../secret", "{0}  /etc/passwd", "{0} *x.whl", "{0}  .hidden", "{0}  a/b", "zz  a", "{0}  a b", ""],
)
def test_checksums_of_other_places_are_refused_though_signed(tmp_path: Path, line: str) -> None:
    make_release(tmp_path, KEY)
    signed(tmp_path, (line.format("0" * 64) + "\n").encode())
    with pytest.raises(ReleaseInvalid):
        read_release(tmp_path)


def test_another_s_signature_is_refused(tmp_path: Path) -> None:
    folder = make_release(tmp_path, KEY)
    (folder / "SHA256SUMS.sig").write_bytes(
        Ed25519PrivateKey.generate().sign((folder / "SHA256SUMS").read_bytes())
    )
    with pytest.raises(ReleaseInvalid, match="not the signature"):
        read_release(folder)


def test_a_folder_that_breaks_while_the_site_runs_is_taken_off(tmp_path: Path) -> None:
    clock = ManualClock()
    pages = make_pages(None, make_release(tmp_path, KEY), clock=clock)
    address = f"/downloads/{WHEEL}"
    with TestClient(make_site(pages), base_url="http://127.0.0.1:9") as client:
        assert client.get(address).status_code == 200
        (tmp_path / WHEEL).write_bytes(b"other")
        clock.advance(LOOK_AGAIN_S)
        assert client.get(address).status_code == 404
        make_release(tmp_path, KEY)
        clock.advance(LOOK_AGAIN_S)
        assert client.get(address).status_code == 200


def test_a_folder_is_read_again_only_when_something_in_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def counted(folder: Path) -> Release:
        read.append(folder)
        return read_release(folder)

    monkeypatch.setattr(release, "read_release", counted)
    shelf = ReleaseShelf(make_release(tmp_path, KEY), monotonic=ManualClock().monotonic)
    shelf.look()
    shelf.look()
    assert (len(read), shelf.release is None) == (1, False)
    (tmp_path / WHEEL).write_bytes(b"other")
    shelf.look()
    shelf.look()
    assert (len(read), shelf.release is None) == (2, True)


def test_without_downloads_the_page_says_so_and_gives_no_commands() -> None:
    with TestClient(make_site(make_pages(None, None)), base_url="http://127.0.0.1:9") as client:
        text = client.get("/install").text
        assert "Hiện chưa có tệp nào để tải" in text
        assert "pip install" not in text
        assert client.get("/downloads/bluezone.pem").status_code == 404
        assert client.get("/downloads/kit.pub").status_code == 404
