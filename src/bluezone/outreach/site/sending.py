"""Files and streams as answers: whole or a part, so that a broken download goes on where it stopped.

Decides headers. A file's address carries its checksum: its content never changes and may be kept for a year.
Source: RFC 9110, sections 13 and 14.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from litestar.response import Response, Stream

from bluezone.outreach.site.page import WebRequest
from bluezone.web.byte_range import RangeUnsatisfiable, parse_range
from bluezone.web.cacheable import KEEP_FOR_A_YEAR, names_tag

KEEP_BRIEFLY = "public, max-age=60"
MEDIA_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".json": "application/json",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".txt": "text/plain; charset=utf-8",
    ".wav": "audio/wav",
    ".webp": "image/webp",
    ".zip": "application/zip",
}
Answer = Response[bytes] | Stream
Pieces = Callable[[int, int], Iterator[bytes]]


def send(request: WebRequest, name: str, length: int, tag: str, pieces: Pieces) -> Answer:
    """A file, or the part that is asked for, or nothing when the caller has it.

    Args:
        request: that is answered; with `?v=` and the first signs of the tag it may be kept for a year.
        name: under which it is saved.
        length: bytes.
        tag: changes with the content.
        pieces: reads from a first byte to an end (exclusive).
    """
    etag = f'"{tag}"'
    asked = request.query_params.get("v", "")
    is_versioned = len(asked) >= 12 and tag.startswith(asked)
    headers = {
        "ETag": etag,
        "Cache-Control": KEEP_FOR_A_YEAR if is_versioned else KEEP_BRIEFLY,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Type": MEDIA_TYPES.get(PurePosixPath(name).suffix, "application/octet-stream"),
    }
    if names_tag(request.headers.get("if-none-match", ""), etag):
        return Response(b"", status_code=304, headers=headers)
    wanted = request.headers.get("range") if request.headers.get("if-range", etag) == etag else None
    try:
        part = parse_range(wanted, length)
    except RangeUnsatisfiable:
        headers |= {"Content-Range": f"bytes */{length}", "Cache-Control": "no-store"}
        return Response(b"", status_code=416, headers=headers)
    start, end = part or (0, length)
    headers["Content-Length"] = str(end - start)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{length}"
    status = 200 if part is None else 206
    if request.method == "HEAD":
        return Response(b"", status_code=status, headers=headers)
    return Stream(pieces(start, end), status_code=status, headers=headers)
