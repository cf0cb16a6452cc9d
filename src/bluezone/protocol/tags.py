"""Time and place tags: proof that the holder of the key made a frame now, and here.

Decides the tag bytes and the coarse cells. Leaves to others when a fix is good enough, and which
samples a tag makes valid (phone/matching). Source: docs/protocol.md, sections 2 and 3.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import struct

from bluezone.protocol.errors import PlaceError
from bluezone.protocol.keys import TagKey

TAG_LENGTH = 3
HEADER = 0x40
COMMITMENT_LENGTH = 4
NO_PLACE = b"none"
CELLS_PER_DEGREE = 64


def time_tag(key: TagKey, minute: int, visible: bytes, masked_metadata: int) -> bytes:
    """T1, 3 bytes, for one minute (u32), the 12-byte visible identifier and the metadata byte."""
    message = struct.pack("<BIB12sB", 1, minute, HEADER, visible, masked_metadata)
    return hmac.digest(key.reveal(), message, "sha256")[:TAG_LENGTH]


def place_tag(key: TagKey, minute: int, tag: bytes, commitment: bytes) -> bytes:
    """T2, 3 bytes, over T1 (3 bytes) and the place commitment (4 bytes, or the ASCII bytes "none")."""
    message = struct.pack("<BI3s4s", 2, minute, tag, commitment)
    return hmac.digest(key.reveal(), message, "sha256")[:TAG_LENGTH]


def cell_of(latitude: float, longitude: float) -> tuple[int, int]:
    """The cell (x, y) of 1/64 degree that a position in degrees lies in.

    Raises:
        PlaceError: the position is not on the earth.
    """
    x, y = _scaled(latitude, longitude)
    return math.floor(x), math.floor(y)


def neighbour_cells(latitude: float, longitude: float) -> list[tuple[int, int]]:
    """The four cells nearest to a receiver's position, so that a cell border costs nothing."""
    x, y = _scaled(latitude, longitude)
    left, low = math.floor(x - 0.5), math.floor(y - 0.5)
    return [(left, low), (left + 1, low), (left, low + 1), (left + 1, low + 1)]


def place_commitment(visible: bytes, cell: tuple[int, int]) -> bytes:
    """c, 4 bytes: binds an identifier (12 bytes) to a cell without telling the cell."""
    message = b"BZ1-LOC" + visible + struct.pack("<ii", *cell)
    return hashlib.sha256(message).digest()[:COMMITMENT_LENGTH]


def _scaled(latitude: float, longitude: float) -> tuple[float, float]:
    if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
        raise PlaceError(f"latitude {latitude}, longitude {longitude} is no position on the earth")
    return (longitude + 180.0) * CELLS_PER_DEGREE, (latitude + 90.0) * CELLS_PER_DEGREE
