"""Where a phone gets its position from, when its owner opted in: gpsd, the usual service on Linux.

Decides how gpsd's lines become fixes; a line that is too long, not JSON or not a position is dropped.
Which fix is good enough is place.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

import msgspec
import structlog

from bluezone.clock import Clock
from bluezone.phone.errors import PlaceSourceError
from bluezone.phone.place import Fix

MAX_LINE = 16_384
RETRY_S = 30.0
_WATCH = b'?WATCH={"enable":true,"json":true};\n'
# gpsd says nothing of an error it cannot estimate; such a fix is no better than a cell.
_UNKNOWN_ERROR_M = 1e9
log = structlog.get_logger(__name__)

_Degrees = Annotated[float, msgspec.Meta(ge=-180.0, le=180.0)]


class _Position(msgspec.Struct, tag_field="class", tag="TPV"):
    mode: int = 0
    lat: _Degrees | None = None
    lon: _Degrees | None = None
    eph: float = _UNKNOWN_ERROR_M
    speed: float = 0.0


def parse_spec(spec: str) -> tuple[str, int]:
    """Host and port of `gpsd:HOST:PORT`.

    Raises:
        PlaceSourceError: another word.
    """
    kind, _, place = spec.partition(":")
    host, _, port = place.rpartition(":")
    if kind != "gpsd" or not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise PlaceSourceError(f"{spec!r} names no position source; known is gpsd:HOST:PORT")
    return host, int(port)


def parse_line(line: bytes, monotonic: float) -> Fix | None:
    """The fix in one line of gpsd, or None: most lines are something else.

    Args:
        line: as received.
        monotonic: seconds at which it came.
    """
    try:
        position = msgspec.json.decode(line, type=_Position)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    if position.mode < 2 or position.lat is None or position.lon is None:
        return None
    return Fix(position.lat, position.lon, position.eph, position.speed, monotonic)


async def watch_gpsd(host: str, port: int, clock: Clock, take: Callable[[Fix], None]) -> None:
    """Hands every fix to `take` until it is cancelled; tries again when the service is away."""
    while True:
        try:
            await _watch_once(host, port, clock, take)
        except (OSError, ValueError) as error:
            log.warning("place-source-away", reason=type(error).__name__)
        await clock.sleep(RETRY_S)


async def _watch_once(host: str, port: int, clock: Clock, take: Callable[[Fix], None]) -> None:
    reader, writer = await asyncio.open_connection(host, port, limit=MAX_LINE)
    try:
        writer.write(_WATCH)
        await writer.drain()
        while line := await reader.readline():  # ValueError: a line beyond the limit.
            fix = parse_line(line, clock.monotonic())
            if fix is not None:
                take(fix)
    finally:
        writer.close()
