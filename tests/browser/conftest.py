"""A real browser and a demo in a process of its own, for tests marked `browser`.

Decides which browser (Debian's chromium) and that whatever a page complains about fails its test.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.conftest import CHROMIUM_NAMES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_COMMAND = [sys.executable, "-u", "-c", "from bluezone.cli.main import main; main()", "demo"]
_SETTINGS = ["--port", "8600", "--depth", "frame", "--seed", "1"]
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
# A page that answers "refused" on purpose is reported by chromium as a failed resource.
_EXPECTED = re.compile(r"status of (422|503)")


class Complaints:
    """What the browser's console says about a page: errors, warnings, refused by the policy."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def watch(self, page: Page) -> None:
        """Listens to one page."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.lines.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _EXPECTED.search(message.text):
            self.lines.append(message.text)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="make setup-e2e brings playwright")
    found = next(path for name in CHROMIUM_NAMES if (path := shutil.which(name)))
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def demo(request: pytest.FixtureRequest) -> Iterator[str]:
    """A demo in a process of its own; its address. The module's PACE says how fast it begins."""
    pace = getattr(request.module, "PACE", "60.0")
    command = [*_COMMAND, *_SETTINGS, "--pace", pace]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    try:
        yield next(found[0] for line in process.stdout if (found := _ADDRESS.search(line)))
    finally:
        process.terminate()
        assert process.wait(timeout=15) is not None


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Fails the test when a page complained."""
    heard = Complaints()
    yield heard
    assert not heard.lines
