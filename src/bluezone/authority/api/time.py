"""The signed time. Source: docs/protocol.md, section 7."""

from __future__ import annotations

from litestar import Response, post

from bluezone.authority.api.failure import failure
from bluezone.authority.api.request_body import PhoneRequest, read_body
from bluezone.authority.service import Authority
from bluezone.protocol.signed_time import NONCE_LENGTH, TIME_ADDRESS


@post(TIME_ADDRESS, status_code=200)
async def signed_time(request: PhoneRequest) -> Response[bytes] | Response[dict[str, str]]:
    """Answers a nonce of 16 bytes with the time, signed."""
    authority: Authority = request.app.state.authority
    nonce = await read_body(request, NONCE_LENGTH)
    if len(nonce) > NONCE_LENGTH:
        return failure(413, "too-large", f"A nonce has {NONCE_LENGTH} bytes.")
    if len(nonce) < NONCE_LENGTH:
        return failure(400, "signed-time", f"A nonce has {NONCE_LENGTH} bytes, not {len(nonce)}.")
    answer = authority.sign_time(nonce)
    return Response(answer, media_type="application/octet-stream", headers={"cache-control": "no-store"})
