"""Makes protocol-v1.json: fixed inputs of protocol version 1 with what they must become.

`python -m tests.vectors.generate` rewrites the file; a test compares it. Every value comes from fixed
inputs, Ed25519 signatures included, so the file never changes unless the protocol does.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.vectors import derived, refused, signed

FILE = Path(__file__).with_name("protocol-v1.json")


def build() -> dict[str, Any]:
    """The whole document."""
    cases = [*derived.cases(), *signed.cases(), *refused.cases()]
    names = [case["name"] for case in cases]
    if len(set(names)) != len(names):
        raise ValueError("two vectors have one name")
    return {
        "format": "bz1-vectors-1",
        "protocol": 1,
        "note": "Written by tests/vectors/generate.py. `bytes`, keys and hashes are hex; a text is UTF-8 in "
        "hex. A case with `error` must be refused with that code; all others must give `result`.",
        "flags": {
            "section-10": "a value of docs/protocol.md, section 10",
            "derived": "a value computed from a key; nothing is decoded",
            "border": "the largest, smallest or last value that is allowed",
            "round-trip": "encoding `result` gives `bytes` again",
            "accepted": "unusual, and to be accepted",
            "invalid": "to be refused",
        },
        "cases": cases,
    }


def render() -> str:
    """The file's text."""
    return json.dumps(build(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(render(), encoding="utf-8")
