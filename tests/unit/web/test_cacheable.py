"""Answers that everybody may keep: validators, compression, and what never becomes "not modified"."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar, Request, Response, get
from litestar.testing import TestClient

from bluezone.web.cacheable import KEEP_SHORTLY, cacheable, compressed, names_tag
from bluezone.web.site import create_site

TEXT = b"<p>" + b"Bluezone " * 300
Client = TestClient[Litestar]


@get("/page", opt={"exclude_from_csrf": True})
async def page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A long page."""
    smaller = compressed(TEXT, "text/html; charset=utf-8")
    return cacheable(request, TEXT, "text/html; charset=utf-8", KEEP_SHORTLY, smaller=smaller)


@get("/gone", opt={"exclude_from_csrf": True})
async def gone(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A page that says that there is none."""
    return cacheable(request, TEXT, "text/html; charset=utf-8", KEEP_SHORTLY, status=404)


@pytest.fixture
def client() -> Iterator[Client]:
    """A browser."""
    with TestClient(create_site([page, gone], {}), base_url="http://127.0.0.1:9") as client:
        yield client


def test_a_page_may_be_kept_and_sets_no_cookie(client: Client) -> None:
    answer = client.get("/page")
    assert answer.headers["cache-control"] == KEEP_SHORTLY
    assert "set-cookie" not in answer.headers
    assert "set-cookie" not in client.get("/assets/web/bluezone.css").headers


def test_who_has_it_is_told_so(client: Client) -> None:
    etag = client.get("/page").headers["etag"]
    again = client.get("/page", headers={"If-None-Match": f'"other", {etag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == etag
    assert client.get("/page", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_missing_page_never_becomes_not_modified(client: Client) -> None:
    etag = client.get("/gone").headers["etag"]
    assert client.get("/gone", headers={"If-None-Match": etag}).status_code == 404


@pytest.mark.parametrize(
    ("accepts", "is_small"),
    [
        ("gzip", True),
        ("br, gzip", True),
        ("gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip;q=0.0, br", False),
        ("identity", False),
        ("x-gzippy", False),
        ("", False),
    ],
)
def test_it_is_compressed_for_those_who_take_it(client: Client, accepts: str, is_small: bool) -> None:
    answer = client.get("/page", headers={"Accept-Encoding": accepts})
    assert answer.content == TEXT
    assert answer.headers["vary"] == "Accept-Encoding"
    assert (answer.headers.get("content-encoding") == "gzip") is is_small


def test_only_texts_that_gain_are_compressed() -> None:
    assert compressed(b"short", "text/css") is None
    assert compressed(TEXT, "font/woff") is None
    small = compressed(TEXT, "text/css; charset=utf-8")
    assert small is not None
    assert gzip.decompress(small) == TEXT
    assert small == compressed(TEXT, "text/css; charset=utf-8")


@pytest.mark.parametrize(
    ("header", "is_named"),
    [('W/"a"', True), ('"a"', True), ('"b", "a"', True), ("*", True), ('"b"', False), ("", False)],
)
def test_a_validator_is_compared_weakly(header: str, is_named: bool) -> None:
    assert names_tag(header, 'W/"a"') is is_named
