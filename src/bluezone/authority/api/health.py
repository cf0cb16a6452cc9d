"""How the service is, for operators and their monitoring; nothing in it is secret."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from bluezone.authority.api.request_body import PhoneRequest
from bluezone.authority.service import Authority


@get("/health")
async def health(request: PhoneRequest) -> Response[dict[str, Any]]:
    """200 when all is well, 503 with sentences when it is not."""
    authority: Authority = request.app.state.authority
    now = await authority.health()
    content = {
        "status": "failing" if now.problems else "ok",
        "problems": list(now.problems),
        "region": authority.region.number,
        "last_batch": now.head and {"seq": now.head.seq, "age_s": now.head_age_s},
    }
    status = 503 if now.problems else 200
    return Response(content, status_code=status, headers={"cache-control": "no-store"})
