"""Coarse place, for owners who opted in: ties a frame to a cell of about 1.7 km without telling the cell.

Decides which fix is good enough, what a sender binds its place tag to, and what a receiver keeps with a
sample. The place itself is never kept. Source: docs/protocol.md, section 3 (coarse place).
"""

from __future__ import annotations

from dataclasses import dataclass

from bluezone.protocol.errors import PlaceError
from bluezone.protocol.tags import NO_PLACE, cell_of, neighbour_cells, place_commitment

MAX_AGE_S = 30.0
MAX_ERROR_M = 300.0
MAX_SPEED_M_S = 15.0


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a position receiver says that this phone is.

    Attributes:
        latitude, longitude: degrees.
        error_m: radius of the error, metres.
        speed_m_s: over ground.
        at: monotonic seconds of this machine at which it was true.
    """

    latitude: float
    longitude: float
    error_m: float
    speed_m_s: float
    at: float

    def __repr__(self) -> str:
        return "Fix(<hidden>)"


def is_good(fix: Fix | None, monotonic: float) -> bool:
    """Whether a fix may be used: fresher than 30 s, within 300 m, slower than 15 m/s, and on the earth."""
    if fix is None or not 0.0 <= monotonic - fix.at < MAX_AGE_S:
        return False
    if not (0.0 <= fix.error_m <= MAX_ERROR_M and 0.0 <= fix.speed_m_s < MAX_SPEED_M_S):
        return False
    try:
        cell_of(fix.latitude, fix.longitude)
    except PlaceError:
        return False
    return True


def sender_commitment(visible: bytes, fix: Fix | None, monotonic: float) -> bytes:
    """What the place tag is bound to, 4 bytes: the cell, or the ASCII bytes "none".

    Args:
        visible: own identifier V, 12 bytes.
        fix: the newest, if the owner opted in.
        monotonic: seconds, now.
    """
    if fix is None or not is_good(fix, monotonic):
        return NO_PLACE
    return place_commitment(visible, cell_of(fix.latitude, fix.longitude))


def receiver_commitments(visible: bytes, fix: Fix | None, monotonic: float) -> tuple[bytes, ...]:
    """What is kept with a sample of V (12 bytes): four commitments of 4 bytes, or none without a good fix."""
    if fix is None or not is_good(fix, monotonic):
        return ()
    return tuple(place_commitment(visible, cell) for cell in neighbour_cells(fix.latitude, fix.longitude))
