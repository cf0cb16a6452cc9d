"""Answers that everybody may keep: the same for every visitor, so browsers and proxies need not ask twice.

Decides validators (ETag), what "not modified" means, and when an answer is compressed. Only for public
content: a page that holds a token or somebody's data is neither kept nor compressed.
Source: RFC 9110, sections 8.8 and 13.1.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from typing import Any

from litestar import Request
from litestar.response import Response

KEEP_FOR_A_YEAR = "public, max-age=31536000, immutable"
# Pages change with the hour, not with the second; a proxy may serve an old one while it fetches the next.
KEEP_SHORTLY = "public, max-age=300, stale-while-revalidate=600"
_WORTH_COMPRESSING = 1024
_TEXTS = re.compile(r"text/.*|image/svg\+xml.*|application/(json|xml).*")
_GZIP = re.compile(r"(?:^|[,\s])gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+)?\s*(?:,|$)")


def compressed(content: bytes, media_type: str) -> bytes | None:
    """The content made smaller, or nothing where that is not worth it; equal bytes for equal content."""
    if len(content) < _WORTH_COMPRESSING or not _TEXTS.fullmatch(media_type):
        return None
    smaller = gzip.compress(content, compresslevel=6, mtime=0)
    return smaller if len(smaller) < len(content) else None


def cacheable(
    request: Request[Any, Any, Any],
    content: bytes,
    media_type: str,
    cache_control: str,
    *,
    smaller: bytes | None = None,
    tag: str = "",
    status: int = 200,
) -> Response[bytes]:
    """The answer, or "not modified" to a caller that has it.

    Args:
        request: that is answered.
        content: bytes.
        media_type: of the content.
        cache_control: for how long it may be kept.
        smaller: the content as gzip, for callers that take it.
        tag: changes with the content; computed from it when empty.
        status: of the answer; only a 200 can become "not modified".
    """
    # Weak: plain and compressed are the same page in other bytes.
    etag = f'W/"{tag or hashlib.sha256(content).hexdigest()[:16]}"'
    # Said whole here: otherwise the framework adds a second charset to texts.
    headers = {"ETag": etag, "Cache-Control": cache_control, "Content-Type": media_type}
    if smaller is not None:
        headers["Vary"] = "Accept-Encoding"
    if status == 200 and names_tag(request.headers.get("if-none-match", ""), etag):
        return Response(b"", status_code=304, headers=headers)
    if smaller is not None and _GZIP.search(request.headers.get("accept-encoding", "")):
        content, headers["Content-Encoding"] = smaller, "gzip"
    return Response(content, status_code=status, headers=headers)


def names_tag(header: str, etag: str) -> bool:
    """Whether an `If-None-Match` names this ETag (weak comparison)."""
    own = etag.removeprefix("W/")
    return any(tag.strip().removeprefix("W/") in (own, "*") for tag in header.split(","))
