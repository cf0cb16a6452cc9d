"""When this phone listens: about once a minute, at random, and never twice in one minute.

Decides the start of the next scan. A sender's minute counts once (R6), so a second scan in the same minute,
or one that reaches into the next, would hear what is counted already and its time would be lost.
Source: docs/protocol.md, sections 3 and 8; the rhythm is 50 to 70 s from start to start.
"""

from __future__ import annotations

from bluezone.phone.chance import RandomBytes, uniform
from bluezone.phone.encounter import SCAN_S
from bluezone.protocol.interval import MINUTE_S, minute_of

# Clocks of phones differ by about a second: a scan keeps that far away from the minute's ends.
MARGIN_S = 1.0


def next_scan_at(now: float, shortest_gap_s: float, longest_gap_s: float, random_bytes: RandomBytes) -> float:
    """The start of the scan after the one that starts now.

    Args:
        now: seconds UTC.
        shortest_gap_s, longest_gap_s: from start to start, seconds.
        random_bytes: decides within these.

    Returns:
        Seconds UTC, within the gaps. Where the gaps are about a minute it lies in the next minute, far
        enough from its ends for the whole scan.
    """
    earliest, latest = now + shortest_gap_s, now + longest_gap_s
    begins = (minute_of(now) + 1) * MINUTE_S
    low = max(earliest, begins + MARGIN_S)
    high = min(latest, begins + MINUTE_S - SCAN_S - MARGIN_S)
    if low <= high:
        return uniform(random_bytes, low, high)
    return uniform(random_bytes, earliest, latest)
