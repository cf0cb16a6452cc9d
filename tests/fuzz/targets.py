"""Every decoder of bytes from outside, as a fuzz target: it returns, or raises its own family; nothing else.

Where bytes are accepted, encoding what was decoded must give them back: two forms of one message are how
parsers disagree.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.phone.place_source import parse_line
from bluezone.protocol.advertisement import Payload, parse_advertisement
from bluezone.protocol.batch import decode_body, encode_body
from bluezone.protocol.batch_index import decode_index
from bluezone.protocol.certificate import verify_certificate
from bluezone.protocol.errors import ProtocolError
from bluezone.protocol.manifest import decode_manifest, verify_signatures
from bluezone.protocol.region import format_region, parse_region
from bluezone.protocol.signed_time import verify_time
from bluezone.protocol.swab import format_swab, parse_swab
from bluezone.protocol.upload import decode_answer, decode_redemption, decode_upload
from bluezone.protocol.verification_code import format_code, parse_code

CRASHES = Path(__file__).parent / "crashes"
VECTORS = Path(__file__).parent.parent / "vectors" / "protocol-v1.json"
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
_ROLES = {"health_authority": _KEY}


def _advertisement(data: bytes) -> None:
    payload = parse_advertisement(data)
    assert payload.encode() in data
    assert Payload.decode(payload.encode()) == payload


def _body(data: bytes) -> None:
    assert encode_body(decode_body(data)) == data


def _manifest(data: bytes) -> None:
    signed = decode_manifest(data)
    assert signed.encode() == data
    verify_signatures(signed, _ROLES)


def _upload(data: bytes) -> None:
    upload = decode_upload(data)
    assert upload is None or upload.encode() == data


def _redemption(data: bytes) -> None:
    assert decode_redemption(data).encode() == data


def _answer(data: bytes) -> None:
    assert decode_answer(data).encode() == data


def _region(data: bytes) -> None:
    region = parse_region(data.decode("utf-8", errors="replace"))
    assert parse_region(format_region(region)).address == region.address


def _code(data: bytes) -> None:
    code = parse_code(data.decode("utf-8", errors="replace"))
    assert parse_code(format_code(code)) == code


def _swab(data: bytes) -> None:
    commitment = parse_swab(data.decode("utf-8", errors="replace"))
    assert parse_swab(format_swab(commitment)) == commitment


TARGETS: dict[str, Callable[[bytes], object]] = {
    "advertisement": _advertisement,
    "answer": _answer,
    "batch-body": _body,
    "certificate": lambda data: verify_certificate(data, _KEY, 0),
    "code": _code,
    "index": lambda data: decode_index(data, 84),
    "manifest": _manifest,
    "position": lambda data: parse_line(data, 0.0),
    "redemption": _redemption,
    "region": _region,
    "signed-time": lambda data: verify_time(data, bytes(16), _KEY),
    "swab": _swab,
    "upload": _upload,
}


def seeds(name: str) -> list[bytes]:
    """Inputs to begin with: the committed vectors of this kind, good and bad, and earlier crashes."""
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
    found = [bytes.fromhex(case["bytes"]) for case in vectors if case["kind"] == name and "bytes" in case]
    return found + [data for crashed, data in crashes() if crashed == name]


def crashes() -> list[tuple[str, bytes]]:
    """Inputs that once crashed a decoder, as (target, bytes)."""
    files = sorted(CRASHES.glob("*.hex"))
    return [(path.stem.rpartition("-")[0], bytes.fromhex(path.read_text(encoding="ascii"))) for path in files]


def try_one(name: str, data: bytes) -> None:
    """Runs one target on one input; anything but its own family comes through."""
    try:
        TARGETS[name](data)
    except ProtocolError:
        return
