"""The site of a folder: what stands in `site.toml`, what holds without it, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from structlog.testing import capture_logs

from bluezone.clock import ManualClock
from bluezone.outreach.kit.signing import public_pem
from bluezone.outreach.site.errors import InstallFileInvalid, SiteSettingsInvalid
from bluezone.outreach.site.opening import SiteSettings, open_site, read_settings
from bluezone.outreach.site.pages import SitePages
from tests.unit.outreach.site.sample import ADDRESS, make_kit, make_release

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
GOOD = """publisher = "Văn phòng thử nghiệm"
region = "Tỉnh Lâm Đồng"
province_hotline = "0263 000 0000"
kit_key = "kit.pub"
"""


def opened(home: Path) -> SitePages:
    """The site of a folder."""
    return open_site(home, address=ADDRESS, utc_offset_minutes=420, clock=ManualClock())


def test_an_empty_folder_has_a_site_without_kits(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == SiteSettings()
    site = opened(tmp_path)
    assert (dict(site.kits.kits), site.releases.release) == ({}, None)
    assert (site.hotline, site.province_hotline) == ("1900 9095", "1900 9095")


def test_a_folder_with_everything_shows_everything(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(GOOD, "utf-8")
    (tmp_path / "kit.pub").write_bytes(public_pem(KEY.public_key()))
    make_kit(tmp_path / "kits", KEY)
    make_kit(tmp_path / "kits", Ed25519PrivateKey.generate(), {"id": "forged"})
    make_release(tmp_path / "downloads", KEY)
    site = opened(tmp_path)
    assert set(site.kits.kits) == {"gia-nghia"}
    assert site.releases.release
    assert (site.publisher, site.province_hotline) == ("Văn phòng thử nghiệm", "0263 000 0000")


def test_kits_must_lead_to_a_public_site_and_may_be_tried_before(tmp_path: Path) -> None:
    make_kit(tmp_path / "kits", KEY, {"address": "https://look-alike.example/gia-nghia"})
    assert not opened(tmp_path).kits.kits
    tried = open_site(tmp_path, address="http://127.0.0.1:8585", utc_offset_minutes=420, clock=ManualClock())
    assert set(tried.kits.kits) == {"gia-nghia"}


@pytest.mark.parametrize("has_key", [True, False])
@pytest.mark.parametrize("has_kits", [True, False])
def test_showing_kits_of_any_key_is_said_at_the_start(
    tmp_path: Path, *, has_kits: bool, has_key: bool
) -> None:
    if has_kits:
        make_kit(tmp_path / "kits", KEY)
    if has_key:
        (tmp_path / "site.toml").write_text('kit_key = "kit.pub"', "utf-8")
        (tmp_path / "kit.pub").write_bytes(public_pem(KEY.public_key()))
    with capture_logs() as said:
        opened(tmp_path)
    assert [one["event"] for one in said] == (["kits-unsigned"] if has_kits and not has_key else [])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('publisher = ""', "publisher"),
        (f'publisher = "{"x" * 121}"', "publisher"),
        ("hotline = 1900", "hotline"),
        ('hotline = "call us"', "hotline is no telephone number"),
        ('hotline = ""', "hotline is no telephone number"),
        ('province_hotline = "0263 000 0000 0000 00"', "province_hotline is no telephone number"),
        ('hotine = "1900 9095"', "hotine"),
        ('kit_key = "nothing.pub"', "kit_key"),
        ('systems = "nothing.toml"', "cannot be read"),
        ("publisher = ", "Invalid value"),
        ("#" * 20_000, "longer than"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "site.toml").write_text(text, "utf-8")
    with pytest.raises(SiteSettingsInvalid, match=sentence):
        opened(tmp_path)


def test_an_own_list_of_systems_is_checked(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text('systems = "own.toml"', "utf-8")
    (tmp_path / "own.toml").write_text("[[system]]", "utf-8")
    with pytest.raises(InstallFileInvalid, match=r"system\.id"):
        opened(tmp_path)
