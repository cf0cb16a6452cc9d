"""How often the index was fetched on each of the last whole days: the only public figure there is."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from bluezone.authority.api.request_body import PhoneRequest
from bluezone.authority.service import Authority

ACTIVITY_ADDRESS = "/v1/activity"
_CACHE = "public, max-age=600"


@get(ACTIVITY_ADDRESS)
async def activity(request: PhoneRequest) -> Response[dict[str, Any]]:
    """Days since 1970-01-01 (UTC) with their numbers."""
    authority: Authority = request.app.state.authority
    days = [{"day": day, "index_downloads": count} for day, count in await authority.counting.days()]
    return Response({"days": days}, headers={"cache-control": _CACHE})
