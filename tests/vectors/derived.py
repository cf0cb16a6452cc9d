"""Vectors that are computed from a key: identifiers, frames, cells, leaves, commitments, codes."""

from __future__ import annotations

from typing import Any

from bluezone.cli.protocol import AT, CODE, DBM_AT_1M, HANOI, TEK, section_10
from bluezone.protocol.advertisement import build_payload, encode_advertisement
from bluezone.protocol.diagnosis_key import commitment_of, leaf_of
from bluezone.protocol.interval import interval_of, minute_of
from bluezone.protocol.keys import TemporaryExposureKey, expand, full_identifier, index_hash, label_of
from bluezone.protocol.tags import NO_PLACE, cell_of, neighbour_cells, place_commitment
from bluezone.protocol.verification_code import format_code

TEKS = (TEK, bytes(16), b"\xff" * 16, bytes(range(255, 239, -1)))
INSTANTS = (AT, 0, 599, 600, 1_700_006_400, 1_700_006_999, 0xFFFFFFFF)
LEVELS = (-100, -60, 0, 24)
PLACES = {
    "hanoi": HANOI,
    "corner of four cells": (21.0, 105.0),
    "west of a border": (21.0, 104.999999),
    "south of a border": (20.999999, 105.0),
    "middle of a cell": (21.0078125, 105.0078125),
    "south-west end of the earth": (-90.0, -180.0),
    "north-east end of the earth": (90.0, 180.0),
    "origin": (0.0, 0.0),
}
SALT = bytes(range(16, 32))
CODES = (CODE, bytes(8), b"\xff" * 8, bytes.fromhex("0123456789abcdef"))


def _identifier_cases() -> list[dict[str, Any]]:
    found = []
    for number, tek in enumerate(TEKS):
        for at in INSTANTS:
            interval = interval_of(at)
            identifier = full_identifier(TemporaryExposureKey(tek), interval)
            found.append(
                {
                    "name": f"identifier, key {number}, at {at}",
                    "kind": "identifier",
                    "source": "sections 2 and 4",
                    "flags": ["derived"] + (["border"] if at in (0, 0xFFFFFFFF) else []),
                    "input": {"tek": tek.hex(), "unix": at},
                    "result": {
                        "interval": interval,
                        "minute": minute_of(at),
                        "full": identifier.reveal().hex(),
                        "visible": identifier.visible.hex(),
                        "label": label_of(identifier.visible).hex(),
                        "h": index_hash(identifier.visible).hex(),
                    },
                }
            )
    return found


def _expansion_cases() -> list[dict[str, Any]]:
    periods = ((2_833_344, 24), (2_833_344, 1), (0, 144))
    return [
        {
            "name": f"expansion from {start}, {period} intervals",
            "kind": "expansion",
            "source": "section 2",
            "flags": ["derived"],
            "input": {"tek": TEK.hex(), "rolling_start": start, "rolling_period": period},
            "result": {"first": visible[0].hex(), "last": visible[-1].hex(), "count": len(visible)},
        }
        for start, period in periods
        for visible in [expand(TEK, start, period)]
    ]


def _frame_cases() -> list[dict[str, Any]]:
    found = []
    for number, tek in enumerate(TEKS[:2]):
        for minute in (minute_of(AT), minute_of(AT) + 1):
            identifier = full_identifier(TemporaryExposureKey(tek), minute // 10)
            for level in LEVELS:
                for place in (None, "hanoi"):
                    c = place_commitment(identifier.visible, cell_of(*PLACES[place])) if place else NO_PLACE
                    payload = build_payload(identifier, minute, level, c)
                    found.append(
                        {
                            "name": f"frame, key {number}, minute {minute}, {level} dBm, {place}",
                            "kind": "advertisement",
                            "source": "section 3",
                            "flags": ["round-trip"] + (["border"] if level in (-100, 24) else []),
                            "input": {"tek": tek.hex(), "minute": minute, "dbm_at_1m": level, "c": c.hex()},
                            "bytes": encode_advertisement(payload).hex(),
                            "result": {
                                "visible": payload.visible.hex(),
                                "masked_metadata": payload.masked_metadata,
                                "time_tag": payload.time_tag.hex(),
                                "place_tag": payload.place_tag.hex(),
                            },
                        }
                    )
    return found


def _place_cases() -> list[dict[str, Any]]:
    visible = full_identifier(TemporaryExposureKey(TEK), interval_of(AT)).visible
    return [
        {
            "name": f"cell, {name}",
            "kind": "cell",
            "source": "section 3",
            "flags": ["derived"] + (["border"] if name != "hanoi" else []),
            "input": {"latitude": place[0], "longitude": place[1], "visible": visible.hex()},
            "result": {
                "cell": list(cell_of(*place)),
                "c": place_commitment(visible, cell_of(*place)).hex(),
                "receiver_cells": [list(cell) for cell in neighbour_cells(*place)],
            },
        }
        for name, place in PLACES.items()
    ]


def leaves() -> list[bytes]:
    """The 120 leaves of the committed example: 103 keys of 24 intervals, then 17 fixed fillers."""
    start = 2_833_344 - 84 * 24
    keys = [leaf_of(bytes([number]) * 16, start + 24 * number, 24) for number in range(103)]
    return keys + [bytes([0xA0 + number]) * 32 for number in range(17)]


def _commitment_cases() -> list[dict[str, Any]]:
    found = [
        {
            "name": f"leaf, start {start}, period {period}",
            "kind": "leaf",
            "source": "section 2",
            "flags": ["derived"],
            "input": {"tek": TEK.hex(), "rolling_start": start, "rolling_period": period},
            "result": {"leaf": leaf_of(TEK, start, period).hex()},
        }
        for start, period in ((2_833_344, 24), (2_833_344, 1), (0, 144), (0xFFFFFFFF, 255))
    ]
    whole = leaves()
    found.append(
        {
            "name": "commitment to 120 leaves",
            "kind": "commitment",
            "source": "section 5.1",
            "flags": ["derived"],
            "input": {"salt": SALT.hex(), "leaves": [leaf.hex() for leaf in whole]},
            "result": {"commitment": commitment_of(SALT, whole).hex()},
        }
    )
    return found


def _code_cases() -> list[dict[str, Any]]:
    written = [(format_code(code), code, ["round-trip"]) for code in CODES]
    written += [("000820c2 0a1g-7y", CODE, ["accepted"]), ("OOO82OC2OAIG7Y", CODE, ["accepted"])]
    return [
        {
            "name": f"code {typed}",
            "kind": "code",
            "source": "section 5.2",
            "flags": flags,
            "bytes": typed.encode().hex(),
            "result": {"code": code.hex()},
        }
        for typed, code, flags in written
    ]


def cases() -> list[dict[str, Any]]:
    """All of them, section 10 first."""
    section = {
        "name": "section 10",
        "kind": "section-10",
        "source": "section 10",
        "flags": ["section-10", "derived"],
        "input": {"tek": TEK.hex(), "unix": AT, "dbm_at_1m": DBM_AT_1M, "place": list(HANOI)},
        "result": section_10(),
    }
    return [
        section,
        *_identifier_cases(),
        *_expansion_cases(),
        *_frame_cases(),
        *_place_cases(),
        *_commitment_cases(),
        *_code_cases(),
    ]
