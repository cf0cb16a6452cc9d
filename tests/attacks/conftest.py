"""What every attack test is given: a seed, a folder, and how many victims."""

from __future__ import annotations

from pathlib import Path

import pytest

from bluezone.sim.attacks.outcome import Setting


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    """The quick form, with few victims: what holds for twelve phones holds for two hundred."""
    return Setting(tmp_path, victim_count=12)


@pytest.fixture
def full(tmp_path: Path) -> Setting:
    """The full form; only for tests that are marked slow."""
    return Setting(tmp_path, victim_count=200, full=True)
