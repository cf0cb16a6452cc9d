"""Photographs the screens that the kit shows, from a running demo: `make kit-screens`.

Decides which screens these are, of which phones, and their size: a phone of 390 x 844 points at double
resolution, in a palette of 128 colours. The pictures are data files of the kit.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tests.browser.conftest import _ADDRESS, _COMMAND, ARGUMENTS
from tests.conftest import CHROMIUM_NAMES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).parents[2] / "src" / "bluezone" / "outreach" / "kit" / "screens"
LARGEST = 120_000
_CALM, _WARNED = 19, 7
_SCREENS = {
    "home": f"/phones/{_CALM}/",
    "alert": f"/phones/{_WARNED}/alert",
    "history": f"/phones/{_CALM}/history",
    "share": f"/phones/{_CALM}/share",
}
# The demo says whose phone it is and leads back to its map; a phone of one's own does neither.
_OF_THE_DEMO = "document.querySelectorAll('.owner').forEach(one => one.remove())"


def main() -> None:
    """Starts a demo, lives through its story, and writes the pictures."""
    from playwright.sync_api import sync_playwright

    command = [*_COMMAND, "--port", "8630", "--depth", "frame", "--seed", "1", "--pace", "300"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    found = next(path for name in CHROMIUM_NAMES if (path := shutil.which(name)))
    try:
        address = next(seen[0] for line in process.stdout if (seen := _ADDRESS.search(line)))
        with sync_playwright() as running:
            browser = running.chromium.launch(executable_path=found, args=ARGUMENTS)
            _live_through(browser, address)
            for language in ("vi", "en"):
                _photograph(browser, address, language)
            browser.close()
    finally:
        process.terminate()
        process.wait(timeout=15)


def _live_through(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/?lang=en")
    for said in ("Confirm the case", "Type it in", "Go faster", "See the result"):
        page.click("#next-step")
        _wait_until(page, said)
    page.click("#pace-0")
    context.close()


def _wait_until(page: Page, said: str) -> None:
    for _ in range(600):
        if re.search(said, page.inner_text("#next-step")):
            return
        page.wait_for_timeout(200)
        page.reload()
    raise AssertionError(f"the story never came to {said!r}")


def _photograph(browser: Browser, address: str, language: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, color_scheme="light", is_mobile=True
    )
    page = context.new_page()
    for name, path in _SCREENS.items():
        page.goto(f"{address}{path}?lang={language}")
        page.evaluate("document.fonts.ready")
        page.evaluate(_OF_THE_DEMO)
        content = _small(page.screenshot())
        assert len(content) < LARGEST, f"{name}-{language} has {len(content)} bytes"
        (FOLDER / f"{name}-{language}.png").write_bytes(content)
    context.close()


def _small(content: bytes) -> bytes:
    out = BytesIO()
    with Image.open(BytesIO(content)) as picture:
        picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main()
