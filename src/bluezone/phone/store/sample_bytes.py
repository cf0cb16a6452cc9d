"""Samples of a record as bytes on the disk, and back."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from bluezone.phone.encounter import Sample
from bluezone.protocol.tags import COMMITMENT_LENGTH

_SAMPLE = struct.Struct("<IbB3s3sB")


def pack_samples(samples: Iterable[Sample]) -> bytes:
    """13 bytes a sample, and 4 for each place commitment."""
    return b"".join(
        _SAMPLE.pack(
            sample.received_at,
            max(-128, min(127, sample.rssi_dbm)),
            sample.masked_metadata,
            sample.time_tag,
            sample.place_tag,
            len(sample.commitments),
        )
        + b"".join(sample.commitments)
        for sample in samples
    )


def unpack_samples(data: bytes) -> tuple[Sample, ...]:
    """The samples that `pack_samples` packed."""
    samples, offset = [], 0
    while offset < len(data):
        received_at, rssi, masked, time_tag, place_tag, count = _SAMPLE.unpack_from(data, offset)
        offset += _SAMPLE.size
        end = offset + count * COMMITMENT_LENGTH
        commitments = tuple(data[at : at + COMMITMENT_LENGTH] for at in range(offset, end, COMMITMENT_LENGTH))
        samples.append(Sample(received_at, rssi, masked, time_tag, place_tag, commitments))
        offset = end
    return tuple(samples)


def without_commitments(data: bytes) -> bytes:
    """The same samples with every place commitment erased (R8)."""
    return pack_samples(
        Sample(one.received_at, one.rssi_dbm, one.masked_metadata, one.time_tag, one.place_tag)
        for one in unpack_samples(data)
    )
