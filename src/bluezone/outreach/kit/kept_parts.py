"""The cache of film parts that kits share: what nobody used for a while is dropped."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

KEPT_S = 90 * 24 * 3600.0
# A build that was killed while it wrote a part leaves a beginning.
_KEPT_HALF_S = 24 * 3600.0
_FOLDER = "film"
_PART = re.compile(r"(?P<half>\.)?(?:body|closing)-[0-9a-f]{24}\.mp4(?(half)\.[0-9]+)")


def drop_unused(cache: Path, now_s: float) -> None:
    """Deletes parts that were neither made nor read for `KEPT_S`, and beginnings of parts after a day.

    Args:
        cache: the folder that kits of all units share; other files in it stay.
        now_s: seconds since 1970.
    """
    # Only a cache: what cannot be looked at or deleted, such as what another build just dropped, is no fault.
    with suppress(OSError):
        for path in (cache / _FOLDER).iterdir():
            found = _PART.fullmatch(path.name)
            if found is None:
                continue
            with suppress(OSError):
                stat = path.stat()
                # Where the system does not note reading, a part in use is made again every `KEPT_S`.
                used_s = max(stat.st_atime, stat.st_mtime)
                if now_s - used_s > (_KEPT_HALF_S if found["half"] else KEPT_S):
                    path.unlink()
