"""The body of a batch: sections of diagnosis keys, sorted so that no order of upload shows.

Decides the bytes and every limit on them. Leaves what goes in to authority/domain, signatures to
manifest.py. Source: docs/protocol.md, section 6.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bluezone.protocol.diagnosis_key import check_period
from bluezone.protocol.errors import BatchBodyError, KeyMaterialError
from bluezone.protocol.keys import TEK_LENGTH

MAX_BODY_LENGTH = 64 * 1024 * 1024
_HEAD = struct.Struct("<IBI")


@dataclass(frozen=True, slots=True)
class Section:
    """Keys that share a start and a period.

    Attributes:
        rolling_start: u32.
        rolling_period: 1..144 intervals.
        teks: at least one key of 16 bytes, strictly ascending; public, hence plain bytes.
    """

    rolling_start: int
    rolling_period: int
    teks: tuple[bytes, ...]


def encode_body(sections: Iterable[Section]) -> bytes:
    """The bytes of a batch.

    Raises:
        BatchBodyError: the sections or keys are not in strict order, or break a limit.
    """
    parts: list[bytes] = []
    for section in sections:
        _check_section(section.rolling_start, section.rolling_period, len(section.teks), (-1, -1))
        if any(len(tek) != TEK_LENGTH for tek in section.teks):
            raise BatchBodyError(f"a key does not have {TEK_LENGTH} bytes")
        parts.append(_HEAD.pack(section.rolling_start, section.rolling_period, len(section.teks)))
        parts.extend(section.teks)
    body = b"".join(parts)
    for _ in iter_sections(body):  # One rule for both directions: what we send, we would accept.
        pass
    return body


def decode_body(body: bytes) -> list[Section]:
    """All sections of a batch body.

    Raises:
        BatchBodyError: not strictly ascending, an empty section, a bad period, a cut-off or oversized body.
    """
    return list(iter_sections(body))


def iter_sections(body: bytes) -> Iterator[Section]:
    """Sections of a body one by one, so that a large batch never stands in memory twice."""
    if len(body) > MAX_BODY_LENGTH:
        raise BatchBodyError(f"{len(body)} bytes are more than the {MAX_BODY_LENGTH} that a batch may have")
    offset, previous = 0, (-1, -1)
    while offset < len(body):
        if len(body) - offset < _HEAD.size:
            raise BatchBodyError(f"the body ends inside a section header at byte {offset}")
        start, period, count = _HEAD.unpack_from(body, offset)
        offset += _HEAD.size
        _check_section(start, period, count, previous)
        end = offset + count * TEK_LENGTH
        if end > len(body):
            raise BatchBodyError(f"section {start}+{period} promises {count} keys and is cut off")
        teks = tuple(body[at : at + TEK_LENGTH] for at in range(offset, end, TEK_LENGTH))
        if any(first >= second for first, second in itertools.pairwise(teks)):
            raise BatchBodyError(f"the keys of section {start}+{period} are not strictly ascending")
        yield Section(start, period, teks)
        offset, previous = end, (start, period)


def _check_section(start: int, period: int, count: int, previous: tuple[int, int]) -> None:
    if count == 0:
        raise BatchBodyError(f"section {start}+{period} is empty")
    if (start, period) <= previous:
        raise BatchBodyError(f"section {start}+{period} does not come after {previous[0]}+{previous[1]}")
    try:
        check_period(start, period)
    except KeyMaterialError as error:
        raise BatchBodyError(str(error)) from None
