"""The protections of a local site: host names, origins, headers, assets, failures without insides."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar import Litestar, get, post
from litestar.testing import TestClient

from bluezone.web.guard import LOOPBACK_NAMES, is_own_name
from bluezone.web.serving import PortTaken, address_of, bind
from bluezone.web.site import create_site

Client = TestClient[Litestar]


@get("/plain")
async def plain() -> str:
    """A page."""
    return "plain"


@get("/broken")
async def broken() -> str:
    """A bug."""
    raise RuntimeError("the key is 0123")


@post("/form")
async def form() -> str:
    """A form."""
    return "done"


@pytest.fixture
def client() -> Iterator[Client]:
    """A browser that came from 127.0.0.1."""
    site = create_site([plain, broken, form], {})
    with TestClient(site, base_url="http://127.0.0.1:9", raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("host", ["127.0.0.1:8420", "localhost:1", "localhost", "[::1]:8420", "LOCALHOST"])
def test_own_names_are_answered(client: Client, host: str) -> None:
    assert client.get("/plain", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8420", "evil@evil", "[::1", ""]
)
def test_foreign_names_are_refused(client: Client, host: str) -> None:
    answer = client.get("/plain", headers={"Host": host})
    assert answer.status_code == 421
    assert "plain" not in answer.text.split()


def test_names_are_compared_whole() -> None:
    assert not is_own_name(b"a.localhost", LOOPBACK_NAMES)
    assert not is_own_name(b"127.0.0.10", LOOPBACK_NAMES)
    assert is_own_name(b"127.0.0.1:1", LOOPBACK_NAMES)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:10"])
def test_forms_of_other_sites_are_refused(client: Client, origin: str) -> None:
    assert client.get("/plain", headers={"Origin": origin}).status_code == 421
    assert client.get("/plain", headers={"Origin": "http://127.0.0.1:9"}).status_code == 200


@pytest.mark.parametrize("path", ["/plain", "/broken", "/missing", "/form", "/assets/web/bluezone.css"])
def test_every_answer_carries_the_headers(client: Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_a_form_without_a_token_is_refused(client: Client) -> None:
    assert client.post("/form", data={"a": "b"}).status_code == 403


def test_a_bug_shows_a_sentence_and_nothing_of_the_inside(client: Client) -> None:
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "0123" not in answer.text
    assert "Có lỗi bên trong" in answer.text


def test_an_unknown_address_shows_a_page(client: Client) -> None:
    answer = client.get("/missing?lang=en")
    assert answer.status_code == 404
    assert "There is no page" in answer.text


def test_a_long_form_is_not_read(client: Client) -> None:
    assert client.post("/form", data={"a": "b" * 20_000}).status_code == 413


def test_assets_are_kept_by_browsers_only_with_their_version(client: Client) -> None:
    address = client.app.state.assets.address("web/bluezone.css")
    assert "immutable" in client.get(address).headers["cache-control"]
    bare = client.get("/assets/web/bluezone.css")
    assert bare.headers["cache-control"] == "no-cache"
    again = client.get("/assets/web/bluezone.css", headers={"If-None-Match": bare.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_typeface_comes_from_its_package(client: Client) -> None:
    answer = client.get("/assets/fonts/BeVietnamPro-Regular.ttf")
    assert answer.headers["content-type"] == "font/ttf"
    assert "immutable" in answer.headers["cache-control"]
    assert len(answer.content) > 50_000


@pytest.mark.parametrize(
    "path",
    ["/assets/web/../site.py", "/assets/web/%2e%2e%2fsite.py", "/assets/web/frame.html", "/assets/x/y"],
)
def test_nothing_else_can_be_asked_for(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_taken_port_is_passed_over() -> None:
    with bind("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with bind("127.0.0.1", port) as second:
            assert port < second.getsockname()[1] < port + 20
            assert address_of(second).startswith("http://127.0.0.1:")


def test_an_address_of_another_machine_is_refused_with_a_sentence() -> None:
    with pytest.raises(PortTaken, match=r"192\.0\.2\.1"):
        bind("192.0.2.1", 8420)
