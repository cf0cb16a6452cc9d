"""Time as the protocol counts it: intervals of ten minutes, minutes, windows and UTC days.

Decides which interval, minute, key window or day an instant belongs to. Leaves what time it is
to others: every function takes the instant. Source: docs/protocol.md, sections 1 and 2.
"""

from __future__ import annotations

from bluezone.protocol.errors import KeyMaterialError

INTERVAL_S = 600
MINUTE_S = 60
MINUTES_PER_INTERVAL = INTERVAL_S // MINUTE_S
INTERVALS_PER_DAY = 144
DAY_S = 86400
DEFAULT_WINDOW = 24
SURGE_WINDOW = 144
MAX_U32 = 0xFFFFFFFF


def interval_of(unix_s: float) -> int:
    """The ten-minute interval j that an instant (seconds UTC) lies in."""
    return int(unix_s // INTERVAL_S)


def minute_of(unix_s: float) -> int:
    """The minute q that an instant (seconds UTC) lies in."""
    return int(unix_s // MINUTE_S)


def interval_start(interval: int) -> int:
    """First second (UTC) of an interval."""
    return interval * INTERVAL_S


def utc_day_of(interval: int) -> int:
    """The UTC day (days since 1970-01-01) that an interval lies in."""
    return interval // INTERVALS_PER_DAY


def local_day_of(unix_s: float, utc_offset_minutes: int) -> int:
    """The civil date (days since 1970-01-01) of an instant in a region with a fixed offset."""
    return int((unix_s + utc_offset_minutes * MINUTE_S) // DAY_S)


def window_of(interval: int, window: int = DEFAULT_WINDOW) -> tuple[int, int]:
    """First interval of the key window that `interval` lies in, and the window's end (exclusive).

    Args:
        interval: an interval number.
        window: 24 intervals (4 h), or 144 in surge mode.
    """
    if window not in (DEFAULT_WINDOW, SURGE_WINDOW):
        raise KeyMaterialError(f"a key window has {DEFAULT_WINDOW} or {SURGE_WINDOW} intervals, not {window}")
    start = interval - interval % window
    return start, start + window
