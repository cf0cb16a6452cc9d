"""The public site beside the offices' pages in one app: each keeps its own manners."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from litestar.testing import TestClient

from bluezone.cli.outreach_site import mounted_site
from bluezone.outreach.home import create_home, open_outreach, read_secret
from bluezone.outreach.pages.app import create_outreach_app
from bluezone.outreach.settings import OutreachSettings
from bluezone.outreach.site.errors import SiteSettingsInvalid
from bluezone.outreach.site.printed_address import TAKEN
from bluezone.outreach.unit_sources import example_units


def office(folder: Path) -> OutreachSettings:
    """A new office's folder."""
    making = create_home(folder / "office", example_units(), port=8585, address="http://127.0.0.1:8585")
    return asyncio.run(making)


def test_public_pages_set_no_cookie_and_offices_are_not_kept(tmp_path: Path) -> None:
    settings = office(tmp_path)
    (settings.home / "site.toml").write_text('publisher = "Văn phòng thử nghiệm"', "utf-8")
    app = create_outreach_app(
        open_outreach(settings), read_secret(settings), reminds=False, beside=mounted_site(settings, None)
    )
    with TestClient(app, base_url="http://127.0.0.1:8585") as client:
        public = client.get("/")
        assert "Văn phòng thử nghiệm công bố trang này" in public.text
        assert public.headers["cache-control"].startswith("public")
        assert "set-cookie" not in public.headers
        sign_in = client.get("/office/sign-in")
        assert sign_in.status_code == 200
        assert sign_in.headers["cache-control"] == "no-store"
        assert "Không có trang này" in client.get("/nowhere").text


def test_a_unit_s_short_address_hides_no_page(tmp_path: Path) -> None:
    """What the offices' or the public pages use as first part of an address is no unit's short address."""
    settings = office(tmp_path)
    app = create_outreach_app(
        open_outreach(settings), read_secret(settings), reminds=False, beside=mounted_site(settings, None)
    )
    used = {route.path.split("/")[1] for route in app.routes}
    assert {"office", "c", "en"} <= used
    assert {one for one in used if one and "{" not in one} <= TAKEN


def test_a_wrong_site_file_is_told_before_anything_is_served(tmp_path: Path) -> None:
    settings = office(tmp_path)
    (settings.home / "site.toml").write_text("publisher = 7", "utf-8")
    with pytest.raises(SiteSettingsInvalid, match="publisher"):
        mounted_site(settings, None)
