"""The 31 bytes on the air: built by a sender, and taken apart by a receiver that trusts nothing.

Decides the layout of the payload and of the AD structures around it, and hides the transmit level.
Leaves to others when to send, and whether a tag is right. Source: docs/protocol.md, section 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from bluezone.protocol.errors import KeyMaterialError, MalformedAdvertisement, NotBluezone
from bluezone.protocol.keys import FullIdentifier
from bluezone.protocol.tags import HEADER, NO_PLACE, place_tag, time_tag

DEFAULT_SERVICE_UUID = 0x4E56
PAYLOAD_LENGTH = 20
ADVERTISEMENT_LENGTH = 31
MAX_AD_BYTES = 255
_AD_SERVICE_DATA_16 = 0x16
_FLAGS = b"\x02\x01\x06"
_DBM_OFFSET = 100
_DBM_STEP = 4
MIN_DBM_AT_1M = -100
MAX_DBM_AT_1M = 24


@dataclass(frozen=True, slots=True)
class Payload:
    """The 20 bytes of service data.

    Attributes:
        visible: V, 12 bytes.
        masked_metadata: M, one byte.
        time_tag: T1, 3 bytes.
        place_tag: T2, 3 bytes.
    """

    visible: bytes = field(repr=False)
    masked_metadata: int
    time_tag: bytes
    place_tag: bytes

    def encode(self) -> bytes:
        """The 20 bytes as they go on the air."""
        return bytes([HEADER]) + self.visible + bytes([self.masked_metadata]) + self.time_tag + self.place_tag

    @staticmethod
    def decode(payload: bytes) -> Payload:
        """Takes 20 bytes apart.

        Raises:
            MalformedAdvertisement: wrong length, another version, or non-zero reserved bits.
        """
        if len(payload) != PAYLOAD_LENGTH:
            raise MalformedAdvertisement(f"service data has {len(payload)} bytes, not {PAYLOAD_LENGTH}")
        if payload[0] != HEADER:
            raise MalformedAdvertisement(
                f"header byte {payload[0]:02x} is not version 1 with reserved bits zero"
            )
        return Payload(payload[1:13], payload[13], payload[14:17], payload[17:20])


def round_dbm_at_1m(dbm: float) -> int:
    """The nearest level that the metadata byte can carry: a multiple of 4 dBm, half up, -100..24."""
    stepped = math.floor(dbm / _DBM_STEP + 0.5) * _DBM_STEP
    return min(MAX_DBM_AT_1M, max(MIN_DBM_AT_1M, stepped))


def mask_metadata(metadata_mask: int, dbm_at_1m: int) -> int:
    """M, the metadata byte on the air, for a level in dBm that is a multiple of 4 in -100..24."""
    if not MIN_DBM_AT_1M <= dbm_at_1m <= MAX_DBM_AT_1M or dbm_at_1m % _DBM_STEP:
        raise KeyMaterialError(f"dbm_at_1m {dbm_at_1m} is not a multiple of 4 in -100..24")
    return metadata_mask ^ (dbm_at_1m + _DBM_OFFSET)


def unmask_metadata(metadata_mask: int, masked: int) -> int:
    """The level in dBm at 1 m that a sender declared.

    Raises:
        MalformedAdvertisement: the byte unmasks to no level.
    """
    value = (metadata_mask ^ masked) & 0xFF
    if value > MAX_DBM_AT_1M + _DBM_OFFSET or value % _DBM_STEP:
        raise MalformedAdvertisement(f"metadata unmasks to {value}, which is no level")
    return value - _DBM_OFFSET


def build_payload(
    identifier: FullIdentifier, minute: int, dbm_at_1m: int, commitment: bytes = NO_PLACE
) -> Payload:
    """What a phone says in one minute of one interval.

    Args:
        identifier: 32 bytes, of the interval that the minute lies in.
        minute: q, u32.
        dbm_at_1m: multiple of 4 in -100..24.
        commitment: place commitment, 4 bytes, or "none".
    """
    key, visible = identifier.tag_key, identifier.visible
    masked = mask_metadata(identifier.metadata_mask, dbm_at_1m)
    tag = time_tag(key, minute, visible, masked)
    return Payload(visible, masked, tag, place_tag(key, minute, tag, commitment))


def encode_advertisement(payload: Payload, service_uuid: int = DEFAULT_SERVICE_UUID) -> bytes:
    """The 31 bytes of a legacy advertisement: flags, the 16-bit UUID list, the service data."""
    uuid = service_uuid.to_bytes(2, "little")
    service_data = bytes([3 + PAYLOAD_LENGTH, _AD_SERVICE_DATA_16]) + uuid + payload.encode()
    return _FLAGS + b"\x03\x03" + uuid + service_data


def parse_advertisement(data: bytes, service_uuid: int = DEFAULT_SERVICE_UUID) -> Payload:
    """Finds our payload in AD structures of any order.

    Args:
        data: AD structures as heard, at most 255 bytes.
        service_uuid: the region's 16-bit UUID.

    Raises:
        NotBluezone: no service data of our UUID.
        MalformedAdvertisement: a structure overruns, our element is repeated, or is not well formed.
    """
    uuid = service_uuid.to_bytes(2, "little")
    if len(data) > MAX_AD_BYTES:
        raise MalformedAdvertisement(f"{len(data)} bytes are more than an advertisement can have")
    found: bytes | None = None
    offset = 0
    while offset < len(data):
        length = data[offset]
        if length == 0:  # Early termination: the rest is padding (Core Specification, Vol 3 Part C, 11).
            break
        end = offset + 1 + length
        if end > len(data):
            raise MalformedAdvertisement(f"the AD structure at byte {offset} runs past the end")
        if data[offset + 1] == _AD_SERVICE_DATA_16 and data[offset + 2 : min(offset + 4, end)] == uuid:
            if found is not None:
                raise MalformedAdvertisement("our service data appears twice")
            found = data[offset + 4 : end]
        offset = end
    if found is None:
        raise NotBluezone("no service data of our UUID")
    return Payload.decode(found)
