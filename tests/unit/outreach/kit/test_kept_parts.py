"""The cache of film parts: what is used stays, what nobody used for a season goes, and nothing else does."""

from __future__ import annotations

import os
from pathlib import Path

from bluezone.outreach.kit.kept_parts import KEPT_S, drop_unused

NOW = 1_800_000_000.0
DAY = 24 * 3600.0


def test_only_what_nobody_used_is_dropped(tmp_path: Path) -> None:
    digest, old = "0123456789abcdef01234567", NOW - KEPT_S - DAY
    ages = {
        f"body-{digest}.mp4": (old, old),
        f"closing-{digest}.mp4": (old, old),
        f"body-{digest[::-1]}.mp4": (NOW - DAY, old),
        f"closing-{digest[::-1]}.mp4": (NOW - KEPT_S + DAY, NOW - KEPT_S + DAY),
        f".body-{digest}.mp4.77": (NOW - 2 * DAY, NOW - 2 * DAY),
        f".closing-{digest}.mp4.77": (NOW - 60, NOW - 60),
        "body-of-somebody.mp4": (old, old),
        f"body-{digest}.mp4.77": (old, old),
    }
    (tmp_path / "film").mkdir()
    for name, times in ages.items():
        path = tmp_path / "film" / name
        path.write_bytes(b"film")
        os.utime(path, times)
    beside = tmp_path / f"body-{digest}.mp4"
    beside.write_bytes(b"")
    os.utime(beside, (old, old))
    drop_unused(tmp_path, NOW)
    gone = {f"body-{digest}.mp4", f"closing-{digest}.mp4", f".body-{digest}.mp4.77"}
    assert {path.name for path in (tmp_path / "film").iterdir()} == set(ages) - gone
    assert beside.exists()


def test_no_cache_is_no_fault(tmp_path: Path) -> None:
    drop_unused(tmp_path / "none", NOW)
