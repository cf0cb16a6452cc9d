"""Every public page: what it says, that it may be kept, that it knows nobody, that its links lead on."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.unit.outreach.site.sample import ADDRESS

PAGES = (
    "/", "/install", "/genuine", "/c", "/c?q=gia+nghia", "/c/gia-nghia", "/c/gia-nghia/kit", "/faq",
    "/figures", "/privacy", "/accessibility",
)  # fmt: skip
Client = TestClient[Litestar]


def in_english(path: str) -> str:
    """The same page in English."""
    return "/en" if path == "/" else f"/en{path}"


class Links(HTMLParser):
    """Everything that a page refers to, and the names that can be referred to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.anchors: set[str] = set()
        self.scripts = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collects what leads somewhere."""
        values = dict(attrs)
        self.scripts += tag == "script"
        if values.get("id"):
            self.anchors.add(values["id"] or "")
        self.found += [values[name] or "" for name in ("href", "src", "action") if values.get(name)]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_answers_in_the_language_of_its_address(client: Client, path: str, language: str) -> None:
    answer = client.get(path if language == "vi" else in_english(path))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}"' in answer.text
    keys = re.findall(r">\s*([a-z]+(?:\.[a-z-]+)+)\s*<", answer.text)
    assert not set(keys) - {"region.toml", "bluezone.example", "bluezone.pem"}, "a message key was shown"


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/robots.txt", "/assets/site/site.css"])
def test_nothing_sets_a_cookie_or_needs_a_script(client: Client, path: str) -> None:
    answer = client.get(path, headers={"Cookie": "lang=en; session=x"})
    assert "set-cookie" not in answer.headers
    assert Links(answer.text).scripts == 0
    if path in PAGES:
        assert '<html lang="vi"' in answer.text, "a cookie changed what everybody is given"


@pytest.mark.parametrize("path", PAGES)
def test_pages_may_be_kept_and_asked_for_again(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["cache-control"].startswith("public, max-age=300")
    again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(path)
    assert (head.status_code, head.headers["etag"]) == (200, answer.headers["etag"])


def test_every_link_leads_somewhere(client: Client) -> None:
    """Walks the whole site from both home pages; each address and each anchor must exist."""
    waiting, seen, anchors = ["/", "/en"], set[str](), dict[str, set[str]]()
    wanted: set[tuple[str, str]] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code == 200, path
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        links = Links(answer.text)
        anchors[path] = links.anchors
        for link in links.found:
            if link.startswith("tel:"):
                assert re.fullmatch(r"tel:\+?\d{3,15}", link)
                continue
            whole, anchor = urldefrag(urljoin(ADDRESS + path, link))
            assert whole.startswith(ADDRESS), f"{path} leads to {link}"
            target = whole.removeprefix(ADDRESS) or "/"
            waiting.append(target)
            if anchor:
                wanted.add((target, anchor))
    assert len(seen) > 60
    lost = {(path, anchor) for path, anchor in wanted if anchor not in anchors[path]}
    assert not lost


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/c/nobody",
        "/c/nobody/kit",
        "/lam-dong/gia-nghia",
        "/gia-nghia/x",
        "/%00",
        "/" + "a" * 3000,
    ],
)
def test_what_does_not_exist_is_told_in_the_site_s_own_look(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Không có trang này" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    assert 'name="robots" content="noindex"' in answer.text
    assert "There is no such page" in client.get(f"/en{path}").text


def test_other_methods_are_refused(client: Client) -> None:
    assert client.post("/").status_code == 405
    assert client.delete("/c/gia-nghia").status_code == 405


def test_only_its_own_names_are_answered(client: Client) -> None:
    assert client.get("/", headers={"Host": "look-alike.example"}).status_code == 421
    assert client.get("/", headers={"Host": "bluezone.example:443"}).status_code == 200


def test_the_language_link_leads_to_the_same_page(client: Client) -> None:
    assert 'href="/en/c/gia-nghia/kit" lang="en"' in client.get("/c/gia-nghia/kit").text
    assert 'href="/c?q=nghia" lang="vi"' in client.get("/en/c?q=nghia").text


def test_search_engines_and_chats_are_told_of_every_language(client: Client) -> None:
    text = client.get("/en/install").text
    assert f'<link rel="canonical" href="{ADDRESS}/en/install">' in text
    assert f'<link rel="alternate" hreflang="vi" href="{ADDRESS}/install">' in text
    assert '<meta property="og:image:width" content="1200">' in text
    picture = re.search(r'property="og:image" content="([^"]+)"', text)
    assert picture
    answer = client.get(urlsplit(picture[1]).path)
    assert answer.headers["content-type"] == "image/png"
    # The size stands in the first chunk of a PNG.
    assert (int.from_bytes(answer.content[16:20]), int.from_bytes(answer.content[20:24])) == (1200, 628)
    assert len(answer.content) < 150_000


def test_a_unit_s_page_is_found_by_long_and_short_address(client: Client) -> None:
    text = client.get("/c/quang-khe").text
    assert "Bluezone tại Xã Quảng Khê" in text
    assert 'href="tel:02631111111"' in text
    assert client.get("/quang-khe").text == text
    assert "Bluezone in Quang Khe Commune" in client.get("/en/quang-khe").text


@pytest.mark.parametrize("typed", ["/QUANG-KHE", "/Quang-khe", "/C/QUANG-KHE", "/c/Quang-Khe", "/quang-khe/"])
def test_a_printed_address_is_found_in_any_letters(client: Client, typed: str) -> None:
    assert client.get(typed).text == client.get("/c/quang-khe").text


def test_a_kit_s_page_shows_items_sizes_checksums_and_what_is_missing(client: Client) -> None:
    text = client.get("/c/gia-nghia/kit").text
    assert "Poster truyền thông công cộng" in text
    assert "A3, 297 x 420 mm" in text
    assert re.search(r'<span class="digest">[0-9a-f]{64}</span>', text)
    assert "Chưa đủ 14 loại" in text
    assert "<li>Video 30 giây</li>" in text
    assert "poster-a3-vi.pdf" in text
    assert "poster-a3-en.pdf" not in text
    assert "loudspeaker-vi.mp3" in client.get("/en/c/gia-nghia/kit").text, "what exists in one language only"


def test_communes_are_found_with_and_without_signs(client: Client) -> None:
    found = client.get("/c", params={"q": "quang khe"}).text
    assert "Xã Quảng Khê" in found
    assert "Phường Bắc Gia Nghĩa" not in found
    assert "Tìm thấy 1 đơn vị" in found


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", '"><img src=x>', "x" * 5000, "{{ 7*7 }}<b>", "\x00<b>"]
)
def test_what_is_typed_is_shown_as_text(client: Client, typed: str) -> None:
    text = client.get("/c", params={"q": typed}).text
    assert typed not in text
    assert "49" not in re.sub(r"<[^>]*>", "", text)
    assert "Không có đơn vị nào khớp" in text


def test_the_questions_are_those_of_the_kit(client: Client) -> None:
    text = client.get("/faq").text
    assert "bluezone.example" in text
    assert len(re.findall(r'itemtype="https://schema.org/Question"', text)) >= 25
    assert not re.search(r"\{\w+\}", text), "a fact was not filled in"


def test_installing_says_plainly_what_there_is_not(client: Client) -> None:
    text = client.get("/install").text
    assert "Điện thoại Android" in text
    assert "Chưa có" in text
    assert "pip install &#39;./bluezone-0.1.0-py3-none-any.whl[radio]&#39;" in text
    assert "{wheel}" not in text


def test_robots_are_kept_from_the_offices_and_told_of_the_rest(client: Client) -> None:
    assert "Disallow: /office" in client.get("/robots.txt").text
    text = client.get("/sitemap.xml").text
    addresses = re.findall(r"<loc>([^<]+)</loc>", text)
    assert f"{ADDRESS}/en/c/quang-khe/kit" in addresses
    assert all(client.get(urlsplit(one).path).status_code == 200 for one in addresses)
