"""The signed configuration. Source: docs/protocol.md, section 6."""

from __future__ import annotations

from litestar import get

from bluezone.authority.api.batches import FileAnswer, serve_file
from bluezone.authority.api.request_body import PhoneRequest
from bluezone.authority.service import Authority
from bluezone.protocol.configuration import CONFIGURATION_ADDRESS

CONFIGURATION_CACHE = "public, max-age=300"


@get(CONFIGURATION_ADDRESS)
async def configuration(request: PhoneRequest) -> FileAnswer:
    """The newest version, the same for everybody."""
    authority: Authority = request.app.state.authority
    file = await authority.configuring.file()
    return serve_file(request, file, "application/octet-stream", CONFIGURATION_CACHE)
