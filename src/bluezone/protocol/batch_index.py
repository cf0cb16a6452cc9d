"""The index: which batches can be fetched, and under which addresses.

The only short-lived file of the service; it is not signed, because all it can do is make a phone
look for a batch whose manifest is. Source: docs/protocol.md, section 6.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from bluezone.protocol.errors import IndexMalformed
from bluezone.protocol.interval import MAX_U32

INDEX_FORMAT = "bz1-index-1"
INDEX_ADDRESS = "/v1/batches/index.json"
MAX_INDEX_LENGTH = 4096

_Seq = Annotated[int, msgspec.Meta(ge=1, le=MAX_U32)]


class BatchIndex(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The range of batch numbers on offer, both ends included."""

    format: str
    region: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)]
    first: _Seq
    last: _Seq

    def encode(self) -> bytes:
        """The JSON document."""
        return msgspec.json.encode(self)


def decode_index(data: bytes, region: int) -> BatchIndex:
    """Takes an index apart.

    Args:
        data: at most 4096 bytes of JSON.
        region: the number that it must be of, u16.

    Raises:
        IndexMalformed: not JSON of the known format, another region, or first after last.
    """
    if len(data) > MAX_INDEX_LENGTH:
        raise IndexMalformed(f"the index has {len(data)} bytes, more than {MAX_INDEX_LENGTH}")
    try:
        index = msgspec.json.decode(data, type=BatchIndex)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise IndexMalformed(f"the index is not well formed: {error}") from None
    if index.format != INDEX_FORMAT or index.region != region or index.first > index.last:
        raise IndexMalformed(f"the index is not of format {INDEX_FORMAT} and region {region}")
    return index


def manifest_address(seq: int) -> str:
    """Where the manifest of a batch is."""
    return f"/v1/batches/{seq:08d}.manifest"


def body_address(seq: int) -> str:
    """Where the body of a batch is."""
    return f"/v1/batches/{seq:08d}.body"
