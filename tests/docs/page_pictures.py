"""Contact sheets of the offices' and the public site's pages: `python -m tests.docs.page_pictures`.

Decides which pages stand on which sheet, how large, and how much of a long page is shown. What the pages show
is the campaign of 2020 and the kit of the tests, as the browser tests see them.
"""

from __future__ import annotations

import shutil
import tempfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.browser.test_office import Served, serving, signed_in
from tests.browser.test_site import PAGES, addresses, standing
from tests.conftest import CHROMIUM_NAMES
from tests.docs.kit_pictures import write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LARGEST = 200_000
_DESKTOP, _PHONE, _TALL = 1100, 390, 1000
_SHOWN, _PER_ROW = 380, 4
_COLOURS = 28
# Who looks, how wide the screen is, at what: the office at a desk, units on a telephone.
_OFFICE = (
    ("office", "gia-nghia", _DESKTOP, (
        "/office/",
        "/office/instructions/new",
        "/office/instructions/{id}",
        "/office/instructions/{id}/rollup",
        "/office/instructions/{id}/letter",
        "/office/instructions/{id}/import",
        "/office/reports/{id}/nghia-phu/versions",
        "/office/units",
        "/office/audit",
    )),
    ("province", "dak-nong", _DESKTOP, ("/office/units/import",)),
    ("unit", "dak-r-moan", _PHONE, ("/office/", "/office/reports/{id}/dak-r-moan")),
    ("unit", "nghia-phu", _PHONE, ("/office/reports/{id}/nghia-phu",)),
)  # fmt: skip
_ON_A_PHONE = ("/", "/install", "/genuine", "/c/gia-nghia")
_SAME_AS_ANOTHER = ("/c?q=gia", "/c?q=nowhere", "/missing")


def main() -> None:
    """Writes the sheets of both languages."""
    found = next(path for name in CHROMIUM_NAMES if (path := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=found, args=ARGUMENTS)
        home = Path(folder)
        (home / "office").mkdir()
        (home / "site").mkdir()
        with serving(home / "office", port=8660) as served:
            for language in ("vi", "en"):
                sheet(f"office-pages-{language}.png", office_pages(browser, served, language))
        with standing(home / "site") as site:
            for language in ("vi", "en"):
                sheet(f"site-pages-{language}.png", site_pages(browser, site, language))
        browser.close()


def office_pages(browser: Browser, served: Served, language: str) -> list[Image.Image]:
    """The offices' pages, then those of units, then the doors that stand open."""
    seen = []
    for role, unit, width, paths in _OFFICE:
        context = signed_in(browser, served, role, unit, viewport={"width": width, "height": _TALL})
        page = context.new_page()
        seen += [look(page, served.at(path, language)) for path in paths]
        context.close()
    page = browser.new_page(viewport={"width": _PHONE, "height": _TALL})
    seen.append(look(page, served.at("/office/sign-in", language)))
    page.close()
    return seen


def site_pages(browser: Browser, site: str, language: str) -> list[Image.Image]:
    """Every public page at a desk, and those that a resident meets first on a telephone."""
    named = dict(zip(PAGES, addresses(site, language), strict=True))
    seen = []
    for width, paths in ((_DESKTOP, named.keys() - {*_SAME_AS_ANOTHER}), (_PHONE, {*_ON_A_PHONE})):
        page = browser.new_page(viewport={"width": width, "height": _TALL})
        seen += [look(page, address) for path, address in named.items() if path in paths]
        page.close()
    return seen


def look(page: Page, address: str) -> Image.Image:
    """The upper end of a page, as high as a sheet shows it."""
    page.goto(address)
    page.evaluate("document.fonts.ready")
    with Image.open(BytesIO(page.screenshot())) as taken:
        size = (round(taken.width * _SHOWN / taken.height), _SHOWN)
        return taken.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def sheet(name: str, seen: list[Image.Image]) -> None:
    """Wide pages in rows of four, then narrow ones in rows of as many as fit."""
    rows: list[list[Image.Image]] = []
    for width in sorted({one.width for one in seen}, reverse=True):
        alike = [one for one in seen if one.width == width]
        count = _PER_ROW * seen[0].width // width
        rows += [alike[start : start + count] for start in range(0, len(alike), count)]
    write(name, rows, colours=_COLOURS, largest=LARGEST)


if __name__ == "__main__":
    main()
