"""What every test may use: the shared data, and hypothesis profiles.

Decides when a test may be skipped for want of data or of a program: on a developer's machine with
a word that says what is missing, never in CI, where a missing thing is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")

# Two shared cores make single examples slow by accident; the suite's own timeout bounds the whole.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "default")


def missing_needs(marker_names: set[str]) -> list[str]:
    """What this machine lacks for a test with these markers, one sentence each."""
    needs = []
    if "realdata" in marker_names and not SHARED_DATA.is_dir():
        needs.append("the contact traces are not here: expected the folder ../shared/data")
    if "browser" in marker_names and not any(shutil.which(name) for name in CHROMIUM_NAMES):
        needs.append("no chromium on the PATH: apt-get install chromium")
    return needs


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or in CI fail, a test whose data or program is not on this machine."""
    needs = missing_needs({marker.name for marker in item.iter_markers()})
    if not needs:
        return
    if os.environ.get("CI"):
        pytest.fail("; ".join(needs), pytrace=False)
    pytest.skip("; ".join(needs))


@pytest.fixture(autouse=True)
def default_logs() -> Iterator[None]:
    """A command that was called inside a test sets up logging for its process: undo it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real contact traces; ask for it only in tests marked `realdata`."""
    return SHARED_DATA
