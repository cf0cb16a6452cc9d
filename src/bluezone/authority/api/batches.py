"""The published files: a short-lived index, immutable batches, resumable downloads.

Decides caching headers. The same address serves everybody; nothing in a request tells who asks.
Source: docs/protocol.md, section 6.
"""

from __future__ import annotations

import re

from litestar import Response, get
from litestar.params import FromPath

from bluezone.authority.api.failure import failure
from bluezone.authority.api.request_body import PhoneRequest
from bluezone.authority.batch_files import PublishedFile
from bluezone.authority.domain.retention import INDEX_S
from bluezone.authority.errors import ObjectMissing
from bluezone.authority.service import Authority
from bluezone.protocol.batch_index import INDEX_ADDRESS
from bluezone.web.byte_range import RangeUnsatisfiable, parse_range
from bluezone.web.cacheable import names_tag

INDEX_CACHE = "public, max-age=60"
BATCH_CACHE = f"public, max-age={INDEX_S}, immutable"
_BATCH_NAME = re.compile(r"\d{8,10}\.(manifest|body)")

FileAnswer = Response[bytes] | Response[dict[str, str]]


@get(INDEX_ADDRESS)
async def index(request: PhoneRequest) -> FileAnswer:
    """Which batches there are."""
    authority: Authority = request.app.state.authority
    file = await authority.index()
    authority.counting.count_index()
    return serve_file(request, file, "application/json", INDEX_CACHE)


@get("/v1/batches/{name:str}")
async def batch_file(request: PhoneRequest, name: FromPath[str]) -> FileAnswer:
    """The manifest or the body of a batch."""
    authority: Authority = request.app.state.authority
    if not _BATCH_NAME.fullmatch(name):
        raise ObjectMissing(f"{name!r} is not the name of a batch file")
    return serve_file(request, await authority.batch_file(name), "application/octet-stream", BATCH_CACHE)


def serve_file(request: PhoneRequest, file: PublishedFile, media_type: str, cache: str) -> FileAnswer:
    """A published file, or the part that is asked for, or nothing when the caller has it already."""
    etag, length = f'"{file.etag}"', len(file.content)
    headers = {"etag": etag, "cache-control": cache, "accept-ranges": "bytes"}
    if names_tag(request.headers.get("if-none-match", ""), etag):
        return Response(b"", status_code=304, headers=headers)
    wanted = request.headers.get("range")
    if request.headers.get("if-range", etag) != etag:
        wanted = None
    try:
        part = parse_range(wanted, length)
    except RangeUnsatisfiable:
        answer = failure(416, "range", f"The file has {length} bytes; the range begins after its end.")
        answer.headers["content-range"] = f"bytes */{length}"
        return answer
    if part is None:
        return Response(file.content, media_type=media_type, headers=headers)
    headers["content-range"] = f"bytes {part[0]}-{part[1] - 1}/{length}"
    return Response(file.content[part[0] : part[1]], status_code=206, media_type=media_type, headers=headers)
