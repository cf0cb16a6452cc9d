"""What a caller reads when a request cannot be served: JSON with a stable code and a sentence.

Redemptions and uploads never come here: their refusals are statuses inside 128 bytes.
"""

from __future__ import annotations

import structlog
from litestar import Response
from litestar.exceptions import HTTPException

from bluezone.authority.api.request_body import PhoneRequest
from bluezone.authority.errors import ObjectMissing

log = structlog.get_logger("bluezone.authority")

_BY_STATUS = {
    404: ("not-found", "There is nothing at this address."),
    405: ("method-not-allowed", "This address does not take this method."),
    413: ("too-large", "The request has more bytes than this address takes."),
}


def failure(status: int, code: str, sentence: str) -> Response[dict[str, str]]:
    """An answer that tells what went wrong."""
    return Response(
        {"code": code, "message": sentence}, status_code=status, headers={"cache-control": "no-store"}
    )


def on_http_exception(_request: PhoneRequest, error: HTTPException) -> Response[dict[str, str]]:
    """Answers what the framework refused."""
    code, sentence = _BY_STATUS.get(error.status_code, ("bad-request", "The request is not well formed."))
    answer = failure(error.status_code, code, sentence)
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


def on_missing(_request: PhoneRequest, error: ObjectMissing) -> Response[dict[str, str]]:
    """Answers a request for a file that is not published."""
    return failure(404, error.code, "This file is not published: not yet, or no longer.")


def on_anything(_request: PhoneRequest, error: Exception) -> Response[dict[str, str]]:
    """Answers an error that nobody foresaw; its text may hold a key, so only its kind is logged."""
    log.error("internal-error", reason=type(error).__name__)
    return failure(500, "internal", "The service failed; it was logged. Trying again later is safe.")
