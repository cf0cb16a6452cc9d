"""Reads a request's body, at most one byte more than it may have."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import State

PhoneRequest = Request[Any, Any, State]


async def read_body(request: PhoneRequest, limit: int) -> bytes:
    """The body, or its first `limit + 1` bytes when it is longer.

    Args:
        request: the request.
        limit: bytes.
    """
    parts, length = [], 0
    async for part in request.stream():
        parts.append(part)
        length += len(part)
        if length > limit:
            break
    return b"".join(parts)[: limit + 1]
