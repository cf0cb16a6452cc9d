"""One site for all tests of pages: made once, because cutting letters and drawing take seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar import Litestar
from litestar.testing import TestClient

from tests.unit.outreach.site.sample import ADDRESS, make_kit, make_pages, make_release, make_site

Client = TestClient[Litestar]


@dataclass(frozen=True)
class Folders:
    """Where the sample site's files are, and the key that signed them."""

    kits: Path
    release: Path
    previews: Path
    key: Ed25519PrivateKey


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """Two kits and a release."""
    home = tmp_path_factory.mktemp("site")
    key = Ed25519PrivateKey.generate()
    made = Folders(home / "kits", home / "release", home / "previews", key)
    make_kit(made.kits, key)
    names = {"vi": "Xã Quảng Khê", "en": "Quang Khe Commune"}
    make_kit(
        made.kits, key, {"id": "quang-khe", "name": names, "province_hotline": "0263 111 1111"}, missing=()
    )
    make_release(made.release, key)
    return made


@pytest.fixture(scope="session")
def client(folders: Folders) -> Iterator[Client]:
    """A browser that came by the public name, through a proxy that speaks plain HTTP to the site."""
    pages = make_pages(folders.kits, folders.release, key=folders.key, previews=folders.previews)
    address = ADDRESS.replace("https", "http")
    with TestClient(make_site(pages), base_url=address, raise_server_exceptions=False) as client:
        yield client
