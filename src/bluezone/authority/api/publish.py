"""Redemptions and uploads: fixed sizes in, 128 bytes out, always HTTP 200, always one second later.

Nothing but the bytes tells a real request from cover traffic: not the size, not the status line, not
the time. What took longer than a second is answered at the next whole one, so that the milliseconds that an
upload's rows need do not show while the database is busy. Source: docs/protocol.md, sections 5.5 and 5.7.
"""

from __future__ import annotations

import math

from litestar import Response, post

from bluezone.authority.api.request_body import PhoneRequest, read_body
from bluezone.authority.service import Authority
from bluezone.protocol.upload import REDEMPTION_LENGTH, UPLOAD_LENGTH

REDEEM_ADDRESS = "/v1/redeem"
PUBLISH_ADDRESS = "/v1/publish"


@post(REDEEM_ADDRESS, status_code=200)
async def redeem(request: PhoneRequest) -> Response[bytes]:
    """Turns a code into a certificate."""
    authority: Authority = request.app.state.authority
    data = await read_body(request, REDEMPTION_LENGTH)
    arrived_at = authority.clock.monotonic()
    caller = request.client.host if request.client else ""
    answer = await authority.redeem(data, caller)
    return await _answer_later(authority, arrived_at, answer)


@post(PUBLISH_ADDRESS, status_code=200)
async def publish(request: PhoneRequest) -> Response[bytes]:
    """Takes the keys of a confirmed case."""
    authority: Authority = request.app.state.authority
    data = await read_body(request, UPLOAD_LENGTH)
    arrived_at = authority.clock.monotonic()
    answer = await authority.publish(data)
    return await _answer_later(authority, arrived_at, answer)


async def _answer_later(authority: Authority, arrived_at: float, answer: bytes) -> Response[bytes]:
    passed_s, step_s = authority.clock.monotonic() - arrived_at, authority.rules.answer_delay_s
    await authority.clock.sleep(_next_step(passed_s, step_s) - passed_s)
    return Response(answer, media_type="application/octet-stream", headers={"cache-control": "no-store"})


def _next_step(passed_s: float, step_s: float) -> float:
    return step_s * max(1, math.ceil(passed_s / step_s)) if step_s else passed_s
